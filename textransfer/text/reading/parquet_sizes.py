"""How many rows of a parquet file may be unpacked at once: a few bytes of it may stand for gigabytes."""

from collections.abc import Iterable, Iterator
from typing import IO, Any

ROWS_AT_ONCE = 1024
MOST_BYTES = 1 << 27
"""Unpacked, of a column; more only if a single row has them."""
_SHARES_STARTS = "DELTA_BYTE_ARRAY"
"""An encoding in which a value says how much of it is as in the value before."""
_START_OF_DICTIONARY = b"\x15\x04\x15"
"""In Thrift's compact protocol: field 1, a number, is 2, a dictionary page; field 2 is a number, too."""


def rows_at_once(metadata: Any, stream: IO[bytes], wanted: Iterable[str] | None) -> int:  # noqa: ANN401 - of pyarrow
    """Return how many rows of the wanted columns, by default all, take no more than `MOST_BYTES` a column.

    A dictionary of texts is stored once, and each row names one of them: rows times the size of the
    dictionary is the most that they can take. Other texts stand in the file as they are.
    """
    largest = max(_largest_values(metadata, stream, None if wanted is None else set(wanted)), default=0)
    return max(1, min(ROWS_AT_ONCE, MOST_BYTES // max(largest, 1)))


def _largest_values(metadata: Any, stream: IO[bytes], wanted: set[str] | None) -> Iterator[int]:  # noqa: ANN401
    """Yield for each part of a column the most bytes that a value, repeated in all rows, may have."""
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for part in map(group.column, range(group.num_columns)):
            if wanted is not None and part.path_in_schema.split(".")[0] not in wanted:
                continue
            size = int(part.total_uncompressed_size)
            if _SHARES_STARTS in part.encodings:
                yield size
            elif part.has_dictionary_page:
                yield min(size, _size_of_dictionary(stream, part.dictionary_page_offset) or size)


def _size_of_dictionary(stream: IO[bytes], offset: int) -> int | None:
    """Return the size of a dictionary at a place, unpacked; None if it does not begin as usual."""
    stream.seek(offset)
    head = stream.read(len(_START_OF_DICTIONARY) + 5)
    if not head.startswith(_START_OF_DICTIONARY):
        return None
    number = 0
    for place, byte in enumerate(head[len(_START_OF_DICTIONARY) :]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number >> 1  # zigzag
    return None
