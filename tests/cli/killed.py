"""Run the program and kill it (SIGKILL) at a chosen moment: ``python killed.py MOMENT ARGUMENT...``."""

import os
import signal
import sys
from pathlib import Path

from textransfer.cli.app import main
from textransfer.embeddings.formats import folder as formats
from textransfer.pretrain import checkpoint, preparation, trainer
from textransfer.storage import replacement


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_call(number: int, function: object, before: object) -> object:
    """Return the function with something done before its n-th call."""
    n_calls = 0

    def wrapped(*arguments: object, **options: object) -> object:
        nonlocal n_calls
        n_calls += 1
        if n_calls == number:
            before(*arguments)
        return function(*arguments, **options)

    return wrapped


def half_written(path: Path, *_: object) -> None:
    """Leave half a file, under the name that older releases of safetensors write to, and newer ones."""
    for place in (path, path.with_name(".tmpx74LI2")):
        place.write_bytes(b"\x40\x00\x00\x00\x00\x00\x00\x00half")
    die()


def prepare(moment: str) -> None:
    if moment == "reading":
        preparation.scan_corpus = at_call(1, preparation.scan_corpus, lambda *_: die())
    elif moment == "first checkpoint":
        checkpoint.write_tensors = at_call(1, checkpoint.write_tensors, half_written)
    elif moment == "tables":
        checkpoint.write_tensors = at_call(3, checkpoint.write_tensors, half_written)
    elif moment == "after the rename":
        replacement.clear = at_call(1, replacement.clear, lambda *_: die())
    elif moment == "vectors":
        formats.write_tensors = at_call(1, formats.write_tensors, half_written)
    elif moment == "output":
        replacement._swap_in = at_output(replacement._swap_in)
    elif moment == "removal":
        checkpoint.remove_folder = at_call(1, checkpoint.remove_folder, lambda *_: die())
    elif moment in ("training", "training together"):  # of 400 blocks, or 200 rounds
        number = 300 if moment == "training" else 150
        trainer.Trainer._train_block = at_call(number, trainer.Trainer._train_block, lambda *_: die())
    elif moment != "never":
        raise ValueError(moment)


def at_output(swap_in: object) -> object:
    def wrapped(stage: Path, claim: replacement.Claim) -> object:
        if claim.target.name == "embeddings":
            die()
        return swap_in(stage, claim)

    return wrapped


if __name__ == "__main__":
    prepare(sys.argv.pop(1))
    main()
