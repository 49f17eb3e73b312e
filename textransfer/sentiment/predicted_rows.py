"""Rows with all that they came with and what a classifier says of their texts, given or saved as a table."""

import warnings
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Literal

import numpy as np

from textransfer.amounts import agreeing, amount
from textransfer.checks import check_range
from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.sentiment.predicting import Predictions, predict_stream
from textransfer.sentiment.predictor import TextPredictor
from textransfer.storage.writing import check_apart, claimed
from textransfer.text.reading.corpus import Corpus, Documents, as_corpus
from textransfer.text.reading.records import Record
from textransfer.text.writing.columns import Column, free_names, survey
from textransfer.text.writing.tables import (
    DELIMITED,
    JSON_LINES,
    checked_delimiter,
    output_kind,
    staged_table,
)

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
        p = block.probabilities
        order = np.argsort(-p, axis=1, kind="stable")[:, : self._n_shown]
        ranked = np.take_along_axis(p, order, axis=1)
        threshold = self._settings.abstain_below
        is_silent = (ranked[:, 0] < threshold) | ((block.known_shares == 0) & (threshold > 0))
        shares = np.where(block.known_shares > 0, np.maximum(block.known_shares, _SMALLEST_SHARE), 0)
        words = repeat(None) if block.words is None else block.words
        answer = self._object if self._form == "objects" else self._flat
        rows: list[Row] = []
        for record, codes, numbers, silent, share, counted in zip(
            block.records,
            order.tolist(),
            ranked.round(DECIMALS).tolist(),
            is_silent.tolist(),
            shares.round(DECIMALS).tolist(),
            words,
            strict=False,
        ):
            fields = record.fields or {self._text_column: record.text}
            said = dict(zip(self._names, answer(codes, numbers, silent, share, counted), strict=True))
            rows.append(fields | said)
            if len(rows[-1]) < len(fields) + len(said):
                raise CorpusError(
                    f"line {record.place}: a name of {', '.join(said)} is spelt with escapes; expected "
                    "it plainly: write the file anew"
                )
        return rows

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
            values.append(" ".join(f"{word}:{_signed(size)}" for word, size in words))
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


def answered(
    classifier: TextPredictor,
    records: Iterable[Record],
    layout: RowLayout,
    settings: AnswerSettings,
    *,
    is_at_once: bool = False,
) -> Generator[list[Row], None, None]:
    """Yield rows with what is said of them, a block at a time; warn of texts without a known word in the end.

    With `is_at_once` each row is answered before the next is read.
    """
    n_texts = n_unknown = 0
    for block in predict_stream(classifier, records, n_words=settings.n_words, is_at_once=is_at_once):
        yield layout.rows(block)
        n_texts += len(block.records)
        n_unknown += int(np.count_nonzero(block.known_shares == 0))
    if n_unknown:
        warnings.warn(
            f"{n_unknown:,} of {amount(n_texts, 'text')} {agreeing(n_unknown, 'has', 'have')} no known word; "
            f"{agreeing(n_unknown, 'its', 'their')} probabilities are the shares of the classes in "
            "the labels",
            TextransferWarning,
            stacklevel=2,
        )


def predict_rows(
    classifier: TextPredictor,
    documents: Documents,
    *,
    top_k: int | None = None,
    explain: int = 0,
    abstain_below: float = 0.0,
) -> Iterator[Row]:
    """Yield each row of some texts or tables, all its columns kept, with what a classifier says of its text.

    Parameters
    ----------
    classifier : SentimentClassifier, or another
        Fitted, or from `load_classifier`.
    documents : path, list of str, or Corpus
        A `Corpus` says how a table is read: its text column, encoding and more. Read as a stream.
    top_k : int, optional
        Say so many classes, the most probable first: label, label_2 and so on.
    explain : int, default=0
        Add so many words that counted most, and how they count.
    abstain_below : float, default=0.0
        Give no label where no class is so probable or, if it is above 0, no word is known.

    Yields
    ------
    dict of str to object
        The fields of the row in their order, then ``label``, ``probability`` (of the label) and
        ``known_words`` (share of the words that are known; 0 marks a text of which nothing is known); a name
        that the row has itself gets "predicted_" before it.

    Raises
    ------
    ConfigError
        If a setting is out of range.
    CorpusError
        If the texts cannot be read.

    Examples
    --------
    >>> for row in predict_rows(load_classifier("classifier"), Corpus("tickets.xlsx")):  # doctest: +SKIP
    ...     print(row["id"], row["label"], row["probability"])
    """
    settings = AnswerSettings(top_k, explain, abstain_below)
    corpus = as_corpus(documents)
    layout = RowLayout(survey(corpus).columns, corpus.text_column, classifier.classes_, settings, "values")
    return chain.from_iterable(answered(classifier, corpus.records(), layout, settings))


def save_predictions(
    classifier: TextPredictor,
    documents: Documents,
    path: str | Path,
    *,
    top_k: int | None = None,
    explain: int = 0,
    abstain_below: float = 0.0,
    output_delimiter: str | None = None,
    force: bool = False,
) -> int:
    """Save each row of some texts or tables with what a classifier says of its text, whole or not at all.

    Parameters
    ----------
    classifier : SentimentClassifier, or another
        Fitted, or from `load_classifier`.
    documents : path, list of str, or Corpus
        As in `predict_rows`.
    path : str or Path
        Ends in .csv, .tsv, .jsonl, .parquet or .xlsx; the first three also with .gz, .bz2, .xz or .zst. CSV
        is made for spreadsheets: with a byte-order mark, and an apostrophe before cells that would be taken
        for formulas, separated as the first file that is read.
    top_k, explain, abstain_below
        As in `predict_rows`.
    output_delimiter : str, optional
        What separates the fields of CSV; by default as in the first file that is read, or a comma.
    force : bool, default=False
        Replace a file that is there.

    Returns
    -------
    int
        Rows that were saved.

    Raises
    ------
    ConfigError
        If a setting is out of range, or the path has another ending.
    CorpusError
        If the texts cannot be read.
    OutputError
        If the file is there, is among those that are read, cannot be written, or cannot hold the rows.

    Examples
    --------
    >>> save_predictions(load_classifier("classifier"), "tickets.xlsx", "sorted.xlsx")  # doctest: +SKIP
    1200
    """
    path = Path(path)
    settings = AnswerSettings(top_k, explain, abstain_below)
    kind = output_kind(path)
    delimiter = checked_delimiter(output_delimiter, path)
    corpus = as_corpus(documents)
    check_apart(path, corpus.files)
    with claimed(path, force=force):
        layout = _saved_layout(corpus, classifier.classes_, settings, kind)
        if kind == ".csv":
            delimiter = delimiter or corpus.delimiter
        n_rows = 0
        with (
            staged_table(path, layout.columns, delimiter=delimiter, force=force) as table,
            closing(answered(classifier, corpus.records(), layout, settings)) as blocks,
        ):
            for rows in blocks:
                table.write(rows)
                n_rows += len(rows)
    return n_rows


def _saved_layout(
    corpus: Corpus, classes: Iterable[object], settings: AnswerSettings, kind: str
) -> RowLayout:
    """Look at what is to be saved, and refuse what the format cannot hold before any work."""
    form: Form = "objects" if kind in JSON_LINES else "strings" if kind in DELIMITED else "values"
    sought = ANSWERS if form == "objects" else None
    surveyed = survey(corpus, is_typed=kind == ".parquet", is_counted=kind == ".xlsx", sought=sought)
    layout = RowLayout(surveyed.columns, corpus.text_column, classes, settings, form)
    if kind == ".xlsx":
        from textransfer.text.writing.excel import check_extent

        check_extent(surveyed.n_rows, len(layout.columns), surveyed.longest, surveyed.longest_place)
    return layout


def _signed(size: float) -> str:
    """Write what a word adds; of a nearly sure class each adds little, which two digits would hide."""
    return f"{size:+.4f}" if abs(size) < 0.005 else f"{size:+.2f}"
