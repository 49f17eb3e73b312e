"""Command lines drawn at random: a line that succeeds, with options more, of values that fit or do not."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import typer

from textransfer.cli import app

NUMBERS = ["0", "1", "2", "3", "5", "10", "-1", "0.5", "1.5", "1e-9", "nan", "inf", "1e999", "x", ""]
"""What an option for a number gets; larger ones are answered by work, not by an error."""
HUGE = ["99999999999999999999", "-99999999999999999999", "9" * 5000, "2147483648", "0x10", "1_000", "\uff11"]
WORDS = [
    "",
    " ",
    "-",
    "--",
    "true",
    "None",
    "\x1b[31m",
    "\ud83d\ude00",
    "\u202e",
    "a\nb",
    "{}",
    "%s",
    "$HOME",
]
WORDS += [
    "a=b",
    "=",
    "a=",
    "text",
    "label",
    "auto",
    "none",
    "x" * 5000,
    "..",
    "*",
    "[",
    "~",
    "good",
    "\udcff",
]
WORDS += ["0:5", ":", "5:", "-3:", "a:b", "tab", "utf-8", "utf-16", "undefined", "cp932", "csv", "positive"]
WORDS += [
    "positive=good,fine",
    "a=embeddings",
    "a=classifier",
    "a=x.vec",
    "http://localhost/x.csv",
    "file:///x",
]
ODD_NAME = "odd \x1b[31m \u202e\U0001f600 name.csv"
INPUTS = [
    "few.csv",
    "texts.txt",
    "none.csv",
    ".",
    "empty.txt",
    "few.csv.gz",
    "embeddings",
    "classifier",
    "odd.bin",
]
INPUTS += [
    "x.vec",
    "link.csv",
    "loop.csv",
    "folder.csv",
    ODD_NAME,
    "few.csv/",
    "none/none.csv",
    "texts.jsonl",
]
OUTPUTS = [
    "out",
    "out.csv",
    "out.html",
    "out.png",
    "out.xlsx",
    "none/out",
    "out.vec",
    "few.csv",
    "embeddings",
]
OUTPUTS += [
    "out.jsonl",
    "out.parquet",
    "out.csv.gz",
    "out.svg",
    "classifier",
    "link.csv",
    "folder.csv",
    ".",
    "",
]
OUTPUTS += [ODD_NAME + "x", "x" * 300, "out/", "texts.txt/out", "/proc/out"]
OUTPUT_OPTIONS = {"-o", "--output", "--report", "--plot", "--checkpoint", "--figure", "--csv", "--save"}
LABELLED = ["--labeled", "few.csv"]
TESTED = [*LABELLED, "--test", "few.csv"]
SOUND = {
    "pretrain": ["texts.txt", "--epochs", "1", "--vector-size", "4", "--n-jobs", "1", "-o", "out"],
    "update": ["texts.txt", "--epochs", "1", "-o", "out"],
    "classify": [*LABELLED, "--draws", "1", "--epochs", "2", "-o", "out"],
    "curve": [*TESTED, "--draws", "2", "--budgets", "4", "--n-jobs", "1", "--frozen", "-o", "out"],
    "experiment": [*TESTED, "--draws", "2", "--n-labels", "4", "-o", "out"],
    "predict": ["--input", "few.csv", "-o", "out.csv"],
    "evaluate": LABELLED,
    "suggest": ["texts.txt", "-n", "2", "-o", "out.csv"],
    "fit-check": LABELLED,
    "advise": [*LABELLED, "--draws", "1"],
    "neighbors": ["good"],
    "serve": ["classifier"],
    "export": ["embeddings", "--to", "glove", "-o", "out.txt"],
    "import": ["x.vec", "-o", "out"],
    "info": ["classifier"],
    "demo": ["-o", "out"],
}
"""A line of each command that succeeds, but for the demo, which is not run."""
LEFT_OUT = {"--help", "--version"}


def line_drawer(command: str) -> Callable[[random.Random], list[str]]:
    """Return what draws lines of a command."""
    options = [
        parameter
        for parameter in typer.main.get_group(app.app).commands[command].params
        if parameter.param_type_name == "option" and parameter.opts[0] not in LEFT_OUT
    ]

    def line(draws: random.Random) -> list[str]:
        words = [command if draws.random() < 0.99 else draws.choice(WORDS), *SOUND[command]]
        if draws.random() < 0.3:
            words[draws.randrange(1, len(words))] = draws.choice(INPUTS + OUTPUTS + WORDS)
        for _ in range(draws.choice([0, 1, 1, 1, 2, 2, 3, 5, 8])):
            option = draws.choice(options)
            name = draws.choice([*option.opts, *option.secondary_opts])
            if draws.random() < 0.01:
                name = "--" + draws.choice(WORDS)
            if name in words:
                continue  # once more only where it is another way to say it
            is_flag = bool(getattr(option, "is_flag", False))
            words += [name] if is_flag and draws.random() < 0.97 else [name, _value(option, draws)]
        if draws.random() < 0.05:
            words.insert(draws.randint(0, len(words)), draws.choice(INPUTS + WORDS))
        return words

    return line


def _value(option: Any, draws: random.Random) -> str:  # noqa: ANN401 - of typer
    """Draw a value, mostly one of the kind that the option takes."""
    kind = str(option.type_descriptor.annotation)
    pool: Sequence[str]
    if draws.random() < 0.15:
        pool = WORDS + HUGE + INPUTS
    elif "int" in kind or "float" in kind:
        pool = NUMBERS if draws.random() < 0.9 else HUGE
    elif OUTPUT_OPTIONS.intersection(option.opts):
        pool = OUTPUTS
    elif "Path" in kind:
        pool = INPUTS
    elif draws.random() < 0.6:
        pool = re.findall(r"[\w.:=-]+", f"{option.help} {option.show_default}")  # names of what it takes
    else:
        pool = WORDS + INPUTS + NUMBERS
    return draws.choice(pool)
