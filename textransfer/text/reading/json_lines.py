"""Read JSON lines: an object a line."""

import json
from collections.abc import Iterable, Iterator

from textransfer.errors import CorpusError
from textransfer.text.reading.columns import column_named, listed, options_that_name
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source
from textransfer.text.reading.values import label_of, shortened, text_of


def read_json_lines(
    lines: Iterable[str], source: Source, settings: ReadingSettings, findings: Findings
) -> Iterator[Record]:
    """Yield the objects of a file; blank lines are passed over.

    An object without a label is one whose label is missing, if others have one.
    """
    without_label: CorpusError | None = None
    n_with_label = 0
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        place = f"{source.name}, line {number}"
        try:
            item = _object(line, place, settings)
            text, label = (column_named(item, name) for name in (settings.text_column, settings.label_column))
            if text is None:
                raise _missing(item, place, settings)
            if label is None and settings.label_column is not None:
                without_label = without_label or _missing(item, place, settings)
            n_with_label += label is not None
            spelt = "" if label is None else label_of(item[label], place)
            yield Record(number, text_of(item[text], place), spelt, item if settings.has_fields else None)
        except CorpusError as error:
            if settings.bad_rows == "error":
                raise
            findings.skip(error)
    if without_label is not None and not n_with_label:
        raise without_label


def _object(line: str, place: str, settings: ReadingSettings) -> dict[str, object]:
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
    return item


def _missing(item: dict[str, object], place: str, settings: ReadingSettings) -> CorpusError:
    missing = [name for name in settings.columns if column_named(item, name) is None]
    return CorpusError(
        f"{place}: the object has {listed(list(item))}; expected {' and '.join(map(repr, missing))}: "
        f"name yours with {options_that_name(settings)}"
    )
