"""Documents in batches: UTF-8 end to end, so that millions of them need no object each."""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BATCH_CHARACTERS = 1 << 22
"""Text in a batch, about; a longer document is cut between words and goes on in the next batch."""

_BETWEEN_WORDS = re.compile(r"\w\s+\w")  # and so not inside "<br />"

_MAY_BEGIN_BLANK = np.zeros(256, dtype=np.bool_)
"""First bytes of the characters that are white space, and of many that are not."""
_MAY_BEGIN_BLANK[[*range(9, 14), *range(28, 33), 0xC2, 0xE1, 0xE2, 0xE3]] = True


@dataclass(frozen=True, eq=False)
class Batch:
    """Some documents, one after the other: document i is ``data[starts[i]:ends[i]]``."""

    data: bytes
    """UTF-8; half surrogate pairs, which files cannot hold but Python's strings can, are let through."""
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    is_open: bool = False
    """Whether the last document goes on with the first of the next batch."""
    n_blank: int = 0
    """Blank records that were left out."""

    @property
    def n_ended(self) -> int:
        """Documents that end in this batch."""
        return len(self.ends) - self.is_open

    def texts(self) -> Iterator[str]:
        """Yield the documents as strings."""
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield self.data[start:end].decode("utf-8", "surrogatepass")


def batches_of(documents: Iterable[str], n_characters: int | None = None) -> Generator[Batch, None, None]:
    """Gather documents into batches of so many characters (by default `BATCH_CHARACTERS`)."""
    limit = n_characters or BATCH_CHARACTERS
    waiting: list[bytes] = []
    n_waiting = 0
    for text, is_open in _pieces(documents, limit):
        waiting.append(text.encode("utf-8", "surrogatepass"))
        n_waiting += len(text)
        if n_waiting >= limit:
            yield _joined(waiting, is_open=is_open)
            waiting, n_waiting = [], 0
    if waiting:
        yield _joined(waiting, is_open=False)


def batch_of_lines(text: str, *, is_open: bool = False) -> Batch:
    """Make a document of each line that is not blank; the last one, if open, goes on in the next text."""
    if text.isspace() and not is_open:
        return _nothing(text.count("\n") + (text[-1] != "\n"))
    data = text.encode("utf-8", "surrogatepass")
    places = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(places == ord("\n"))
    if len(places) and places[-1] != ord("\n"):
        ends = np.append(ends, len(places))
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    is_text = starts < ends
    may_be_blank = np.flatnonzero(is_text)
    may_be_blank = may_be_blank[_MAY_BEGIN_BLANK[places[starts[may_be_blank]]]]
    for line in may_be_blank[: len(may_be_blank) - is_open].tolist():
        is_text[line] = not data[starts[line] : ends[line]].decode("utf-8", "surrogatepass").isspace()
    n_blank = len(ends) - int(np.count_nonzero(is_text))
    return Batch(data, starts[is_text], ends[is_text], is_open, n_blank)


def _nothing(n_blank: int) -> Batch:
    none = np.zeros(0, dtype=np.int64)
    return Batch(b"", none, none, n_blank=n_blank)


def cut_between_words(text: str, start: int) -> int | None:
    """Return a place at or after `start` where a text can be cut without changing its words."""
    match = _BETWEEN_WORDS.search(text, start)
    return None if match is None else match.start() + 1


def _pieces(documents: Iterable[str], limit: int) -> Iterator[tuple[str, bool]]:
    """Yield documents, long ones in pieces, each with whether its document goes on."""
    for document in documents:
        start = 0
        while len(document) - start > limit:
            cut = cut_between_words(document, start + limit)
            if cut is None:
                break
            yield document[start:cut], True
            start = cut
        yield document[start:] if start else document, False


def _joined(waiting: list[bytes], *, is_open: bool) -> Batch:
    ends = np.cumsum([len(text) for text in waiting])
    return Batch(b"".join(waiting), np.concatenate([[0], ends[:-1]]), ends, is_open)
