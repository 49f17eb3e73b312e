"""``textransfer export``: word vectors, sentence vectors and classifiers for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.console import Console, configure
from textransfer.formats import writable_names

if TYPE_CHECKING:
    from textransfer.exchange.exporting import Export


def export_command(
    to: Annotated[str, typer.Option("--to", help="The format, by its name above.")],
    source: Annotated[
        Path, typer.Argument(help="A folder from `pretrain` or `classify`, or vectors of another program.")
    ] = options.EMBEDDINGS,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File or folder to write.", show_default="by source and format"),
    ] = None,
    is_weighted: Annotated[
        bool,
        typer.Option(
            "--weighted",
            help="Write word vectors weighted and without the mean of the corpus: their plain mean then has "
            "the direction of our sentence vector.",
        ),
    ] = False,
    encoder: Annotated[
        str, typer.Option(help="How sentence vectors are made of words: sif, mean or centered.")
    ] = "sif",
    precision: Annotated[str, typer.Option(help="Of the numbers: float32, float16 or int8.")] = "float32",
    tokenizer: Annotated[
        str | None,
        options.setting("For vectors of other programs: words or japanese.", "guessed from the words"),
    ] = None,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Write word vectors, sentence vectors or a classifier in a format of another program.

    What the format has no place for is said, and how the other program loads it.

    Formats of word vectors: {words}.

    Formats of sentence vectors: {sentences}. Texts are cut into words by the tokenizer.json in the folder.

    Formats of classifiers: {classifiers}.

    Examples:

    - `textransfer export --to word2vec` (writes embeddings.bin, for gensim and most others)
    - `textransfer export embeddings --to sentence-transformers --output sentences`
    - `textransfer export classifier --to onnx`
    - `textransfer export classifier --to model2vec` (sentence vectors as the classifier has them)
    - `textransfer export cc.tr.300.bin --to safetensors --precision float16`
    """
    from textransfer.exchange.exporting import default_output, export_model

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    target = default_output(source, to) if output is None else output
    result = export_model(
        source,
        to,
        target,
        is_weighted=is_weighted,
        encoder=encoder,  # type: ignore[arg-type]  # checked there, as the next is
        precision=precision,  # type: ignore[arg-type]
        tokenizer=tokenizer,
        force=force,
    )
    show_export(console, result)


export_command.__doc__ = (export_command.__doc__ or "").format(
    words=writable_names("word vectors"),
    sentences=writable_names("sentence vectors"),
    classifiers=writable_names("classifier"),
)


def show_export(console: Console, result: "Export") -> None:
    """Print what was written, what was lost, and how it is loaded."""
    vectors = f", {result.vector_size} dimensions, {result.precision}" if result.vector_size else ""
    lines = [f"words     {result.n_words:,}{vectors}"]
    if result.rounding is not None:
        lines.append(f"rounding  {result.rounding}")
    if result.lost:
        lines.append(f"left out  {'; '.join(result.lost)}")
    lines += [f"note      {text}" for text in result.notes]
    lines += [f"load      {result.loading}", f"saved     {result.output} ({result.format})"]
    console.show(result.to_dict(), lines)
