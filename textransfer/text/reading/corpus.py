"""Documents as a re-iterable stream, whatever files they come from."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from textransfer.checks import plain
from textransfer.config import BAD_ROWS, ENCODING, TEXT_COLUMN
from textransfer.errors import ConfigError, CorpusError
from textransfer.text.reading import batches
from textransfer.text.reading.batches import Batch, batch_of_lines, batches_of
from textransfer.text.reading.changes import refuse_changed, unchanged
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.fingerprint import Fingerprint
from textransfer.text.reading.listing import list_of
from textransfer.text.reading.readers import delimiter_of, look_at, read_blocks, read_records
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source, find_sources, names_of, size_of
from textransfer.text.reading.token_lists import are_token_lists, joined
from textransfer.text.reading.values import is_missing, shortened

Item = TypeVar("Item")

_LONGEST_PATH = 4096


class Corpus:
    """Documents that can be read again and again, never held in memory together.

    Parameters
    ----------
    sources : str, Path, or sequence of them
        Files, patterns such as ``"reviews/*.csv"``, folders, or ``"-"`` for standard input. Kinds by ending:
        .txt (a document a line), .csv, .tsv, .jsonl, .parquet, .xlsx; each also with .gz, .bz2, .xz, .zst.
    text_column : str, default="text"
        Column of the documents in a table; upper and lower case are the same if only one column fits.
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
        Which records to take, counted from 0 over all files, blank ones included.

    Attributes
    ----------
    is_cut : bool
        Whether the documents were lists of words.
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
        text_column: str = TEXT_COLUMN,
        encoding: str = ENCODING,
        delimiter: str | None = None,
        input_format: str | None = None,
        sheet: str | None = None,
        bad_rows: str = BAD_ROWS,
        strip_markup: bool = False,
        rows: slice | None = None,
    ) -> None:
        self._settings = ReadingSettings(
            text_column,
            encoding=encoding,
            delimiter=delimiter,
            input_format=input_format,
            sheet=sheet,
            bad_rows=bad_rows,
            strip_markup=strip_markup,
        )
        files = find_sources(sources, input_format)
        self._settings.check(source.kind for source in files)
        self._set_up(rows, files)

    @classmethod
    def from_texts(cls, texts: Iterable[str | Sequence[str]], *, rows: slice | None = None) -> "Corpus":
        """Make a corpus of a list of documents in memory: texts, or lists of words.

        Raises
        ------
        CorpusError
            For a generator, which cannot be read twice, a single string, items that are neither, or words
            that hold a blank.
        """
        corpus = cls.__new__(cls)
        corpus._settings = ReadingSettings()
        listed = _listed(texts)
        corpus.is_cut = are_token_lists(listed)
        corpus._set_up(rows, [], joined(listed) if are_token_lists(listed) else _checked_texts(listed))
        return corpus

    is_cut = False

    def _set_up(self, rows: slice | None, sources: list[Source], texts: list[str] | None = None) -> None:
        self.rows = checked_rows(rows)
        self._sources = sources
        self._texts = texts
        self.bytes_total = size_of(sources) if texts is None else sum(map(len, texts))
        self.bytes_read = self.n_documents = self.n_blank = 0
        self._fingerprint: Fingerprint | None = None
        self._findings = Findings()
        self._is_told = False

    def __repr__(self) -> str:
        return f"<Corpus: {self.name}>"

    @property
    def files(self) -> list[Path]:
        """The files that were found; empty for texts in memory."""
        return [source.path for source in self._sources]

    @property
    def name(self) -> str:
        """What messages call the corpus: its files, at most three of them by name."""
        return names_of(self._sources) if self._texts is None else f"the list of {len(self._texts)} texts"

    def fingerprint(self) -> str:
        """Return the SHA-256 of what is read, as hexadecimal digits.

        It depends on the kinds and the bytes of the files (as they are on disk, compressed or not), their
        order, and the options that choose among their content; not on file names.
        """
        present = self._fingerprint
        if present is None:
            present = self._new_fingerprint()
            present.add_texts(self._texts or ())
            for source in self._sources:
                present.read(source)
            self._fingerprint = present
        refuse_changed(self._sources)
        return present.hexdigest()

    def _new_fingerprint(self) -> Fingerprint:
        return Fingerprint([*self._settings.key, str(self.rows)])

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
        for batch in self._told_batches() if is_whole else _text_batches(self.texts()):
            n_documents += batch.n_ended
            n_blank += batch.n_blank
            if len(batch.ends):
                yield batch
        self._end_pass(n_documents, n_blank)

    def _end_pass(self, n_documents: int, n_blank: int) -> None:
        self.n_documents, self.n_blank = n_documents, n_blank
        self.bytes_read = self.bytes_total
        if not n_documents:
            self._findings.refuse_all_bad()
            raise no_documents(self.name, self.bytes_total, n_blank, self.rows)

    def texts(self) -> Iterator[str]:
        """Yield the text of every record, blank ones too: one for each row of the input."""
        return self._told(self._all_texts())

    @property
    def text_column(self) -> str:
        """What the column of the texts is called, where it has no other name."""
        return self._settings.text_column

    def tables(self) -> Iterator[tuple[Source, Iterator[Record], Findings]]:
        """Yield each file with its records and all their fields, and where its names of columns will stand.

        There is none for texts in memory.
        """
        settings = replace(self._settings, has_fields=True)
        for source in self._sources:
            findings = Findings()
            yield source, read_records(source, settings, findings=findings), findings

    @property
    def delimiter(self) -> str | None:
        """What separates the fields of the first file; None where there are none."""
        return delimiter_of(self._sources[0], self._settings) if self._sources else None

    def records(self) -> Iterator[Record]:
        """Yield every record with all its fields; texts in memory, and lines, have their text alone."""
        return self._told(self._all_records())

    def _told(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the rows that are wanted, and say at the end what the first pass met."""
        self._findings = Findings()
        with self._findings.told() if not self._is_told else nullcontext(), unchanged(self._sources):
            yield from islice(items, self.rows.start, self.rows.stop, self.rows.step)
        self._is_told = True

    def _all_records(self) -> Iterator[Record]:
        if self._texts is not None:
            for number, text in enumerate(self._texts, 1):
                yield Record(number, text, "", {self._settings.text_column: text})
            return
        yield from self._file_records(replace(self._settings, has_fields=True))

    def _file_records(self, settings: ReadingSettings) -> Iterator[Record]:
        for source, on_read in self._reading():
            yield from read_records(source, settings, on_read=on_read, findings=self._findings)

    def _all_texts(self) -> Iterator[str]:
        if self._texts is not None:
            self.bytes_read = 0
            for text in self._texts:
                self.bytes_read += len(text)
                yield text
            return
        yield from (record.text for record in self._file_records(self._settings))

    def _told_batches(self) -> Iterator[Batch]:
        self._findings = Findings()
        with self._findings.told() if not self._is_told else nullcontext(), unchanged(self._sources):
            yield from self._file_batches()
        self._is_told = True

    def _file_batches(self) -> Iterator[Batch]:
        for source, on_read in self._reading():
            look = look_at(source, self._settings, self._findings) if source.kind == ".txt" else None
            if look is not None and look.kind == ".txt" and not self._settings.strip_markup:
                size = batches.BATCH_CHARACTERS
                blocks = read_blocks(source, look, size, on_read=on_read, findings=self._findings)
                for text, is_open in blocks:
                    yield batch_of_lines(text, is_open=is_open)
            else:
                records = read_records(source, self._settings, on_read=on_read, findings=self._findings)
                yield from _text_batches(record.text for record in records)

    def _reading(self) -> Iterator[tuple[Source, Callable[[memoryview], None]]]:
        """Yield the files of a pass, each with what has to be called with its bytes."""
        n_before = self.bytes_read = 0
        fingerprint = self._new_fingerprint()
        for source in self._sources:
            fingerprint.begin(source)
            is_in_order = source.kind not in (".parquet", ".xlsx")

            def on_read(block: memoryview, is_in_order: bool = is_in_order) -> None:
                self.bytes_read = min(self.bytes_read + len(block), self.bytes_total)
                if is_in_order:
                    fingerprint.add(block)

            yield source, on_read
            n_before += source.stamp.n_bytes
            self.bytes_read = n_before
        if fingerprint.is_whole:
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


Documents = str | Path | Sequence[str] | Sequence[Sequence[str]] | Corpus


def as_corpus(documents: Documents) -> Corpus:
    """Turn what a user may pass as documents into a corpus."""
    if isinstance(documents, Corpus):
        return documents
    if isinstance(documents, str | Path):
        return Corpus(documents)
    texts = documents if isinstance(documents, Iterator) else list_of(documents)
    check_no_files(texts)
    return Corpus.from_texts(texts)


def check_no_files(texts: object) -> None:
    """Refuse a list of paths where one of texts is expected, for the names would be taken for the texts.

    Raises
    ------
    CorpusError
        If an item is a Path, or all are names of files that are there.
    """
    if not isinstance(texts, list | tuple) or not texts:
        return
    if isinstance(texts[0], Path) or all(map(_is_file, texts)):
        raise CorpusError(
            f"got a list of {len(texts)} that holds {'paths' if len(texts) > 1 else 'a path'}, such as "
            f"{shortened(str(texts[0]))}; expected texts: Corpus([...]) reads the files, "
            "Corpus.from_texts([...]) takes the names for the texts"
        )


def _is_file(text: object) -> bool:
    try:
        return isinstance(text, str) and len(text) <= _LONGEST_PATH and Path(text).is_file()
    except (OSError, ValueError):  # no name that a file can have
        return False


def _listed(texts: Iterable[str | Sequence[str]]) -> list[Any]:
    """Return documents as a list, or say why they cannot be taken."""
    if isinstance(texts, Iterator):
        raise CorpusError(
            "found a generator, which can be read only once; expected texts that can be read again: "
            "pass a list, or a file"
        )
    return list_of(texts)


def _checked_texts(texts: list[object]) -> list[str]:
    return [_checked_text(text, position) for position, text in enumerate(texts)]


def _checked_text(text: object, position: int) -> str:
    if isinstance(text, str):
        return text
    if is_missing(text):
        return ""
    raise CorpusError(f"text {position} is {type(text).__name__} {text!r:.60}; expected a string")


def checked_rows(rows: slice | None) -> slice:
    """Return the slice of the records to take, all of them for None; refuse any that cannot be obeyed."""
    if rows is None:
        return slice(None)
    if not isinstance(rows, slice):
        raise ConfigError(f"rows is {rows!r}; expected a slice, such as slice(0, 100)")
    ends = [plain(end) for end in (rows.start, rows.stop, rows.step)]
    if any(end is not None and (not isinstance(end, int) or end < 0) for end in ends) or ends[2] == 0:
        raise ConfigError(f"rows is {rows}; expected a slice of non-negative whole numbers")
    return slice(*ends)


def no_documents(name: str, n_bytes: int, n_records: int, rows: slice) -> CorpusError:
    """Return the error of a pass that met none but so many blank records."""
    if n_records and not n_bytes:
        return CorpusError(f"{name} holds only blank or missing ones; expected at least one document")
    if not n_bytes:
        return CorpusError(f"{name} is empty; expected at least one document")
    if n_records:
        return CorpusError(f"{name} holds only blank lines ({n_records}); expected at least one document")
    if rows != slice(None):
        first, last = (("" if end is None else end) for end in (rows.start, rows.stop))
        return CorpusError(f"{name} has no rows in {first}:{last}; expected rows within the file")
    return CorpusError(f"{name} holds no document; expected at least one, in a table below its header")
