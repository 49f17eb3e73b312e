"""The encoding of a file: the one that was named, or what its bytes tell."""

import codecs
from itertools import islice
from typing import BinaryIO

import regex

from textransfer.config import ENCODING

SAMPLE_BYTES = 1 << 20
"""What is looked at, from the first byte on that is no ASCII."""
_MOST_ASCII = 1 << 26
"""So far the first such byte is looked for; then the file counts as UTF-8."""
_GUESSED_BYTES = 1 << 17
"""Lines with such bytes, at most, that the detector sees."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("cp932", "euc-jp", "gb18030", "big5hkscs", "cp949", "koi8-r", "cp866"),
)
"""What spreadsheets and editors write; each holds the ISO encoding, or the older set, that is its like."""
_OLDER = ("cp850", "mac-roman")
"""What Excel calls MS-DOS and Macintosh: letters where others have dashes and quotes, so not by so few."""
_FEW = 3
_ALMOST = 0.8
"""Of the best score: then Western European, which is by far the most frequent, is taken."""
_MIXED = regex.compile(r"\p{Latin}[^\p{Latin}\W\d_]|[^\p{Latin}\W\d_]\p{Latin}|\p{Ll}\p{Lu}")
"""What words seldom hold, and wrongly decoded ones do: two scripts, or a capital after a small letter."""

_NOT_TEXT = regex.compile(r"[\p{Cn}\p{Co}[\p{Cc}--[\t\r\n\f\x1a]]]", regex.V1)
"""Characters that a text in UTF-16 does not hold, and binary data read as one does."""


def find_encoding(stream: BinaryIO, named: str = ENCODING) -> tuple[str, bool]:
    """Return the encoding of a stream that is at its beginning, and whether it is a guess.

    A named one is returned as it is. Else a byte-order mark decides, or the zero bytes that UTF-16 writes for
    ASCII; then UTF-8, if it fits; else a detector guesses by the lines that are no ASCII. Where most of what
    is no ASCII is proper UTF-8, the file is taken for damaged UTF-8, so that reading it says where.
    """
    if named != ENCODING:
        return named, False
    sample = stream.read(1 << 16)
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding, False
    if b"\0" in sample:
        return _wide_encoding(sample) or "utf-8", False
    if b"\x1b$" in sample:
        return "iso2022_jp", True
    n_ascii = 0
    while sample.isascii():
        n_ascii += len(sample)
        sample = stream.read(SAMPLE_BYTES)
        if not sample or n_ascii > _MOST_ASCII:
            return "utf-8", False
    sample += stream.read(SAMPLE_BYTES)
    return ("utf-8", False) if _is_utf8(sample) else (_guess(sample), True)


def _is_utf8(sample: bytes) -> bool:
    """Tell whether bytes are UTF-8, be it with some errors or cut off within a character."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(sample) and len(sample) - error.start > 1:
            return True
        text = sample.decode("utf-8", "replace")
        n_wrong = text.count("\ufffd")
        return len(text) - len(text.encode("ascii", "ignore")) > 2 * n_wrong
    return True


def _wide_encoding(sample: bytes) -> str | None:
    """Return which UTF-16 without a mark it is, if the places of zero bytes and the characters show one."""
    n_first, n_second = sample[::2].count(0), sample[1::2].count(0)
    encoding = "utf-16-le" if n_second > n_first else "utf-16-be"
    text = _decoded(sample[: len(sample) // 2 * 2], encoding)
    if max(n_first, n_second) < 2 or text is None or _NOT_TEXT.search(text):
        return None
    return encoding


def _guess(sample: bytes) -> str:
    """Return the encoding that the detector finds, among those whose words are of one script each."""
    from chardet import detect_all

    lines = (line for line in sample.split(b"\n") if not line.isascii())
    telling = b"\n".join(islice(lines, 5000))[:_GUESSED_BYTES]
    is_short = len(telling) - len(telling.decode("ascii", "ignore")) < _FEW
    answers = detect_all(
        telling,
        ignore_threshold=True,
        prefer_superset=True,
        compat_names=False,
        include_encodings=_CANDIDATES if is_short else _CANDIDATES + _OLDER,
    )
    scores: list[tuple[int, float, str]] = []
    for answer in answers:
        encoding = answer["encoding"]
        text = None if encoding is None else _decoded(sample, encoding)
        if encoding is not None and text is not None:
            scores.append((-len(_MIXED.findall(text)), answer["confidence"], encoding))
    scores = [score for score in scores if score[0] == max(scores)[0]]
    if not scores:
        return _CANDIDATES[0]
    if any(score[1] >= _ALMOST * max(scores)[1] for score in scores if score[2] == _CANDIDATES[0]):
        return _CANDIDATES[0]
    return max(scores)[2]


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return None
