"""How a command behaves when torchrun started it several times: one process speaks and writes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from textransfer.pretrain.distributed import Combining
    from textransfer.pretrain.team import Team
    from textransfer.text.corpus import Corpus

CombineWords = Annotated[
    int | None,
    typer.Option(
        help="With torchrun: words a process trains between two combinations of the frequent rows.",
        show_default="250000",
    ),
]
CombineRounds = Annotated[
    int | None,
    typer.Option(help="With torchrun: in each so-many-th of these, all rows.", show_default="8"),
]
CombineFrequent = Annotated[
    int | None, typer.Option(help="With torchrun: how many rows are frequent.", show_default="1024")
]


def is_first_process() -> bool:
    """Tell whether this process speaks for the whole run, as it does without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1")) < 2 or os.environ.get("RANK", "0") == "0"


def combining_of(words: int | None, rounds: int | None, frequent: int | None) -> "Combining":
    """Return how often several processes combine what they learned."""
    from textransfer.pretrain.distributed import Combining

    given = {"words": words, "rounds": rounds, "frequent": frequent}
    return Combining(**{name: value for name, value in given.items() if value is not None})


def corpus_of(sources: list[str], team: "Team", *, text_column: str, encoding: str) -> "Corpus":
    """Find the corpus; several processes cannot share standard input.

    Raises
    ------
    ConfigError
        If they are asked to.
    """
    from textransfer.errors import ConfigError
    from textransfer.text.corpus import Corpus

    if team.size > 1 and any(str(source) == "-" for source in sources):
        raise ConfigError(
            f"standard input cannot be read by {team.size} processes; write it to a file on every machine"
        )
    paths: list[str | Path] = list(sources)
    return Corpus(paths, text_column=text_column, encoding=encoding)
