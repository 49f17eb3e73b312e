"""Write tables whose fields are separated by a character: CSV and TSV."""

from collections.abc import Mapping, Sequence
from typing import TextIO, cast

from textransfer.errors import OutputError
from textransfer.storage.spelling import writable
from textransfer.text.writing.values import FORMULA_STARTS, harmless, spelled


class DelimitedWriter:
    """Rows as lines of CSV or, without quotes, of TSV.

    Parameters
    ----------
    stream : text stream
        To which a header is written at once.
    names : sequence of str
        The columns, in this order.
    delimiter : str, default=","
        What separates fields. A tab makes it TSV: nothing is quoted.
    is_for_people : bool, default=False
        Whether cells that a spreadsheet would take for formulas are made harmless.
    """

    def __init__(
        self, stream: TextIO, names: Sequence[str], delimiter: str = ",", *, is_for_people: bool = False
    ) -> None:
        self._stream, self._names, self._delimiter = stream, list(names), delimiter
        self._is_for_people = is_for_people
        self._n_rows = -1
        self.write([{name: name for name in names}])

    def write(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Write rows; of columns that a row lacks, the field is empty.

        Raises
        ------
        OutputError
            If a field cannot stand in TSV, which has no quotes.
        """
        self._stream.write(writable("".join(map(self._line, rows))))

    def write_columns(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Write rows that are given as columns, all of one length and some of them there; as `write` does."""
        n_rows = len(next(iter(columns.values())))
        cells = [self._cells(columns[name]) if name in columns else [""] * n_rows for name in self._names]
        if self._delimiter == "\t" and any(_holds("".join(column), "\t\n\r") for column in cells):
            self.write([dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)])
            return
        if self._delimiter != "\t":
            cells = [self._quoted_column(column) for column in cells]
        self._n_rows += n_rows
        cells[-1] = [cell + "\n" for cell in cells[-1]]
        lines = map(self._delimiter.join, zip(*cells, strict=True))
        # Line by line, since one character beyond Latin makes two bytes of each in a longer text.
        self._stream.writelines([line if line.isascii() else writable(line) for line in lines])

    def close(self) -> None:
        """Leave the stream to whoever opened it."""

    def _line(self, row: Mapping[str, object]) -> str:
        self._n_rows += 1
        field = self._plain if self._delimiter == "\t" else self._quoted
        return self._delimiter.join([field(self._cell(row.get(name)), name) for name in self._names]) + "\n"

    def _cell(self, value: object) -> str:
        text = value if isinstance(value, str) else spelled(value)
        return harmless(text) if self._is_for_people and text[:1] in FORMULA_STARTS else text

    def _cells(self, values: Sequence[object]) -> list[str]:
        are_texts = set(map(type, values)) <= {str}
        texts = list(cast("Sequence[str]", values)) if are_texts else [spelled(value) for value in values]
        if self._is_for_people and not FORMULA_STARTS.isdisjoint({text[:1] for text in texts}):
            return [harmless(text) for text in texts]
        return texts

    def _quoted_column(self, texts: list[str]) -> list[str]:
        if not _holds("".join(texts), f'"{self._delimiter}\n\r'):
            return texts
        return [self._quoted(text, "") for text in texts]

    def _quoted(self, text: str, name: str) -> str:
        # As the csv module does, which takes half of the time of all the rest on long texts.
        if '"' in text or self._delimiter in text or "\n" in text or "\r" in text:
            return '"' + text.replace('"', '""') + '"'
        return text

    def _plain(self, text: str, name: str) -> str:
        if "\t" in text or "\n" in text or "\r" in text:
            raise OutputError(
                f"row {self._n_rows}, column {name!r}, holds a tab or a line break, which .tsv cannot hold; "
                "give the output a name that ends in .csv, .jsonl, .parquet or .xlsx"
            )
        return text


def _holds(text: str, characters: str) -> bool:
    return any(character in text for character in characters)
