"""Texts with their labels, read from tables into memory."""

import warnings
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any, Self

from textransfer.config import BAD_ROWS, ENCODING, LABEL_COLUMN, TEXT_COLUMN
from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.text.reading.changes import refuse_changed
from textransfer.text.reading.corpus import checked_rows, no_documents
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.label_names import as_known, near_labels, without_points
from textransfer.text.reading.listing import list_of
from textransfer.text.reading.readers import read_records
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source, find_sources, names_of, size_of
from textransfer.text.reading.values import check_labels, is_missing


@dataclass(frozen=True)
class LabelledTexts:
    """Texts with a label each, as `read_labelled` returns them.

    Parameters
    ----------
    texts : list of str, length n
        Some may be blank, which a missing one (None, NaN) becomes.
    labels : list of str, length n
        One for each text; none is empty.
    source : str
        Where they come from, for messages.
    places : list of str, optional
        File and line, or row, of each text.

    Raises
    ------
    CorpusError
        If there are more texts than labels, or fewer, or either is a table.
    ConfigError
        If a label is missing: None, NaN or blank.

    Examples
    --------
    >>> len(LabelledTexts(["A fine film.", "A dull one."], ["good", "bad"], "two reviews"))
    2
    """

    texts: list[str]
    labels: list[str]
    source: str
    places: list[str] = field(default_factory=list, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", list_of(self.texts))
        object.__setattr__(self, "labels", list_of(self.labels, "labels"))
        if len(self.texts) != len(self.labels):
            raise CorpusError(
                f"{self.source} has {len(self.texts)} texts and {len(self.labels)} labels; "
                "expected a label for each text"
            )
        check_labels(self.labels)
        if any(is_missing(text) for text in self.texts):
            object.__setattr__(self, "texts", ["" if is_missing(text) else text for text in self.texts])

    def take(self, rows: Iterable[int]) -> "LabelledTexts":
        """Return some of the texts, in the order of the rows."""
        chosen = list(rows)
        return LabelledTexts(
            [self.texts[row] for row in chosen],
            [self.labels[row] for row in chosen],
            self.source,
            places=[self.places[row] for row in chosen] if self.places else [],
        )

    def __repr__(self) -> str:
        classes = ", ".join(map(str, dict.fromkeys(self.labels[:1_000])))
        return f"<LabelledTexts: {len(self)} texts of {self.source}, labelled {classes:.100}>"

    def __len__(self) -> int:
        return len(self.texts)

    def spelt_as(self, classes: Collection[Any]) -> Self:
        """Return the same with the classes that the labels denote, 2.0 for 2; others as strings."""
        classes_of = {str(name): name for name in classes}
        labels = as_known([str(label) for label in self.labels], set(classes_of))
        return replace(self, labels=[classes_of.get(label, label) for label in labels])

    def places_of(self, label: str) -> list[str]:
        """Return where the texts of a label stand, as far as that is known."""
        return [place for place, own in zip(self.places, self.labels, strict=False) if own == label]


def check_labelled(**arguments: object) -> None:
    """Refuse what is no `LabelledTexts`, such as a table or a pair of lists; None is one not given.

    Raises
    ------
    ConfigError
        With the name of the parameter, what it is, and how to make labelled texts of it.
    """
    for name, value in arguments.items():
        if value is not None and not isinstance(value, LabelledTexts):
            raise ConfigError(
                f"{name} is a {type(value).__name__}; expected LabelledTexts: read_labelled(path), or "
                'LabelledTexts(texts, labels, "source")'
            )


def read_labelled(
    sources: str | Path | Sequence[str | Path],
    *,
    text_column: str = TEXT_COLUMN,
    label_column: str = LABEL_COLUMN,
    encoding: str = ENCODING,
    delimiter: str | None = None,
    input_format: str | None = None,
    sheet: str | None = None,
    bad_rows: str = BAD_ROWS,
    strip_markup: bool = False,
    rows: slice | None = None,
) -> LabelledTexts:
    r"""Read texts and labels from tables into memory.

    Parameters
    ----------
    sources : str, Path, or sequence of them
        Files, patterns such as ``"reviews/*.csv"``, folders, or ``"-"``, as in `Corpus`. Kinds by ending:
        .csv, .tsv, .jsonl, .parquet, .xlsx; each also with .gz, .bz2, .xz, .zst. Plain text has no labels.
    text_column : str, default="text"
        Column of the texts in a table; upper and lower case are the same if only one column fits.
    label_column : str, default="label"
        Column of the labels: strings, or numbers, which become strings.
    encoding : str, default="auto"
        Of text files: "auto" tells it by their bytes.
    delimiter : str, optional
        What separates the fields of a .csv or .tsv file; by default what the file shows.
    input_format : {"txt", "csv", "tsv", "jsonl", "parquet", "xlsx"}, optional
        What the files hold; by default their endings tell, and standard input is plain text.
    sheet : str, optional
        Sheet of an .xlsx file; by default the first.
    bad_rows : {"error", "skip"}, default="error"
        Whether rows that cannot be read, as with a field too many, are refused, or left out and counted.
    strip_markup : bool, default=False
        Take HTML tags out of the texts, and put characters in the place of entities such as ``&amp;``.
    rows : slice, optional
        Which rows to take, counted from 0 over all files; by default all.

    Returns
    -------
    LabelledTexts
        A text and a label for each row that has a label, in the order of the files, rows with a blank text
        included; how many have none is said in a warning. Labels are without surrounding spaces.

    Raises
    ------
    CorpusError
        If a file is missing or not what it was said to be, lacks a column, or if there is no row, or none
        with a label or with a text.
    ConfigError
        If the encoding is unknown, or `rows` is no slice of non-negative whole numbers.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "reviews.csv")
    ...     _ = path.write_text("review,stars\nA fine film.,5\nA dull one.,1\n")
    ...     reviews = read_labelled(path, text_column="review", label_column="stars")
    >>> reviews.texts, reviews.labels
    (['A fine film.', 'A dull one.'], ['5', '1'])
    """
    if label_column is None:
        raise ConfigError("label_column is None; expected the name of the column")
    settings = ReadingSettings(
        text_column,
        label_column,
        encoding=encoding,
        delimiter=delimiter,
        input_format=input_format,
        sheet=sheet,
        bad_rows=bad_rows,
        strip_markup=strip_markup,
    )
    files = find_sources(sources, input_format)
    settings.check(file.kind for file in files)
    rows = checked_rows(rows)
    findings = Findings()
    texts: list[str] = []
    labels: list[str] = []
    places: list[str] = []
    with findings.told():
        records = chain.from_iterable(
            zip(repeat(_unit(file)), read_records(file, settings, findings=findings), strict=False)
            for file in files
        )
        for unit, record in islice(records, rows.start, rows.stop, rows.step):
            if record.label:
                texts.append(record.text)
                labels.append(record.label)
                places.append(f"{unit} {record.place}")
            else:
                findings.n_unlabelled += 1
        refuse_changed(files)  # even where they were not read to their end
        name = names_of(files)
        if not texts and findings.n_unlabelled:
            raise CorpusError(
                f"{name}: no row of {findings.n_unlabelled:,} has a label in column {label_column!r}; "
                "expected some: label rows, or name the column with label_column=NAME"
            )
        if not texts:
            findings.refuse_all_bad()
            raise no_documents(name, size_of(files), 0, rows)
        if not any(text and not text.isspace() for text in texts):
            raise CorpusError(f"{name}: only blank texts ({len(texts)}); expected some in {text_column!r}")
        labels = without_points(labels)
        if alike := near_labels(labels):
            warnings.warn(
                f"{name}: labels that differ only in case, blanks or the like are classes of their own: "
                f"{alike}; write them alike if they mean the same",
                TextransferWarning,
                stacklevel=2,
            )
    return LabelledTexts(texts, labels, name, places=places)


def _unit(file: Source) -> str:
    """Return how the place of a record of a file begins."""
    return f"{file.name}, {'row' if file.kind in ('.parquet', '.xlsx') else 'line'}"


def parse_rows(text: str) -> slice:
    """Turn ``"0:12500"``, ``":12500"`` or ``"12500:"`` into a slice.

    Raises
    ------
    ConfigError
        For anything else.

    Examples
    --------
    >>> parse_rows("10:20")
    slice(10, 20, None)
    """
    first, colon, last = text.partition(":")
    ends = [first.strip(), last.strip()]
    if colon and all(end == "" or (end.isascii() and end.isdigit()) for end in ends):
        start, stop = (int(end) if end else None for end in ends)
        if stop is None or stop > (start or 0):
            return slice(start, stop)
    raise ConfigError(f"rows is {text!r}; expected FIRST:LAST, counted from 0, such as 0:12500")
