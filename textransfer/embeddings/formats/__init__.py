"""Word vectors in files, one module per format: each saves and loads."""

import re
from collections.abc import Callable
from pathlib import Path

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats import array_files, fasttext, folder, parquet, projector, word2vec
from textransfer.errors import FormatError
from textransfer.formats import readable_titles

_DECIMAL_COMMAS = re.compile(rb"^\S+(?:[ \t]+-?\d+,\d+){2}", re.MULTILINE)
_UTF16 = "it is in UTF-16: save it as UTF-8"
_FOREIGN = {
    b"\x80": "it looks like a Python pickle, such as gensim's save writes, which is never opened, since it "
    "can run any program: KeyedVectors.load(FILE).save_word2vec_format('vectors.txt'), "
    "or Word2Vec.load(FILE).wv.save_word2vec_format(...) of a whole model",
    b"PK\x03\x04": "it is a zip archive without arrays words and vectors: unpack it first",
    b"PAR1": "it is a Parquet file without columns word and vector",
    b"\x93NUMPY": "it is a NumPy array, which says no words: in Python, WordVectors(words, array)",
    b"\xff\xfe": _UTF16,
    b"\xfe\xff": _UTF16,
}


_FOLDERS: tuple[Callable[[Path], Contents | None], ...] = (projector.load, folder.load)
_FILES: tuple[Callable[[Path], Contents | None], ...] = (
    fasttext.load,
    array_files.load_npz,
    array_files.load_safetensors,
    parquet.load,
    word2vec.load,
)
"""Each returns None for a file of another format; the last one looks at text."""


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
    for load_format in _FOLDERS if path.is_dir() else _FILES:
        try:
            contents = load_format(path)
        except MemoryError as error:
            raise FormatError(
                f"{path} needs more memory than there is ({str(error) or 'none is left'}); expected vectors "
                "that fit into it: keep fewer words, or fewer dimensions"
            ) from error
        if contents is not None:
            return contents
    raise FormatError(f"{path} is no file of word vectors{_hint(path)}; tried: {readable_titles()}")


def _hint(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(1000)
    if not head:
        return " (it is empty)"
    hints = [hint for magic, hint in _FOREIGN.items() if head.startswith(magic)]
    if not hints and _DECIMAL_COMMAS.search(head):
        hints = ["it has decimal commas: write its numbers with points"]
    if not hints and path.suffix == ".safetensors":
        hints = ["it is one file of a folder: give the folder"]
    return f" ({hints[0]})" if hints else ""
