"""Words and vectors as a Parquet table: columns `word`, `vector` (a list of D numbers a row), `count`."""

from pathlib import Path
from typing import Any

import numpy as np

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats.array_files import usable_contents
from textransfer.embeddings.formats.unpacking import Unpacked
from textransfer.embeddings.formats.words_in_text import check_expressible
from textransfer.embeddings.precision import rounded, single
from textransfer.errors import ConfigError, FormatError
from textransfer.extras import require
from textransfer.formats import Precision
from textransfer.storage.writing import staged_file
from textransfer.text.reading.parquet_sizes import rows_at_once
from textransfer.text.writing.parquet import numbered_errors

MAGIC = b"PAR1"
WORD, VECTOR, COUNT = "word", "vector", "count"
_PURPOSE = "Parquet"


def save(contents: Contents, path: Path, precision: Precision = "float32", *, force: bool = False) -> Path:
    """Write the table, whole or not at all.

    Raises
    ------
    ConfigError
        If a word holds a space, a line break or half a character, or the precision is int8.
    OutputError
        If the file exists and `force` is false, or if it cannot be written.
    MissingExtraError
        If pyarrow is not installed.
    """
    arrow = require("pyarrow", extra="parquet", purpose=_PURPOSE)
    parquet = require("pyarrow.parquet", extra="parquet", purpose=_PURPOSE)
    check_expressible(contents.words, "Parquet files")
    values, scales = rounded(contents.matrix, precision)
    if scales is not None:
        raise ConfigError("Parquet has no place for the scales of int8; expected float32 or float16")
    vectors = arrow.FixedSizeListArray.from_arrays(arrow.array(values.ravel()), values.shape[1])
    columns = {WORD: arrow.array(list(contents.words), arrow.string()), VECTOR: vectors}
    if contents.counts is not None:
        columns[COUNT] = arrow.array(np.asarray(contents.counts, np.int64))
    with staged_file(path, force=force) as stage, numbered_errors():
        parquet.write_table(arrow.table(columns), str(stage))
    return path


def load(path: Path) -> Contents | None:
    """Read a table with these columns; None if it is no Parquet file, or has others.

    Raises
    ------
    FormatError
        If it is damaged, or its vectors differ in size.
    MissingExtraError
        If pyarrow is not installed.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return None
    arrow = require("pyarrow", extra="parquet", purpose=_PURPOSE)
    parquet = require("pyarrow.parquet", extra="parquet", purpose=_PURPOSE)
    try:
        names = parquet.read_schema(str(path)).names
        if WORD not in names or VECTOR not in names:
            return None
        table = _unpacked(path, [name for name in (WORD, VECTOR, COUNT) if name in names])
        words = table[WORD].cast(arrow.string()).to_pylist()
        vectors = table[VECTOR].combine_chunks()
        sizes = np.asarray(arrow.compute.list_value_length(vectors).fill_null(-1))
        values = single(vectors.flatten())
        counts = np.asarray(table[COUNT]) if COUNT in names else None
    except (FormatError, MemoryError):
        raise
    except (arrow.ArrowException, OSError, ValueError, TypeError) as error:
        raise _damaged(path, error) from error
    if len(set(sizes.tolist())) > 1 or None in words:
        raise FormatError(f"{path} has rows without a word, or vectors of several sizes; expected one size")
    if counts is not None and counts.dtype.kind not in "iu":
        raise FormatError(f"{path} has a column {COUNT} of other values; expected a whole number a word")
    size = int(sizes[0]) if len(sizes) else max(getattr(vectors.type, "list_size", 1), 1)
    return usable_contents([word.encode() for word in words], values.reshape(len(words), size), counts, path)


def _unpacked(path: Path, columns: list[str]) -> Any:  # noqa: ANN401 - of pyarrow, which has no types
    """Read some columns, batch by batch, so that no small file fills the memory."""
    arrow = require("pyarrow", extra="parquet", purpose=_PURPOSE)
    parquet = require("pyarrow.parquet", extra="parquet", purpose=_PURPOSE)
    unpacked, batches = Unpacked(path), []
    with path.open("rb") as stream:
        table = parquet.ParquetFile(stream)
        Unpacked(path).add(4 * _n_numbers(table.metadata))  # one row may hold them all
        n_rows = rows_at_once(table.metadata, stream, columns)
        for batch in table.iter_batches(batch_size=n_rows, columns=columns):
            unpacked.add(batch.nbytes)
            batches.append(batch)
        schema = arrow.schema([table.schema_arrow.field(name) for name in columns])
    return arrow.Table.from_batches(batches, schema)


def _n_numbers(metadata: Any) -> int:  # noqa: ANN401
    """Return how many numbers the vectors have together, as the file says."""
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    parts = (group.column(place) for group in groups for place in range(group.num_columns))
    return sum(part.num_values for part in parts if part.path_in_schema.split(".")[0] == VECTOR)


def facts_of(path: Path) -> dict[str, int] | None:
    """Return how many words a table of vectors has; None if it is none. FormatError if it is damaged."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return None
    arrow = require("pyarrow", extra="parquet", purpose=_PURPOSE)
    parquet = require("pyarrow.parquet", extra="parquet", purpose=_PURPOSE)
    try:
        metadata = parquet.read_metadata(str(path))
        names = metadata.schema.to_arrow_schema().names
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise _damaged(path, error) from error
    return {"words": metadata.num_rows} if WORD in names and VECTOR in names else None


def _damaged(path: Path, error: Exception) -> FormatError:
    reason = str(error).strip().partition("\n")[0]
    return FormatError(f"{path} cannot be read as a Parquet table: {reason}; fetch it again")
