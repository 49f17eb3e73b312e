"""Read parquet files, some rows at a time."""

from collections.abc import Callable, Iterator
from typing import Any

from textransfer.errors import CorpusError
from textransfer.extras import require
from textransfer.text.reading.columns import clean_names, find_columns, joined
from textransfer.text.reading.compression import seekable
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.parquet_sizes import rows_at_once
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source
from textransfer.text.reading.values import label_of, text_of


def read_parquet(
    source: Source,
    settings: ReadingSettings,
    findings: Findings,
    on_read: Callable[[memoryview], None] | None,
) -> Iterator[Record]:
    """Yield the rows of a parquet file; columns that are not wanted are not read."""
    parquet = require("pyarrow.parquet", extra="parquet", purpose="reading parquet files")
    arrow = require("pyarrow", extra="parquet", purpose="reading parquet files")
    if source.path.stat().st_size == 0:
        return
    with seekable(source.path, on_read) as stream:
        try:
            table = parquet.ParquetFile(stream)
            header = table.schema_arrow.names
            places = find_columns(header, source.name, settings)
            labels_at = [] if places.label is None else [places.label]
            wanted = None if settings.has_fields else [header[at] for at in (*places.texts, *labels_at)]
            row = 0
            n_rows = rows_at_once(table.metadata, stream, wanted)
            for batch in table.iter_batches(batch_size=n_rows, columns=wanted):
                names = clean_names(batch.schema.names)
                columns = [_values(column, arrow, source.name) for column in batch.columns]
                texts, labels = (
                    [columns[batch.schema.names.index(header[at])] for at in some]
                    for some in (places.texts, labels_at)
                )
                for number, parts in enumerate(zip(*texts, strict=True)):
                    row += 1
                    place = f"{source.name}, row {row}"
                    fields = None if wanted else {n: c[number] for n, c in zip(names, columns, strict=True)}
                    try:
                        label = label_of(labels[0][number], place) if labels else ""
                        spelt = [text_of(part, place) for part in parts]
                        text = spelt[0] if len(spelt) == 1 else joined(spelt)
                        record = Record(row, text, label, fields)
                    except CorpusError as error:
                        if settings.bad_rows == "error":
                            raise
                        findings.skip(error)
                    else:
                        yield record
        except MemoryError:
            raise
        except (arrow.ArrowException, UnicodeDecodeError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise _damaged(source.name, error) from error


def _damaged(name: str, error: Exception) -> CorpusError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return CorpusError(f"{name} is no valid parquet file ({reason}); expected a whole one: copy it again")


def _values(column: Any, arrow: Any, name: str) -> list[object]:  # noqa: ANN401 - arrays of pyarrow, which has no types
    """Return the values of a column; moments with nanoseconds, which Python has not, as text."""
    if arrow.types.is_timestamp(column.type) and column.type.unit == "ns":
        try:
            return list(column.cast(arrow.timestamp("us", column.type.tz)).to_pylist())
        except arrow.ArrowInvalid:
            return list(column.cast(arrow.string()).to_pylist())
    try:
        return list(column.cast(_in_microseconds(column.type, arrow)).to_pylist())
    except arrow.ArrowInvalid as error:
        raise CorpusError(
            f"{name} holds {column.type} with nanoseconds; expected whole microseconds: round them"
        ) from error


def _in_microseconds(kind: Any, arrow: Any) -> Any:  # noqa: ANN401 - types of pyarrow, which has none
    """Return a type with microseconds in place of nanoseconds.

    With pandas installed, pyarrow would cut nanoseconds of times off and give the types of pandas.
    """
    types = arrow.types
    if types.is_struct(kind):
        return arrow.struct([field.with_type(_in_microseconds(field.type, arrow)) for field in kind])
    if types.is_list(kind):
        return arrow.list_(_in_microseconds(kind.value_type, arrow))
    if types.is_large_list(kind):
        return arrow.large_list(_in_microseconds(kind.value_type, arrow))
    if types.is_fixed_size_list(kind):
        return arrow.list_(_in_microseconds(kind.value_type, arrow), kind.list_size)
    if types.is_dictionary(kind):
        return _in_microseconds(kind.value_type, arrow)
    if types.is_map(kind):
        return arrow.map_(*(_in_microseconds(part, arrow) for part in (kind.key_type, kind.item_type)))
    if not types.is_temporal(kind) or getattr(kind, "unit", None) != "ns":
        return kind
    if types.is_timestamp(kind):
        return arrow.timestamp("us", kind.tz)
    return arrow.duration("us") if types.is_duration(kind) else arrow.time64("us")


def arrow_types(source: Source) -> dict[str, Any]:
    """Return the Arrow type of each column of a parquet file, by its name."""
    parquet = require("pyarrow.parquet", extra="parquet", purpose="reading parquet files")
    arrow = require("pyarrow", extra="parquet", purpose="reading parquet files")
    if source.path.stat().st_size == 0:
        return {}
    with seekable(source.path, None) as stream:
        try:
            schema = parquet.read_schema(stream)
        except (arrow.ArrowException, UnicodeDecodeError, OSError) as error:
            raise _damaged(source.name, error) from error
    return dict(zip(clean_names(schema.names), schema.types, strict=True))
