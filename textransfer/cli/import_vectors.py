"""``textransfer import``: word vectors of other programs as a folder of ours."""

from pathlib import Path
from typing import Annotated

import typer

from textransfer.cli import options
from textransfer.cli.console import configure
from textransfer.cli.export import show_export
from textransfer.formats import readable_titles


def import_command(
    source: Annotated[Path, typer.Argument(help="A file or folder of word vectors; see below.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the vectors.")
    ] = options.EMBEDDINGS,
    precision: Annotated[str, typer.Option(help="Of the numbers: float32, float16 or int8.")] = "float32",
    tokenizer: Annotated[
        str | None,
        options.setting("How texts become such words: words or japanese.", "guessed from the words"),
    ] = None,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Read word vectors of another program and save them as a folder, with a tokenizer and a model card.

    Formats that are read, told by their content: {readable}. Text and binary may be compressed.

    All commands read these files as they are, too; a folder loads faster, and keeps the tokenizer.

    Examples:

    - `textransfer import cc.tr.300.bin --output embeddings-tr` (with its n-grams, for unknown words)
    - `textransfer import GoogleNews-vectors-negative300.bin.gz --precision float16`
    """
    from textransfer.exchange.exporting import import_vectors

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    result = import_vectors(
        source,
        output,
        precision=precision,  # type: ignore[arg-type]  # checked there
        tokenizer=tokenizer,
        force=force,
    )
    show_export(console, result)


import_command.__doc__ = (import_command.__doc__ or "").format(readable=readable_titles())
