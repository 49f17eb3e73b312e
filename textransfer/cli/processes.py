"""How a command behaves when torchrun started it several times: one process speaks and writes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from textransfer.pretrain.combining import Combining
    from textransfer.pretrain.team import Team
    from textransfer.text.corpus import Corpus

CombineWords = Annotated[
    int | None,
    typer.Option(
        help="With torchrun: words a thread trains between two combinations.", show_default="100000"
    ),
]
CombineFrequent = Annotated[
    int | None,
    typer.Option(
        help="With torchrun: rows combined each time; twice as many every second time, and so on.",
        show_default="512",
    ),
]
CombineRounds = Annotated[
    int | None,
    typer.Option(help="With torchrun: all rows at the latest after so many times.", show_default="128"),
]


def is_first_process() -> bool:
    """Tell whether this process speaks for the whole run, as it does without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1")) < 2 or os.environ.get("RANK", "0") == "0"


def refuse_several_processes(command: str) -> None:
    """Refuse torchrun for a command that runs in one process: each would write the output.

    Raises
    ------
    ConfigError
        If torchrun started several.
    """
    from textransfer.errors import ConfigError

    n_processes = int(os.environ.get("WORLD_SIZE", "1"))
    if n_processes > 1:
        raise ConfigError(
            f"torchrun started {n_processes} processes, but {command} runs in one; call "
            f"textransfer {command} without torchrun"
        )


def combining_of(words: int | None, frequent: int | None, rounds: int | None) -> "Combining | None":
    """Return how often several processes combine what they learned; None for the defaults."""
    given = {"words": words, "frequent": frequent, "rounds": rounds}
    chosen = {name: value for name, value in given.items() if value is not None}
    if not chosen:
        return None  # and torch is not loaded
    from textransfer.pretrain.combining import Combining

    return Combining(**chosen)


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
