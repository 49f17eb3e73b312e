"""Refuse files that change while they are read, so that no result mixes two states of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from textransfer.errors import CorpusError


class Stamp(NamedTuple):
    """What tells that a file was written to."""

    n_bytes: int
    modified: int
    """Time, in nanoseconds."""


class Stamped(Protocol):
    """A file with the stamp that it had when it was named."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def stamp(self) -> Stamp:
        """That of the beginning."""


def stamp_of(path: Path) -> Stamp:
    """Return the stamp of a file as it is now."""
    status = path.stat()
    return Stamp(status.st_size, status.st_mtime_ns)


@contextmanager
def unchanged(sources: Sequence[Stamped]) -> Iterator[None]:
    """Refuse files that changed, once they have been read in the block.

    So is what a reader complains of there, which may be of the change.

    Raises
    ------
    CorpusError
        If a file is not as it was when it was named.
    """
    try:
        yield
    except CorpusError as error:
        refuse_changed(sources, error)
        raise
    refuse_changed(sources)


def refuse_changed(sources: Sequence[Stamped], cause: Exception | None = None) -> None:
    """Raise a CorpusError if one of these files is not as it was when it was named."""
    for source in sources:
        try:
            what = _difference(source.stamp, stamp_of(source.path))
        except FileNotFoundError:
            what = "is no longer there"
        except OSError as error:
            what = f"can no longer be read ({error.strerror})"
        if what:
            raise CorpusError(
                f"{source.name} {what}, though it was still being read; expected a file that stays as it is: "
                "begin again when it does, or give a copy of it"
            ) from cause


def _difference(before: Stamp, now: Stamp) -> str:
    if before.n_bytes != now.n_bytes:
        return f"had {before.n_bytes:,} bytes and now has {now.n_bytes:,}"
    return "was written to" if before != now else ""
