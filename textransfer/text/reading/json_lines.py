"""Read JSON lines: an object a line."""

import json
from collections.abc import Iterable, Iterator

from textransfer.errors import CorpusError
from textransfer.storage.spelling import whole
from textransfer.text.reading.columns import (
    check_apart,
    column_named,
    joined,
    listed,
    missing_columns,
    options_that_name,
    text_columns,
    wanted_columns,
)
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source
from textransfer.text.reading.values import label_of, shortened, text_of


def read_json_lines(
    lines: Iterable[str], source: Source, settings: ReadingSettings, findings: Findings
) -> Iterator[Record]:
    """Yield the objects of a file; blank lines are passed over.

    An object without a label is one whose label is missing, if others have one; of a text in several
    columns, an object may lack all but one, if others have them.
    """
    without_label: CorpusError | None = None
    n_with_label = 0
    is_checked = False
    texts = _Texts(settings)
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        place = f"{source.name}, line {number}"
        try:
            item = _object(line, place, settings)
            label = column_named(item, settings.label_column)
            if not is_checked:
                own = [column_named(item, wanted) for wanted in wanted_columns(item, settings)]
                check_apart(own, place, settings)
                is_checked = True
            text = texts.text_of(item, place)
            if label is None and settings.label_column is not None:
                without_label = without_label or _missing(item, place, settings)
            n_with_label += label is not None
            spelt = "" if label is None else label_of(item[label], place)
            yield Record(number, text, spelt, item if settings.has_fields else None)
        except CorpusError as error:
            if settings.bad_rows == "error":
                raise
            findings.skip(error)
    if without_label is not None and not n_with_label:
        raise without_label
    texts.check_all_met()


class _Texts:
    """The texts of objects, whatever the case of their names, and which columns of them were never met."""

    def __init__(self, settings: ReadingSettings) -> None:
        self._settings = settings
        self._lacking: dict[str, CorpusError] = {}
        self._met: set[str] = set()

    def text_of(self, item: dict[str, object], place: str) -> str:
        """Return the text of an object; the message of an error starts with the place."""
        if self._settings.text_column in item:
            return text_of(item[self._settings.text_column], place)
        parts = {part: column_named(item, part) for part in text_columns(item, self._settings)}
        own = [name for name in parts.values() if name is not None]
        if len(own) < len(parts):
            error = _missing(item, place, self._settings)
            if not own:
                raise error
            self._lacking.update({part: error for part in parts if part not in self._lacking})
        if len(parts) == 1:
            return text_of(item[own[0]], place)
        self._met.update(part for part, name in parts.items() if name is not None)
        return joined(text_of(item[name], place) for name in own)

    def check_all_met(self) -> None:
        """Raise an error if some column stood in no object."""
        for part, error in self._lacking.items():
            if part not in self._met:
                raise error


def _object(line: str, place: str, settings: ReadingSettings) -> dict[str, object]:
    try:
        item = json.loads(line)
        if "\\ud" in line.lower():
            item = _with_whole_characters(item)
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


def _with_whole_characters(value: object) -> object:
    """Return a value of JSON, which can spell half of a surrogate pair, without such halves."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_with_whole_characters(inner) for inner in value]
    if isinstance(value, dict):
        return {whole(name): _with_whole_characters(inner) for name, inner in value.items()}
    return value


def _missing(item: dict[str, object], place: str, settings: ReadingSettings) -> CorpusError:
    missing = missing_columns(item, settings)
    return CorpusError(
        f"{place}: the object has {listed(list(item))}; expected {' and '.join(map(repr, missing))}: "
        f"name yours with {options_that_name(settings)}"
    )
