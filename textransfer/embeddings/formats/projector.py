"""A folder for the Embedding Projector of TensorBoard: vectors.tsv, metadata.tsv, projector_config.pbtxt."""

from pathlib import Path

import numpy as np

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats.array_files import usable_contents
from textransfer.embeddings.formats.files import write_export_record
from textransfer.embeddings.formats.words_in_text import check_expressible
from textransfer.errors import ConfigError, FormatError
from textransfer.storage.kinds import PROJECTOR
from textransfer.storage.links import check_inside
from textransfer.storage.writing import staged_folder

VECTORS, METADATA, CONFIG = "vectors.tsv", "metadata.tsv", "projector_config.pbtxt"
_CONFIG = """\
embeddings {
  tensor_path: "vectors.tsv"
  metadata_path: "metadata.tsv"
}
"""


def save(contents: Contents, path: Path, *, force: bool = False) -> Path:
    """Write the folder, whole or not at all: numbers of 9 digits, words and, if known, their counts.

    Raises
    ------
    ConfigError
        If a word holds a space or a line break, or if there is none.
    OutputError
        If the folder exists and `force` is false, or if it cannot be written.
    """
    check_expressible(contents.words, "the projector's files")
    if not contents.words:
        raise ConfigError("there are no words; expected at least one, since the projector shows points")
    decimals = "\t".join(["%.9g"] * contents.matrix.shape[1]) + "\n"
    with staged_folder(path, PROJECTOR, force=force) as stage:
        with (stage / VECTORS).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(decimals % tuple(vector.tolist()) for vector in contents.matrix)
        with (stage / METADATA).open("w", encoding="utf-8", newline="\n") as file:
            if contents.counts is None:  # of a single column the projector expects no header
                file.writelines(f"{word}\n" for word in contents.words)
            else:
                file.write("word\tcount\n")
                counted = zip(contents.words, np.asarray(contents.counts).tolist(), strict=True)
                file.writelines(f"{word}\t{count}\n" for word, count in counted)
        (stage / CONFIG).write_text(_CONFIG, encoding="utf-8", newline="\n")
        write_export_record(stage, "projector")
    return path


def load(path: Path) -> Contents | None:
    """Read a folder with vectors.tsv and metadata.tsv; None if one is missing. FormatError if they differ."""
    if not ((path / VECTORS).is_file() and (path / METADATA).is_file()):
        return None
    for name in (VECTORS, METADATA):
        check_inside(path / name)
        with (path / name).open("rb") as file:
            file.seek(max((path / name).stat().st_size - 1, 0))
            if file.read(1) not in (b"", b"\n"):
                raise FormatError(
                    f"{path / name} ends within a line; expected a line break: fetch it again, or add "
                    "one if it is whole"
                )
    lines = (path / METADATA).read_bytes().split(b"\n")[:-1]
    counts = None
    try:
        if not lines or not (path / VECTORS).stat().st_size:
            raise ValueError("it has no words")
        matrix = np.loadtxt(path / VECTORS, np.float32, comments=None, delimiter="\t", ndmin=2)
        if lines and b"\t" in lines[0]:
            header = lines[0].split(b"\t")
            rows = [line.split(b"\t") for line in lines[1:]]
            lines = [row[0] for row in rows]
            if b"count" in header:
                counts = np.array([int(row[header.index(b"count")]) for row in rows], np.int64)
    except (ValueError, OverflowError, IndexError, OSError) as error:
        raise FormatError(f"{path} cannot be read as a folder of the projector: {error}") from error
    if len(lines) != len(matrix):
        raise FormatError(
            f"{path} has {len(matrix):,} vectors and {len(lines):,} words; expected as many: a file is "
            "truncated"
        )
    return usable_contents(lines, matrix, counts, path)
