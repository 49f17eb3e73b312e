"""Word vectors in files, one module per format: each saves and loads."""

from pathlib import Path

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats import folder, word2vec
from textransfer.errors import FormatError

_TRIED = "an embeddings folder, word2vec binary, word2vec text (also .vec of fastText), GloVe text"
_FOREIGN = {
    b"\x80": "it looks like a Python pickle, which is never opened: load it with gensim and save its vectors "
    "with save_word2vec_format",
    b"\xba\x16\x4f\x2f": "it looks like a fastText model: give its .vec file",
    b"PK\x03\x04": "it looks like a zip archive: unpack it first",
}


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
    contents = folder.load(path) if path.is_dir() else word2vec.load(path)
    if contents is None:
        raise FormatError(f"{path} is no file of word vectors{_hint(path)}; tried: {_TRIED}")
    return contents


def _hint(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        return " (it is empty)"
    hints = [hint for magic, hint in _FOREIGN.items() if head.startswith(magic)]
    if not hints and path.suffix == ".safetensors":
        hints = ["it is one file of a folder: give the folder"]
    return f" ({hints[0]})" if hints else ""
