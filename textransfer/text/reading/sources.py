"""Find the files that the user named: paths, patterns, folders, standard input."""

import glob
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from textransfer.errors import CorpusError, TextransferWarning
from textransfer.storage.links import check_inside
from textransfer.storage.spelling import writable
from textransfer.storage.temporary import temporary_folder
from textransfer.text.reading.changes import Stamp, stamp_of
from textransfer.text.reading.compression import COMPRESSIONS, explained, split_endings

KINDS = (".txt", ".csv", ".tsv", ".jsonl", ".parquet", ".xlsx")
"""What a file holds, by its ending: a document a line, or a table with a column of texts."""

_ALIASES = {
    **{"": ".txt", ".text": ".txt", ".ndjson": ".jsonl", ".tab": ".tsv", ".psv": ".csv"},
    **dict.fromkeys((".xlsm", ".xlsb", ".xls", ".ods"), ".xlsx"),
}
_STANDARD_INPUT = "-"

_COMPRESSED = {b"\x1f\x8b\x08": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}
_LONGEST_SIGNATURE = 6
_HELPER = re.compile(r"~\$.*|\.~lock\..*#|\._.*")
"""What Excel and LibreOffice put beside an open file, and macOS beside a copied one."""


@dataclass(frozen=True)
class Source:
    """An input file: where its bytes are, one of `KINDS`, and what messages call it."""

    path: Path
    kind: str
    name: str
    stamp: Stamp
    """As it was when it was named: files that change while they are read are refused."""
    _keeper: IO[bytes] | None = field(default=None, repr=False, compare=False)

    @property
    def is_stream(self) -> bool:
        """Whether it came through a pipe, so that its name tells nothing of its content."""
        return self._keeper is not None


def find_sources(named: str | Path | Sequence[str | Path], input_format: str | None = None) -> list[Source]:
    """Resolve what the user named to files, each once, in the order named.

    That is files; patterns with ``*``, ``?``, ``[...]`` or ``**``; folders, of which all files of known kinds
    are taken in sorted order, hidden ones and lock files left out, links out of the folder refused; ``"-"``
    for standard input, a document a line. What they hold is told by their endings, or by `input_format`: for
    inputs whose names do not tell, if there are any.

    Raises
    ------
    CorpusError
        If a name leads to no file that can be read.
    """
    if (
        isinstance(named, Mapping)
        or hasattr(named, "columns")
        or not isinstance(named, str | Path | Iterable)
    ):
        raise CorpusError(
            f"an input is a {type(named).__name__}; expected files' paths; texts in memory go to "
            "Corpus.from_texts(texts), with labels to LabelledTexts(texts, labels, source)"
        )
    names = [named] if isinstance(named, str | Path) else list(named)
    if not names:
        raise CorpusError("no input file was named; expected files, patterns, folders or -")
    kind = None if input_format is None else f".{input_format}"
    is_for_all = all(map(kind_by_name, names))
    sources: dict[Path, Source] = {}
    names = _without_helpers(names)
    n_repeated = max(0, names.count(_STANDARD_INPUT) - 1)
    if n_repeated:
        names = [*dict.fromkeys(names)]
    for name in names:
        for source in _sources_of(name, kind if is_for_all or kind_by_name(name) is None else None):
            key = source.path.resolve()
            n_repeated += key in sources
            sources.setdefault(key, source)
    if n_repeated:
        warnings.warn(
            f"{n_repeated} {'file was' if n_repeated == 1 else 'files were'} named more than once and "
            f"{'is' if n_repeated == 1 else 'are'} read once",
            TextransferWarning,
            stacklevel=3,
        )
    return list(sources.values())


def kind_by_name(name: str | Path) -> str | None:
    """Return which of `KINDS` an input's name tells, None if it does not: a plain text may hold anything.

    Examples
    --------
    >>> kind_by_name("reviews.CSV.gz"), kind_by_name("-"), kind_by_name("reviews.txt")
    ('.csv', None, None)
    """
    ending = split_endings(Path(name))[0]
    kind = _ALIASES.get(ending, ending)
    return kind if kind in KINDS and kind != ".txt" else None


def _without_helpers(names: list[str | Path]) -> list[str | Path]:
    """Leave out what office programs put beside open files, as a shell may name it for ``*.xlsx``."""
    helpers = [name for name in names if _HELPER.fullmatch(Path(str(name)).name)]
    if not helpers:
        return names
    if len(helpers) == len(names):
        raise CorpusError(
            f"{helpers[0]} is what a program put beside an open or copied file; expected the file itself: "
            "give its own name"
        )
    warnings.warn(
        f"{helpers[0]} is left out: a program put it beside an open or copied file",
        TextransferWarning,
        stacklevel=4,
    )
    return [name for name in names if name not in helpers]


def _sources_of(name: str | Path, kind: str | None) -> Iterator[Source]:
    """Yield the files that one name stands for."""
    if not isinstance(name, str | os.PathLike):
        raise CorpusError(f"an input is {name!r}; expected a file's path; texts go to Corpus.from_texts")
    text = str(name)
    path = Path(name)
    if text == _STANDARD_INPUT:
        yield spool(standard_input(), "standard input", kind or ".txt")
    elif _exists(path):
        yield from _folder(path, kind) if path.is_dir() else [_file(path, kind)]
    elif glob.has_magic(text):
        yield from _pattern(text, kind)
    else:
        shown = text if len(text) <= 200 else f"{text[:200]}..."
        raise CorpusError(f"no such file: {shown}; expected a file, a pattern, a folder or -")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than the file system allows
        return False


def _file(path: Path, kind: str | None) -> Source:
    ending = split_endings(path)[0]
    kind = kind or _ALIASES.get(ending, ending)
    if kind not in KINDS:
        raise CorpusError(
            f"{path} ends in {kind}, which is no known kind; expected {', '.join(KINDS)}, each also with "
            f"{', '.join(COMPRESSIONS)}: say what it holds with input_format=KIND, or convert it"
        )
    with explained(path, str(path)):
        if path.is_file():
            return Source(path, kind, writable(str(path)), stamp_of(path))
        with path.open("rb") as stream:  # a pipe can be read only once
            return spool(stream, writable(str(path)), kind)


def _folder(path: Path, kind: str | None) -> Iterator[Source]:
    files = []
    for file in sorted(path.rglob("*")):
        is_known = kind_by_name(file) or split_endings(file)[0] in (".txt", ".text")
        is_hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if is_hidden or _HELPER.fullmatch(file.name) or not (is_known or file.is_dir()):
            continue
        check_inside(file, path, CorpusError)
        if is_known and file.is_file():
            files.append(file)
    if not files:
        raise CorpusError(
            f"the folder {path} holds no file of a known kind; expected {', '.join(KINDS)}, each also with "
            f"{', '.join(COMPRESSIONS)}"
        )
    yield from (_file(file, None if kind_by_name(file) else kind) for file in files)


def _pattern(pattern: str, kind: str | None) -> Iterator[Source]:
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - patterns may be absolute
    paths = [Path(match) for match in matches if not _HELPER.fullmatch(Path(match).name)]
    if not paths:
        raise CorpusError(
            f"the pattern {pattern} matches no file; expected at least one: check it, from the current folder"
        )
    for path in paths:
        if not path.is_dir():
            yield _file(path, kind)
        elif len(paths) == 1:
            yield from _folder(path, kind)


def standard_input() -> BinaryIO:
    """Return standard input as bytes; CorpusError if there is none, as in a notebook or after ``<&-``."""
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise CorpusError("standard input is closed; expected text there: give a file, or pipe one in")
    return stream


def spool(stream: Any, name: str, kind: str = ".txt", before: bytes = b"") -> Source:  # noqa: ANN401 - any binary stream
    """Copy a stream that can be read once to a temporary file that can be read again.

    The file vanishes with the last reference to the source. Compressed data are told by their first bytes,
    since no name tells of them. What was read `before` stands at its beginning.
    """
    head = before + stream.read(_LONGEST_SIGNATURE)
    packed = next((ending for start, ending in _COMPRESSED.items() if head.startswith(start)), "")
    keeper = tempfile.NamedTemporaryFile(  # noqa: SIM115 - lives as long as the source
        prefix="textransfer-", suffix=kind + packed, dir=temporary_folder()
    )
    keeper.write(head)
    shutil.copyfileobj(stream, keeper)
    keeper.flush()
    path = Path(keeper.name)
    return Source(path, kind, name, stamp_of(path), keeper)


def size_of(sources: Sequence[Source]) -> int:
    """Return the bytes of files, as they are on disk."""
    return sum(source.stamp.n_bytes for source in sources)


def names_of(sources: Sequence[Source]) -> str:
    """Return what messages call some files: at most three of them by name."""
    names = [source.name for source in sources[:3]]
    return ", ".join(names) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
