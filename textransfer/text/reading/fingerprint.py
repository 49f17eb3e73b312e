"""The fingerprint of a corpus, taken while its files are read anyway."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from textransfer.text.reading.changes import unchanged
from textransfer.text.reading.compression import explained
from textransfer.text.reading.sources import Source


class Fingerprint:
    """SHA-256 of the bytes of files, in order, and of the options that choose among their documents."""

    def __init__(self, options: Sequence[str]) -> None:
        self._digest = hashlib.sha256(json.dumps(list(options)).encode())
        self._n_missing = 0

    def begin(self, source: Source) -> None:
        """Go on to the next file."""
        self._digest.update(source.kind.encode() + source.stamp.n_bytes.to_bytes(8, "little"))
        self._n_missing += source.stamp.n_bytes

    def add(self, block: bytes | memoryview) -> None:
        """Take the next bytes of the file."""
        self._digest.update(block)
        self._n_missing -= len(block)

    def add_texts(self, texts: Iterable[str]) -> None:
        """Take texts that are in no file."""
        for text in texts:
            content = text.encode("utf-8", "surrogatepass")
            self._digest.update(len(content).to_bytes(8, "little") + content)

    def read(self, source: Source) -> None:
        """Take a whole file."""
        self.begin(source)
        with (
            unchanged([source]),
            explained(source.path, source.name),
            source.path.open("rb") as stream,
        ):
            while block := stream.read(1 << 20):
                self.add(block)

    @property
    def is_whole(self) -> bool:
        """Whether all bytes of the files went in."""
        return not self._n_missing

    def hexdigest(self) -> str:
        """Return the fingerprint as hexadecimal digits."""
        return self._digest.hexdigest()
