"""``textransfer neighbors``: which words lie close to a word."""

from typing import Annotated

import typer

from textransfer.cli import options
from textransfer.cli.arguments import as_utf8
from textransfer.cli.console import configure, table


def neighbors_command(
    words: Annotated[list[str], typer.Argument(help="Words to look up; -- before a word like -x.")],
    minus: Annotated[
        list[str] | None, typer.Option("--minus", help="Words to subtract (analogies); may be repeated.")
    ] = None,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="Neighbours to show.")] = 10,
    embeddings: options.Embeddings = options.EMBEDDINGS,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Show the words closest to a word, or to a sum of words, by cosine similarity.

    Examples:

    - `textransfer neighbors excellent`
    - `textransfer neighbors とても --embeddings embeddings-ja` (input is cut like text)
    - `textransfer neighbors king woman --minus man --embeddings embeddings-news`
    """
    from textransfer.embeddings.vectors import WordVectors

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    vectors = WordVectors.load(embeddings)
    neighbors = vectors.most_similar(positive=as_utf8(words), negative=as_utf8(minus or []), n=n)
    console.show(
        [{"word": word, "similarity": similarity} for word, similarity in neighbors],
        [table(["word", "similarity"], [[word, f"{similarity:.3f}"] for word, similarity in neighbors])],
    )
