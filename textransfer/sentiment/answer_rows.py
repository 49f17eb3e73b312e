"""What is said of each text, and how it stands in a row beside what the text came with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Literal

import numpy as np
import numpy.typing as npt

from textransfer.checks import check_range
from textransfer.errors import ConfigError, CorpusError
from textransfer.sentiment.predicting import Predictions
from textransfer.text.reading.records import Record
from textransfer.text.writing.columns import Column, free_names
from textransfer.text.writing.delimited import DelimitedWriter
from textransfer.text.writing.tables import TableWriter

FEW_CLASSES = 10
"""JSON tells the probabilities of all of so many classes, and of more the `MOST_PROBABLE`."""
MOST_PROBABLE = 5
DECIMALS = 6
"""Of probabilities. In double precision what lies beyond them does not hang on which texts are beside one."""
_SMALLEST_SHARE = 1e-4
"""A share of known words is never rounded to zero, which marks a text of which nothing is known."""

ANSWERS = ("label", "probability", "known_words", "probabilities", "words")
"""Keys that JSON objects get."""
Form = Literal["objects", "values", "strings"]
"""JSON objects; rows of values; rows in which the answers are spelt as CSV shows them."""
Row = dict[str, object]


@dataclass(frozen=True)
class AnswerSettings:
    """What is said of each text."""

    top_k: int | None = None
    """How many classes, the most probable first; None says one, in JSON the probabilities of more."""
    n_words: int = 0
    """How many words that counted."""
    abstain_below: float = 0.0
    """Least probability of a label. Above 0, texts without a known word have no label either."""

    def __post_init__(self) -> None:
        problems = [
            *check_range("top_k", self.top_k, 1, is_integer=True, is_open=True),
            *check_range("explain", self.n_words, 0, is_integer=True),
            *check_range("abstain_below", self.abstain_below, 0, 1),
        ]
        if problems:
            raise ConfigError("; ".join(problems))


@dataclass(frozen=True, eq=False)
class _Ranked:
    """What is said of n texts: k classes, the most probable first."""

    codes: npt.NDArray[np.int64]
    """Shape (n, k)."""
    probabilities: npt.NDArray[np.float64]
    """Rounded, shape (n, k)."""
    is_silent: npt.NDArray[np.bool_]
    """Whether no label is given, shape (n,)."""
    shares: npt.NDArray[np.float64]
    """Of known words, rounded, shape (n,)."""


class RowLayout:
    """How a row of the input and what is said of its text become a row of the output.

    Parameters
    ----------
    columns : sequence of Column
        Of the input; what is added gets names that these have not.
    text_column : str
        Name of the text where a record has no fields.
    classes : sequence
        The labels.
    settings : AnswerSettings
    form : {"objects", "values", "strings"}
    """

    def __init__(
        self,
        columns: Sequence[Column],
        text_column: str,
        classes: Iterable[object],
        settings: AnswerSettings,
        form: Form,
    ) -> None:
        self._text_column, self._settings, self._form = text_column, settings, form
        self._classes = [str(name) for name in classes]
        n_classes = len(self._classes)
        if settings.top_k is not None:
            self._n_shown = min(settings.top_k, n_classes)
        elif form == "objects":
            self._n_shown = n_classes if n_classes <= FEW_CLASSES else MOST_PROBABLE
        else:
            self._n_shown = 1
        added = [Column("label"), Column("probability", "number")]
        if form == "objects":
            added += [Column("known_words", "number"), Column("probabilities", "nested")]
        else:
            for rank in range(2, self._n_shown + 1):
                added += [Column(f"label_{rank}"), Column(f"probability_{rank}", "number")]
            added.append(Column("known_words", "number"))
        if settings.n_words:
            added.append(Column("words"))
        names = free_names([column.name for column in added], [column.name for column in columns])
        self._names = list(names.values())
        self.columns = [
            *columns,
            *(Column(names[column.name], column.kind) for column in added),
        ]

    def rows(self, block: Predictions) -> list[Row]:
        """Return the rows of a block."""
        said = self._ranked(block)
        words = repeat(None) if block.words is None else block.words
        answer = self._object if self._form == "objects" else self._flat
        rows: list[Row] = []
        for record, codes, numbers, silent, share, counted in zip(
            block.records,
            said.codes.tolist(),
            said.probabilities.tolist(),
            said.is_silent.tolist(),
            said.shares.tolist(),
            words,
            strict=False,
        ):
            fields = record.fields or {self._text_column: record.text}
            values = dict(zip(self._names, answer(codes, numbers, silent, share, counted), strict=True))
            rows.append(fields | values)
            if len(rows[-1]) < len(fields) + len(values):
                raise self._escaped(record)
        return rows

    def write(self, block: Predictions, table: TableWriter) -> None:
        """Write the rows of a block; to CSV and TSV as columns, which takes a third of the time."""
        if self._form == "strings" and isinstance(table, DelimitedWriter):
            table.write_columns(self.spelled_columns(block))
        else:
            table.write(self.rows(block))

    def spelled_columns(self, block: Predictions) -> dict[str, Sequence[object]]:
        """Return the columns of the rows that are strings: what `rows` says, by column."""
        fields = [record.fields or {self._text_column: record.text} for record in block.records]
        names = set(self._names)
        for record, own in zip(block.records, fields, strict=True):
            if not names.isdisjoint(own):
                raise self._escaped(record)
        columns: dict[str, Sequence[object]] = {
            column.name: [own.get(column.name) for own in fields]
            for column in self.columns[: -len(self._names)]
        }
        said, values = self._ranked(block), list[Sequence[object]]()
        classes = np.array(self._classes, object)
        for codes, probabilities in zip(said.codes.T, said.probabilities.T, strict=True):
            labels = classes[codes]
            if not values:
                labels[said.is_silent] = None
            values += [labels.tolist(), _spelled(probabilities)]
        values.append(_spelled(said.shares))
        if block.words is not None:
            values.append([_spelled_words(words) for words in block.words])
        return columns | dict(zip(self._names, values, strict=True))

    def _ranked(self, block: Predictions) -> "_Ranked":
        p = block.probabilities
        order = np.argsort(-p, axis=1, kind="stable")[:, : self._n_shown]
        ranked = np.take_along_axis(p, order, axis=1)
        threshold = self._settings.abstain_below
        is_silent = (ranked[:, 0] < threshold) | ((block.known_shares == 0) & (threshold > 0))
        shares = np.where(block.known_shares > 0, np.maximum(block.known_shares, _SMALLEST_SHARE), 0)
        return _Ranked(order, ranked.round(DECIMALS), is_silent, shares.round(DECIMALS))

    def _escaped(self, record: Record) -> CorpusError:
        return CorpusError(
            f"line {record.place}: a name of {', '.join(self._names)} is spelt with escapes; expected "
            "it plainly: write the file anew"
        )

    def _flat(
        self,
        codes: list[int],
        numbers: list[float],
        is_silent: bool,
        share: float,
        words: list[tuple[str, float]] | None,
    ) -> list[object]:
        values: list[object] = []
        for code, number in zip(codes, numbers, strict=True):
            values += [self._classes[code], self._number(number)]
        if is_silent:
            values[0] = None
        values.append(self._number(share))
        if words is not None:
            values.append(_spelled_words(words))
        return values

    def _number(self, value: float) -> object:
        return f"{value:.4f}" if self._form == "strings" else value

    def _object(
        self,
        codes: list[int],
        numbers: list[float],
        is_silent: bool,
        share: float,
        words: list[tuple[str, float]] | None,
    ) -> list[object]:
        names = [self._classes[code] for code in codes]
        label = None if is_silent else names[0]
        values: list[object] = [label, numbers[0], share, dict(zip(names, numbers, strict=True))]
        if words is not None:
            values.append([{"word": word, "contribution": size} for word, size in words])
        return values


def _spelled(numbers: npt.NDArray[np.float64]) -> list[str]:
    return [f"{number:.4f}" for number in numbers.tolist()]


def _spelled_words(words: Sequence[tuple[str, float]]) -> str:
    return " ".join(f"{word}:{_signed(size)}" for word, size in words)


def _signed(size: float) -> str:
    """Write what a word adds; of a nearly sure class each adds little, which two digits would hide."""
    return f"{size:+.4f}" if abs(size) < 0.005 else f"{size:+.2f}"
