"""Suggestions as a table to fill in, which goes back to where labels are read."""

from collections.abc import Sequence
from pathlib import Path

from textransfer.config import LABEL_COLUMN
from textransfer.text.reading.columns import column_named
from textransfer.text.reading.corpus import Corpus
from textransfer.text.writing.columns import Column, free_names, survey
from textransfer.text.writing.tables import DELIMITED, output_kind, staged_table
from textransfer.transfer.suggestion import Suggestion


def save_suggestions(
    suggestions: Sequence[Suggestion],
    corpus: Corpus,
    path: Path,
    *,
    label_column: str = LABEL_COLUMN,
    delimiter: str | None = None,
    force: bool = False,
) -> str:
    """Save suggestions in the format of a name's ending, whole or not at all; return the column to fill in.

    The rows have all columns of the corpus, under their names, then one for labels if there is none. What a
    classifier takes the texts for stands behind. `delimiter` is that of CSV, by default as in the first file.

    Raises
    ------
    ConfigError
        If the path has an ending that is not written.
    OutputError
        If the file is there and `force` is false, cannot be written, or cannot hold the rows.
    """
    kind = output_kind(path)
    columns = list(survey(corpus, is_typed=kind == ".parquet").columns)
    names = [column.name for column in columns]
    label = column_named(names, label_column) or label_column
    if label not in names:
        columns.append(Column(label))
    said = [Column("label"), Column("probability", "number"), Column("known_words", "number")]
    own = free_names([column.name for column in said], [*names, label, "label"])
    has_classifier = any(suggestion.probability is not None for suggestion in suggestions)
    if has_classifier:
        columns += [Column(own[column.name], column.kind) for column in said]
    if kind == ".csv":
        delimiter = delimiter or corpus.delimiter
    with staged_table(path, columns, delimiter=delimiter, force=force) as table:
        table.write([_row(suggestion, corpus.text_column, label, own, kind) for suggestion in suggestions])
    return label


def _row(
    suggestion: Suggestion, text_column: str, label: str, own: dict[str, str], kind: str
) -> dict[str, object]:
    row = {**(suggestion.fields or {text_column: suggestion.text})}
    row[label] = None
    if suggestion.probability is not None:
        numbers = [suggestion.probability, suggestion.known_share]
        row[own["label"]] = str(suggestion.predicted)
        for name, number in zip(("probability", "known_words"), numbers, strict=True):
            row[own[name]] = f"{number:.4f}" if kind in DELIMITED else round(number, 6)
    return row
