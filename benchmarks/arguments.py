"""Command line arguments that benchmarks and experiments share, each declared once."""

import argparse
from pathlib import Path
from typing import Any

from textransfer.text.reading.labelled import LabelledTexts, parse_rows, read_labelled

SHARED: dict[str, dict[str, Any]] = {
    "embeddings": {"help": "folder of word vectors"},
    "corpus": {"nargs": "+", "help": "files of unlabelled texts"},
    "--corpus": {
        "required": True,
        "help": "the texts that the vectors were pretrained on, a document a line",
    },
    "--labeled": {
        "nargs": "+",
        "required": True,
        "help": "labelled texts: the pool that labels are drawn from",
    },
    "--test": {"nargs": "+", "required": True, "help": "labelled texts to test on"},
    "--rows": {"default": "0:", "help": "which of the labelled texts, as START:END"},
    "--test-rows": {"default": "0:", "help": "which of the test texts, as START:END"},
    "--draws": {"type": int, "default": 20, "help": "few-label draws"},
    "--budgets": {"type": lambda text: [int(part) for part in text.split(",")], "help": "as 8,32,128"},
    "--folder": {"type": Path, "help": "where intermediate files are kept for another run"},
    "--repeats": {"type": int, "default": 3, "help": "measurements of each, in turn"},
    "--states": {"type": int, "default": 1, "help": "random states"},
    "--documents": {"type": int, "help": "use so many documents; all by default"},
    "--epochs": {"type": int, "default": 5},
    "--vector-size": {"type": int, "default": 100},
    "--window": {"type": int, "default": 5},
    "--sample": {"type": float, "default": 1e-3},
}
TASK = ("--labeled", "--test", "--rows", "--test-rows", "--draws")
"""A pool of labelled texts, a test, and draws."""


def make_parser(description: str | None, *names: str, **defaults: object) -> argparse.ArgumentParser:
    """Return a parser with some of the shared arguments; a script adds its own ones to it.

    Parameters
    ----------
    description : str
        The docstring of the script.
    *names : str
        Names in `SHARED`.
    **defaults : object
        Defaults of the script, where they are not the shared ones.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    for name in names:
        parser.add_argument(name, **SHARED[name])
    parser.set_defaults(**defaults)
    return parser


def read_task(arguments: argparse.Namespace) -> tuple[LabelledTexts, LabelledTexts]:
    """Return the pool and the test texts that the arguments in `TASK` name."""
    pool = read_labelled(arguments.labeled, rows=parse_rows(arguments.rows))
    return pool, read_labelled(arguments.test, rows=parse_rows(arguments.test_rows))
