"""The encoding of a file: the one that was named, or what its bytes tell."""

import codecs
from collections.abc import Sequence
from typing import BinaryIO

import regex

from textransfer.config import ENCODING
from textransfer.errors import CorpusError
from textransfer.text.reading.plausibility import is_text, plausibility

SAMPLE_BYTES = 1 << 20
"""What is looked at, from the first byte on that is no ASCII."""
_MOST_ASCII = 1 << 26
"""So far the first such byte is looked for; then the file counts as UTF-8."""
_JUDGED_BYTES = 1 << 14
"""Lines with such bytes, at most, by which an encoding is judged."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PRIORS = {
    "cp1252": 3.5,
    **dict.fromkeys(("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"), 0.0),
    **dict.fromkeys(("cp932", "gb18030", "cp949", "big5hkscs"), 0.0),
    **{"euc-jp": -2.0, "koi8-r": -2.5, "cp1258": -2.0, "iso8859-2": -3.0, "iso8859-7": -3.0},
    **dict.fromkeys(("iso8859-5", "iso8859-6", "mac-cyrillic"), -5.0),
    **{
        "cp866": -4.0,
        "cp850": -5.0,
        "mac-roman": -5.0,
        "cp852": -6.0,
        "cp857": -6.0,
        "cp737": -6.0,
        "cp862": -6.0,
    },
}
"""How frequent encodings are, as logarithms: first what spreadsheets and editors write, last what Excel calls
MS-DOS and Macintosh. Each of them holds the ISO encoding, or the older set, that is its like."""
_MULTI_BYTE = ("cp932", "euc-jp", "gb18030", "cp949", "big5hkscs")
_VOTE = 6.0
"""The weight of a detector that knows which letters follow which, on those of single bytes."""
_ENOUGH = 16
"""Bytes from which on it has that weight."""
_CLEAR = 2.0
"""By so much more plausible than what reads otherwise, or it is asked for."""
_MOST_NAMED = 3
_SAMPLE_CHARACTERS = 16

_NOT_TEXT = regex.compile(r"[\p{Cn}\p{Co}[\p{Cc}--[\t\r\n\f\x1a]]]", regex.V1)
"""Characters that a text in UTF-16 does not hold, and binary data read as one does."""


def find_encoding(stream: BinaryIO, named: str = ENCODING, name: str = "the file") -> tuple[str, bool]:
    """Return the encoding of a stream that is at its beginning, and whether it is a guess.

    A named one is returned as it is. Else a byte-order mark decides, or the zero bytes that UTF-16 writes for
    ASCII; then UTF-8, if it fits; else that in which the lines that are no ASCII are by far the most
    plausible text. Where most of what is no ASCII is proper UTF-8, the file is taken for damaged UTF-8, so
    that reading it says where.

    Raises
    ------
    CorpusError
        If two encodings are about as plausible, or none is; it calls the file by `name`.
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
    return ("utf-8", False) if _is_utf8(sample) else (_guess(sample, name), True)


def _is_utf8(sample: bytes) -> bool:
    """Tell whether bytes are UTF-8, be it with some errors or cut off within a character."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(sample) and len(sample) - error.start > 1:
            return True
        text = sample.decode("utf-8", "replace")
        n_wrong = text.count("\ufffd")
        return len(text) - len(text.encode("ascii", "ignore")) > 3 * n_wrong
    return True


def _wide_encoding(sample: bytes) -> str | None:
    """Return which UTF-16 without a mark it is, if the places of zero bytes and the characters show one."""
    n_first, n_second = sample[::2].count(0), sample[1::2].count(0)
    encoding = "utf-16-le" if n_second > n_first else "utf-16-be"
    text = _decoded(sample[: len(sample) // 2 * 2], encoding)
    if max(n_first, n_second) < 2 or text is None or _NOT_TEXT.search(text):
        return None
    return encoding


def _guess(sample: bytes, name: str) -> str:
    """Return the encoding in which a text is by far the most plausible.

    All candidates that can decode the sample are weighed by the same bytes: that a single-byte encoding can
    decode anything is no advantage.

    Raises
    ------
    CorpusError
        If another reading is about as plausible, or none is.
    """
    if len(sample) >= SAMPLE_BYTES and (end := sample.rfind(b"\n")) > 0:
        sample = sample[:end]  # the last line is cut off
    judged = _judged(sample)
    is_cut = len(judged) == len(sample) >= SAMPLE_BYTES or len(judged) == 2 * _JUDGED_BYTES
    votes = _votes(judged)
    readings: dict[str, tuple[float, str]] = {}
    for encoding, prior in _PRIORS.items():
        text = _decoded(judged, encoding, is_whole=not is_cut)
        if text is not None and _decoded(sample, encoding) is not None:
            score = plausibility(text, encoding) + prior + votes.get(encoding, 0.0)
            before, alike = readings.get(text, (score, encoding))
            if encoding in _MULTI_BYTE and score > before:
                alike = encoding
            readings[text] = (max(score, before), alike)
    ranked = sorted(((*score, text) for text, score in readings.items()), reverse=True)
    close = [entry for entry in ranked if entry[0] > ranked[0][0] - _CLEAR][:_MOST_NAMED]
    options = _options([(encoding, text) for _, encoding, text in close])
    if len(close) > 1:
        raise CorpusError(f"{name} is no UTF-8, and its encoding is not clear: expected one of {options}")
    if not ranked or not is_text(ranked[0][2], ranked[0][1]):
        raise CorpusError(
            f"{name} is no UTF-8, and reads as text in no other encoding that is known here; expected text: "
            f"give the file's encoding{options and f', perhaps {options}'}"
        )
    return ranked[0][1]


def _votes(judged: bytes) -> dict[str, float]:
    """Return what the detector takes from single-byte encodings, by how much less likely it finds them."""
    from chardet import detect_all

    single = [encoding for encoding in _PRIORS if encoding not in _MULTI_BYTE]
    answers = detect_all(judged, ignore_threshold=True, compat_names=False, include_encodings=single)
    confidences = {str(answer["encoding"]): answer["confidence"] for answer in answers}
    most = max([*confidences.values(), 1e-9])
    weight = _VOTE * min(1.0, len(judged) / _ENOUGH)
    return {encoding: weight * (confidences.get(encoding, 0.0) / most - 1) for encoding in single}


def _judged(sample: bytes) -> bytes:
    """Return some lines with bytes that are no ASCII, from all over the sample."""
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    n_bytes = sum(map(len, lines))
    some = b"\n".join(lines[:: -(-n_bytes // _JUDGED_BYTES) or 1])[: 2 * _JUDGED_BYTES]
    end = some.rfind(b"\n") if len(some) == 2 * _JUDGED_BYTES else -1
    return some[:end] if end > 0 else some


def _options(readings: Sequence[tuple[str, str]]) -> str:
    """Show what to give, and how the first place where the readings differ reads in each."""
    if not readings:
        return ""
    texts = [text for _, text in readings]
    plain = texts[0].encode("ascii", "replace").decode()
    places = enumerate(zip(*texts, *([] if len(texts) > 1 else [plain]), strict=False))
    place = next((n for n, letters in places if len(set(letters)) > 1), 0)
    start = max(texts[0].rfind(mark, 0, place) for mark in ' ,;\t\n"') + 1
    return ", ".join(f'encoding="{encoding}" ("{_shown(text[start:])}")' for encoding, text in readings)


def _shown(text: str) -> str:
    word = regex.split(r"[\s,;\"]", text, maxsplit=1)[0]
    return "".join(c if c.isprintable() else "\ufffd" for c in word[:_SAMPLE_CHARACTERS])


def _decoded(sample: bytes, encoding: str, *, is_whole: bool = False) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample, is_whole)
    except UnicodeDecodeError:
        return None
