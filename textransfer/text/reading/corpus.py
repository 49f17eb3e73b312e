"""Documents and labels as re-iterable streams, whatever files they come from."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from textransfer.errors import ConfigError, CorpusError
from textransfer.text.reading import batches
from textransfer.text.reading.batches import Batch, batch_of_lines, batches_of
from textransfer.text.reading.fingerprint import Fingerprint
from textransfer.text.reading.readers import Columns, read_blocks, read_records
from textransfer.text.reading.sources import Source, find_sources


class Corpus:
    """Documents that can be read again and again, never held in memory together.

    Parameters
    ----------
    sources : str, Path, or sequence of them
        Files, patterns such as ``"reviews/*.csv"``, folders, or ``"-"`` for standard input. Kinds by ending:
        .txt (a document a line), .csv, .tsv, .jsonl, .parquet; each also with .gz, .bz2, .xz, .zst.
    text_column : str, default="text"
        Column of the documents in a table.
    encoding : str, default="utf-8"
        Of the files.
    rows : slice, optional
        Which records to take, counted from 0 over all files, blank ones included.

    Attributes
    ----------
    n_documents, n_blank : int
        Documents of the latest complete pass, and blank records that it skipped.
    bytes_read, bytes_total : int
        Progress of the present pass, in bytes on disk.

    Examples
    --------
    >>> list(Corpus.from_texts(["A fine film.", " ", "A dull one."]))
    ['A fine film.', 'A dull one.']
    """

    def __init__(
        self,
        sources: str | Path | Sequence[str | Path],
        *,
        text_column: str = "text",
        encoding: str = "utf-8",
        rows: slice | None = None,
    ) -> None:
        self._columns = Columns(text_column, encoding=encoding)
        self._set_up(rows, find_sources(sources))

    @classmethod
    def from_texts(cls, texts: Iterable[str], *, rows: slice | None = None) -> "Corpus":
        """Make a corpus of a list of documents in memory.

        Raises
        ------
        CorpusError
            For a generator, which cannot be read twice, a single string, or items that are no strings.
        """
        corpus = cls.__new__(cls)
        corpus._columns = Columns()
        corpus._set_up(rows, [], _checked_texts(texts))
        return corpus

    def _set_up(self, rows: slice | None, sources: list[Source], texts: list[str] | None = None) -> None:
        self.rows = _checked_rows(rows)
        self._sources = sources
        self._texts = texts
        self.bytes_total = _size_of(sources) if texts is None else sum(map(len, texts))
        self.bytes_read = self.n_documents = self.n_blank = 0
        self._fingerprint: Fingerprint | None = None

    @property
    def files(self) -> list[Path]:
        """The files that were found; empty for texts in memory."""
        return [source.path for source in self._sources]

    @property
    def name(self) -> str:
        """What messages call the corpus: its files, at most three of them by name."""
        return _named(self._sources) if self._texts is None else f"the list of {len(self._texts)} texts"

    def fingerprint(self) -> str:
        """Return the SHA-256 of what is read, as hexadecimal digits.

        It depends on the kinds and the bytes of the files (as they are on disk, compressed or not), their
        order, and the options that choose among their content; not on file names.
        """
        present = self._fingerprint
        if present is None or not present.is_of(self._sources):
            present = self._new_fingerprint()
            present.add_texts(self._texts or ())
            for source in self._sources:
                present.read(source)
            self._fingerprint = present
        return present.hexdigest()

    def _new_fingerprint(self) -> Fingerprint:
        return Fingerprint([self._columns.text, self._columns.encoding, str(self.rows)])

    def __iter__(self) -> Iterator[str]:
        """Yield the documents; blank ones are skipped and counted.

        Raises
        ------
        CorpusError
            If a file is not what it was said to be, or if there is no document at all.
        """
        n_documents = n_blank = 0
        for text in self.texts():
            if text and not text.isspace():
                n_documents += 1
                yield text
            else:
                n_blank += 1
        self._end_pass(n_documents, n_blank)

    def batches(self) -> Generator[Batch, None, None]:
        """Yield the same documents as UTF-8, many at a time; plain text files are not taken line by line."""
        n_documents = n_blank = 0
        is_whole = self._texts is None and self.rows == slice(None)
        for batch in self._file_batches() if is_whole else _text_batches(self.texts()):
            n_documents += batch.n_ended
            n_blank += batch.n_blank
            if len(batch.ends):
                yield batch
        self._end_pass(n_documents, n_blank)

    def _end_pass(self, n_documents: int, n_blank: int) -> None:
        self.n_documents, self.n_blank = n_documents, n_blank
        self.bytes_read = self.bytes_total
        if not n_documents:
            raise _nothing(self.name, self.bytes_total, n_blank, self.rows)

    def texts(self) -> Iterator[str]:
        """Yield the text of every record, blank ones too: one for each row of the input."""
        return islice(self._all_texts(), self.rows.start, self.rows.stop, self.rows.step)

    def _all_texts(self) -> Iterator[str]:
        if self._texts is not None:
            self.bytes_read = 0
            for text in self._texts:
                self.bytes_read += len(text)
                yield text
            return
        for source, on_read in self._reading():
            for _, text, _ in read_records(source, self._columns, on_read=on_read):
                yield text

    def _file_batches(self) -> Iterator[Batch]:
        for source, on_read in self._reading():
            if source.kind == ".txt":
                size = batches.BATCH_CHARACTERS
                for text, is_open in read_blocks(source, self._columns, size, on_read=on_read):
                    yield batch_of_lines(text, is_open=is_open)
            else:
                records = read_records(source, self._columns, on_read=on_read)
                yield from _text_batches(text for _, text, _ in records)

    def _reading(self) -> Iterator[tuple[Source, Callable[[memoryview], None]]]:
        """Yield the files of a pass, each with what has to be called with its bytes."""
        n_before = self.bytes_read = 0
        fingerprint = self._new_fingerprint()
        for source in self._sources:
            fingerprint.begin(source)
            is_in_order = source.kind != ".parquet"

            def on_read(block: memoryview, is_in_order: bool = is_in_order) -> None:
                self.bytes_read = min(self.bytes_read + len(block), self.bytes_total)
                if is_in_order:
                    fingerprint.add(block)

            yield source, on_read
            n_before += source.path.stat().st_size
            self.bytes_read = n_before
        if fingerprint.is_of(self._sources):
            self._fingerprint = fingerprint


def _text_batches(texts: Iterator[str]) -> Iterator[Batch]:
    """Gather the texts that are not blank; what is left out is counted in one more batch."""
    n_blank = 0

    def documents() -> Iterator[str]:
        nonlocal n_blank
        for text in texts:
            if text and not text.isspace():
                yield text
            else:
                n_blank += 1

    yield from batches_of(documents())
    yield replace(batch_of_lines(""), n_blank=n_blank)


Documents = str | Path | Sequence[str] | Corpus


def as_corpus(documents: Documents) -> Corpus:
    """Turn what a user may pass as documents into a corpus."""
    if isinstance(documents, Corpus):
        return documents
    if isinstance(documents, str | Path):
        return Corpus(documents)
    return Corpus.from_texts(documents)


@dataclass(frozen=True)
class LabelledTexts:
    """Texts with a label each, as `read_labelled` returns them.

    Parameters
    ----------
    texts : list of str, length n
        Some may be blank.
    labels : list of str, length n
        One for each text; none is empty.
    source : str
        Where they come from, for messages.

    Raises
    ------
    CorpusError
        If there are more texts than labels, or fewer.

    Examples
    --------
    >>> len(LabelledTexts(["A fine film.", "A dull one."], ["good", "bad"], "two reviews"))
    2
    """

    texts: list[str]
    labels: list[str]
    source: str

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.labels):
            raise CorpusError(
                f"{self.source} has {len(self.texts)} texts and {len(self.labels)} labels; "
                "expected a label for each text"
            )

    def __len__(self) -> int:
        return len(self.texts)


def read_labelled(
    sources: str | Path | Sequence[str | Path],
    *,
    text_column: str = "text",
    label_column: str = "label",
    encoding: str = "utf-8",
    rows: slice | None = None,
) -> LabelledTexts:
    r"""Read texts and labels from tables into memory.

    Parameters
    ----------
    sources : str, Path, or sequence of them
        Files, patterns such as ``"reviews/*.csv"``, folders, or ``"-"``, as in `Corpus`. Kinds by ending:
        .csv, .tsv, .jsonl, .parquet; each also with .gz, .bz2, .xz, .zst. Plain text has no labels.
    text_column : str, default="text"
        Column of the texts.
    label_column : str, default="label"
        Column of the labels: strings, or numbers, which become strings.
    encoding : str, default="utf-8"
        Of the files.
    rows : slice, optional
        Which rows to take, counted from 0 over all files; by default all.

    Returns
    -------
    LabelledTexts
        A text and a label for each row, in the order of the files, rows with a blank text included. Labels
        are without surrounding spaces.

    Raises
    ------
    CorpusError
        If a file is missing or not what it was said to be, lacks a column, has an empty label, or if there is
        no row, or none with a text.
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
    columns = Columns(text_column, label_column, encoding)
    files = find_sources(sources)
    rows = _checked_rows(rows)
    records = ((source, record) for source in files for record in read_records(source, columns))
    texts: list[str] = []
    labels: list[str] = []
    for source, (line, text, label) in islice(records, rows.start, rows.stop, rows.step):
        if not label.strip():
            place = "row" if source.kind == ".parquet" else "line"
            raise CorpusError(
                f"{source.name}, {place} {line}: the label is empty; expected one in column "
                f"{label_column!r}: label the row, or leave it out"
            )
        texts.append(text)
        labels.append(label.strip())
    if not texts:
        raise _nothing(_named(files), _size_of(files), 0, rows)
    if not any(text and not text.isspace() for text in texts):
        raise CorpusError(
            f"{_named(files)}: only blank texts ({len(texts)}); expected some in {text_column!r}"
        )
    return LabelledTexts(texts, labels, _named(files))


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


def _checked_texts(texts: Iterable[str]) -> list[str]:
    """Return texts as a list, or say why they cannot be taken."""
    if isinstance(texts, str | bytes):
        raise CorpusError("found a single string; expected a list of texts: put it in brackets")
    if iter(texts) is texts:
        raise CorpusError(
            "found a generator, which can be read only once; expected texts that can be read again: "
            "pass a list, or a file"
        )
    listed = list(texts)
    for position, text in enumerate(listed):
        if not isinstance(text, str):
            raise CorpusError(f"text {position} is {type(text).__name__} {text!r:.60}; expected a string")
    return listed


def _checked_rows(rows: slice | None) -> slice:
    if rows is None:
        return slice(None)
    ends = (rows.start, rows.stop, rows.step)
    if any(end is not None and (not isinstance(end, int) or end < 0) for end in ends) or rows.step == 0:
        raise ConfigError(f"rows is {rows}; expected a slice of non-negative whole numbers")
    return rows


def _size_of(sources: Sequence[Source]) -> int:
    return sum(source.path.stat().st_size for source in sources)


def _named(sources: Sequence[Source]) -> str:
    names = [source.name for source in sources[:3]]
    return ", ".join(names) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")


def _nothing(name: str, n_bytes: int, n_records: int, rows: slice) -> CorpusError:
    if not n_bytes:
        return CorpusError(f"{name} is empty; expected at least one document")
    if n_records:
        return CorpusError(f"{name} holds only blank lines ({n_records}); expected at least one document")
    if rows != slice(None):
        first, last = (("" if end is None else end) for end in (rows.start, rows.stop))
        return CorpusError(f"{name} has no rows in {first}:{last}; expected --rows within the file")
    return CorpusError(f"{name} holds no document; expected at least one, in a table below its header")
