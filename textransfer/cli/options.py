"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from textransfer.config import TokenizerConfig, TokenizerName


def setting(help_text: str, default: object) -> object:
    """Return an option that is None unless it is on the line; `--help` shows what it stands for then."""
    return typer.Option(help=help_text, show_default=str(default))


def switch(names: str, help_text: str, *, default: bool) -> object:
    """Return a pair of flags, as ``--fine-tune/--frozen``, that is None unless one is on the line."""
    return typer.Option(names, help=help_text, show_default=names.split("/")[not default].lstrip("-"))


EMBEDDINGS = Path("embeddings")
HIDDEN_SIZE = "16 with up to five classes, none (0) with more"
L2 = "0.25; of more than 2,000 labels, a fold chooses that or less"
CLASSIFIER = Path("classifier")
LABELED = typer.Option("--labeled", "-l", help="Labelled texts (.csv .tsv .jsonl .parquet); may be repeated.")
TEST = typer.Option("--test", "-t", help="Labelled texts to test on; without it: cross-validation.")
Unlabeled = Annotated[
    list[str] | None,
    setting(
        "Unlabelled texts that a student of words and pairs learns from, where classes are about even; "
        "may be repeated.",
        "the text that the vectors were learned from, if it still lies there",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show results and errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show what is done in detail.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
RandomState = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of all random draws.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what stands at the output.")]
OutputDelimiter = Annotated[
    str | None,
    typer.Option(
        help="What separates the fields of a .csv output: one character.",
        show_default="as in the first input, else a comma",
    ),
]
Labeled = Annotated[list[str], LABELED]
Test = Annotated[list[str] | None, TEST]
Rows = Annotated[str | None, setting("Which labelled rows to use, as 0:12500.", "all")]
TestRows = Annotated[str | None, setting("Which test rows to use, as 12500:.", "all")]
Embeddings = Annotated[
    Path, typer.Option(help="Word vectors: a folder from `pretrain`, or a word2vec or GloVe file.")
]
TokenizerOption = Annotated[
    str | None,
    setting(f"How text becomes words: {', '.join(get_args(TokenizerName))}.", TokenizerConfig.tokenizer),
]
SeedWordsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--seed-words",
        help='Words that tell a class, as "positive=good great" for each class, or a .toml file.',
    ),
]
StopWordsOption = Annotated[
    str | None,
    setting(
        "Words to leave out: none, auto (by language), english, japanese, or a file.",
        TokenizerConfig.stop_words,
    ),
]
