"""What reading met that its user should know: gathered over all files, said in a line each."""

import logging
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from textransfer.amounts import agreeing, amount
from textransfer.errors import CorpusError, TextransferWarning

logger = logging.getLogger(__name__)
"""What needs no mending is logged as information; the program prints it."""

_NAMES = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}


class Findings:
    """Counts and guesses of one pass over some files."""

    def __init__(self) -> None:
        self._guessed: dict[str, list[str]] = defaultdict(list)
        self._delimited: dict[str, list[str]] = defaultdict(list)
        self._sheets: list[str] = []
        self._named: list[str] = []
        self._tables: list[str] = []
        self._columns: list[str] = []
        self.names: list[str] = []
        """Columns of the file that is being read, as soon as they are known."""
        self._first_bad: CorpusError | None = None
        self.n_bad = self.n_empty = self.n_unlabelled = self.n_marked = self.n_looked_at = 0

    def guess_encoding(self, source: str, encoding: str) -> None:
        """Note that the encoding of a file is a guess."""
        self._guessed[encoding].append(source)

    def take_delimiter(self, source: str, delimiter: str) -> None:
        """Note a delimiter that is not the usual one."""
        self._delimited[_NAMES.get(delimiter, repr(delimiter))].append(source)

    def take_sheet(self, source: str, sheet: str, n_sheets: int) -> None:
        """Note which of several sheets is read."""
        self._sheets.append(f"{source} has {n_sheets} sheets; {sheet!r} is read: sheet=NAME names another")

    def name_columns(self, source: str, names: list[str]) -> None:
        """Note columns that have no name, and how they are called."""
        self._named.append(
            f"{source}: behind the last name, columns are called {', '.join(map(repr, names))}"
        )

    def suspect_table(self, source: str) -> None:
        """Note that a plain text file begins like a table."""
        self._tables.append(source)

    def suspect_columns(self, source: str) -> None:
        """Note that all lines of a plain text file have as many tabs."""
        self._columns.append(source)

    def skip(self, error: CorpusError) -> None:
        """Count a row that is left out for this error."""
        self.n_bad += 1
        self._first_bad = self._first_bad or error

    def refuse_all_bad(self) -> None:
        """Raise an error if rows were left out; to be called if none remained."""
        if self._first_bad is not None:
            raise CorpusError(f"every row is bad, {self.n_bad} in all; the first: {self._first_bad}")

    def tell(self) -> None:
        """Say all of it."""
        for encoding, names in self._guessed.items():
            _warn(f"{_listed(names)}: not UTF-8, read as {encoding}, a guess: encoding=NAME overrules it")
        if self._tables:
            _warn(
                f"{_listed(self._tables)}: the first line names columns as in a table, but it is read as "
                'plain text; input_format="csv", or input_format="tsv", reads a table'
            )
        if self._columns:
            _warn(
                f"{_listed(self._columns)}: all lines have as many tabs, as in a table, but they are read as "
                'plain text; text_column=NAME reads a column, input_format="txt" says that it is text'
            )
        if self.n_bad:
            _warn(f"{_rows(self.n_bad, 'bad')} left out; the first: {self._first_bad}")
        if self.n_unlabelled:
            _warn(f"{_rows(self.n_unlabelled, 'unlabelled')} left out")
        for delimiter, names in self._delimited.items():
            logger.info(
                "%s: fields are separated by %s; delimiter=SIGN overrules it", _listed(names), delimiter
            )
        for line in (*self._sheets[:3], *self._named[:3]):
            logger.info("%s", line)
        if self.n_empty:
            logger.info("%s left out", _rows(self.n_empty, "empty"))
        if self.n_marked:
            logger.info(
                "%s of %s %s HTML tags or entities; strip_markup=True takes them out",
                f"{self.n_marked:,}",
                amount(self.n_looked_at, "text"),
                agreeing(self.n_marked, "holds", "hold"),
            )

    @contextmanager
    def told(self) -> Iterator[None]:
        """Say all of it when the block is done, or fails by what is read; not when it is left early."""
        try:
            yield
        except CorpusError:
            self.tell()
            raise
        self.tell()


def _warn(message: str) -> None:
    warnings.warn(message, TextransferWarning, stacklevel=2)


def _rows(number: int, kind: str) -> str:
    return f"{number:,} {kind} {'row is' if number == 1 else 'rows are'}"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
