"""How much a small file may become in memory: word vectors hardly shrink, so that one which does is none."""

from pathlib import Path

from textransfer.errors import FormatError

MOST_TIMES = 30
"""What a file holds, to its own bytes; words of NumPy, each as long as the longest, are some ten times."""
WORD_BYTES = 40
"""Of a word in memory besides its characters."""
ALWAYS_TAKEN = 2**28
"""Bytes, however small the file is."""


class Unpacked:
    """Counts what a file of word vectors becomes, and refuses what is out of all proportion.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._most = max(ALWAYS_TAKEN, MOST_TIMES * path.stat().st_size)
        self._n_bytes = 0

    def add(self, n_bytes: int) -> None:
        """Count bytes; FormatError if they are too many together."""
        self._n_bytes += n_bytes
        if self._n_bytes > self._most:
            raise FormatError(
                f"{self._path} unpacks to more than {self._most:,} bytes; word vectors take at most "
                f"{MOST_TIMES} times the bytes of their file: fetch it again, or make it anew"
            )
