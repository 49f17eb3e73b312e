"""How a command behaves when torchrun started it several times: one process speaks and writes."""

import os
from typing import Annotated

import typer

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
