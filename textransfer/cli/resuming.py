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
        output.parent / f"{output.name}.checkpoint",
        is_kept=True,
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )


def prepare_start(
    context: typer.Context, output: Path, checkpoint: Path, *, resume: bool, force: bool, console: Console
) -> None:
    """Claim the output, and look at what earlier runs left.

    Parameters
    ----------
    context : typer.Context
        The output stays claimed until the command ends.
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
    from textransfer.output_kinds import CHECKPOINT, EMBEDDINGS
    from textransfer.storage import claimed, remove_folder

    is_own = resume and _was_interrupted(output)
    context.with_resource(claimed(output, EMBEDDINGS, force=force, in_place=is_own))
    if checkpoint.exists():
        if not resume and not force:
            raise OutputError(
                f"{checkpoint} is left of an unfinished run; give --resume to go on with it, "
                "or --force to start over"
            )
        if not resume:
            remove_folder(checkpoint, CHECKPOINT)
    elif resume:
        console.note(f"there is no checkpoint {checkpoint}: starting from the beginning")


def _was_interrupted(output: Path) -> bool:
    """Tell whether an output holds what was learned until Ctrl-C."""
    try:
        record = json.loads((output / "config.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and record.get("is_interrupted") is True
