"""Read JSON lines: an object a line."""

import json
from collections.abc import Iterable, Iterator

from textransfer.errors import CorpusError
from textransfer.text.reading.columns import column_named, listed, options_that_name
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source
from textransfer.text.reading.values import label_of, shortened, text_of


def read_json_lines(lines: Iterable[str], source: Source, settings: ReadingSettings) -> Iterator[Record]:
    """Yield the objects of a file; blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line and not line.isspace():
            yield _record(line, number, f"{source.name}, line {number}", settings)


def _record(line: str, number: int, place: str, settings: ReadingSettings) -> Record:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError(
            f"{place}: no valid JSON ({error}); expected one object a line, such as "
            f'{{"{settings.text_column}": "..."}}'
        ) from error
    if not isinstance(item, dict):
        raise CorpusError(
            f"{place}: found {shortened(item)}; expected an object with {settings.text_column!r}"
        )
    own = [column_named(list(item), name) for name in settings.columns]
    if None in own:
        missing = [name for name, key in zip(settings.columns, own, strict=True) if key is None]
        raise CorpusError(
            f"{place}: the object has {listed(list(item))}; expected {' and '.join(map(repr, missing))}: "
            f"name yours with {options_that_name(settings)}"
        )
    text, *labels = (item[name] for name in own)
    label = label_of(labels[0], place) if labels else ""
    return Record(number, text_of(text, place), label, item if settings.has_fields else None)
