"""How a command starts over, goes on from a checkpoint, or refuses to choose."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli.console import Console

if TYPE_CHECKING:
    from textransfer.pretrain.checkpoint import Checkpoints

CheckpointEvery = Annotated[
    float | None,
    typer.Option(help="Minutes between two checkpoints; 0: none by time.", show_default="10"),
]
CheckpointTokens = Annotated[
    int | None,
    typer.Option(help="Words of training between two checkpoints; 0: none by words.", show_default="0"),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on from the checkpoint, or start if there is none."),
]


def place_of_checkpoints(output: Path, minutes: float | None, tokens: int | None) -> "Checkpoints":
    """Return where and how often a command saves: beside its output, until that is whole."""
    from textransfer.pretrain.checkpoint import Checkpoints

    given = {"minutes": minutes, "tokens": tokens}
    return Checkpoints(
        output.with_name(output.name + ".checkpoint"),
        is_kept=True,
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )


def prepare_start(output: Path, checkpoint: Path, *, resume: bool, force: bool, console: Console) -> bool:
    """Look at what earlier runs left; tell whether the output may be replaced.

    Parameters
    ----------
    output, checkpoint : Path
        Where the result and the checkpoint of the run shall stand.
    resume, force : bool
        What the user asked for. Both together: go on, and replace the output of yet another run.
    console : Console

    Raises
    ------
    OutputError
        If the output exists, is being written by another process, or there is a checkpoint and neither was
        asked for.
    """
    from textransfer.errors import OutputError
    from textransfer.storage import check_unused, check_writable, remove_folder

    may_replace = force or (resume and _was_interrupted(output))
    check_writable(output, force=may_replace)
    check_unused(output)
    if checkpoint.exists():
        if not resume and not force:
            raise OutputError(
                f"{checkpoint} is left of an unfinished run; give --resume to go on with it, "
                "or --force to start over"
            )
        if not resume:
            remove_folder(checkpoint)
    elif resume:
        console.note(f"there is no checkpoint {checkpoint}: starting from the beginning")
    return may_replace


def _was_interrupted(output: Path) -> bool:
    """Tell whether an output holds what was learned until Ctrl-C."""
    try:
        record = json.loads((output / "config.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and record.get("is_interrupted") is True
