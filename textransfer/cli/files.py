"""Files of a command: word vectors and figures, checked before any work."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.text.tokenize import Tokenizer


def check_figure(
    path: Path | None, option: str, kind: str, endings: tuple[str, ...], *, force: bool, hint: str = ""
) -> None:
    """Refuse a figure or page, if there is to be one, that cannot be written.

    Raises
    ------
    ConfigError
        If the ending is none of these; the hint says what else the user may want to know of them.
    OutputError
        If the file exists and `force` is false, or its folder cannot hold it.
    """
    from textransfer.errors import ConfigError, OutputError
    from textransfer.storage.writing import check_writable

    if path is None:
        return
    if path.suffix.lower() not in endings:
        names = ", ".join(endings)
        raise ConfigError(f"cannot write {kind} as {path.name!r}; give a name that ends in {names}{hint}")
    check_writable(path, force=True)
    if path.exists() and not force:
        raise OutputError(f"{path} exists already; give {option} another name, or --force to replace it")


def check_test_rows(test: list[str] | None, test_rows: str | None) -> None:
    """Refuse ``--test-rows`` without ``--test``."""
    from textransfer.errors import ConfigError

    if test_rows is not None and not test:
        raise ConfigError("--test-rows chooses rows of a test file, but there is none; give --test too")


def load_vectors(path: Path, tokenizer: str | None) -> tuple["WordVectors", "Tokenizer"]:
    """Load vectors with their own tokenizer; one may be named only for vectors that have none.

    Raises
    ------
    ConfigError
        If the vectors were made with another tokenizer than the named one, or have none that can be guessed.
    """
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.embeddings.vectors_like import as_tokenizer

    vectors = WordVectors.load(path)
    return vectors, as_tokenizer(tokenizer, vectors, str(path))
