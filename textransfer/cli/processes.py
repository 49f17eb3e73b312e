"""How a command behaves when torchrun started it several times: one process speaks and writes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from textransfer.pretrain.team import Team
    from textransfer.text.corpus import Corpus

CombineWords = Annotated[
    int, typer.Option(help="With torchrun: words a thread trains between two combinations.")
]
CombineFrequent = Annotated[
    int,
    typer.Option(help="With torchrun: rows combined each time; twice as many every second time, and so on."),
]
CombineRounds = Annotated[
    int, typer.Option(help="With torchrun: all rows at the latest after so many times.")
]


def is_first_process() -> bool:
    """Tell whether this process speaks for the whole run, as it does without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1")) < 2 or os.environ.get("RANK", "0") == "0"


def corpus_of(sources: list[str], team: "Team", *, text_column: str, encoding: str) -> "Corpus":
    """Find the corpus; several of them cannot share standard input.

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
