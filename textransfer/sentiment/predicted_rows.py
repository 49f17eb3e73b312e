"""Rows with all that they came with and what a classifier says of their texts, given or saved as a table."""

import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import numpy as np

from textransfer.amounts import agreeing, amount
from textransfer.errors import TextransferWarning
from textransfer.sentiment.answer_rows import ANSWERS, AnswerSettings, Form, Row, RowLayout
from textransfer.sentiment.predicting import Predictions, predict_stream
from textransfer.sentiment.predictor import TextPredictor
from textransfer.storage.writing import check_apart, claimed
from textransfer.text.reading.corpus import Corpus, Documents, as_corpus
from textransfer.text.reading.records import Record
from textransfer.text.writing.columns import survey
from textransfer.text.writing.tables import (
    DELIMITED,
    JSON_LINES,
    checked_delimiter,
    output_kind,
    staged_table,
)


def answered(
    classifier: TextPredictor,
    records: Iterable[Record],
    settings: AnswerSettings,
    *,
    is_at_once: bool = False,
) -> Generator[Predictions, None, None]:
    """Yield what is said of records, a block at a time; warn of texts without a known word in the end.

    With `is_at_once` each is answered before the next is read.
    """
    n_texts = n_unknown = 0
    for block in predict_stream(classifier, records, n_words=settings.n_words, is_at_once=is_at_once):
        yield block
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
    return chain.from_iterable(map(layout.rows, answered(classifier, corpus.records(), settings)))


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
            closing(answered(classifier, corpus.records(), settings)) as blocks,
        ):
            for block in blocks:
                layout.write(block, table)
                n_rows += len(block.records)
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
