"""Word vectors in files, one module per format: each saves and loads."""

from pathlib import Path

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats import folder, word2vec
from textransfer.errors import FormatError


def load(path: Path) -> Contents:
    """Read word vectors from a file or folder of any known format, told by its content.

    Raises
    ------
    FormatError
        If nothing is there, or what is there cannot be read; the message lists what was tried.
    """
    if not path.exists():
        raise FormatError(
            f"there is no {path}; expected an embeddings folder or a file of word vectors: "
            "make one with textransfer pretrain, or give another path"
        )
    return folder.load(path) if path.is_dir() else word2vec.load(path)
