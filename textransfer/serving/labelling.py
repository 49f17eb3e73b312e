"""Give a table back with what the classifier says of each row, within limits of its size and of time."""

import asyncio
import shutil
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.errors import RequestError, TextransferError
from textransfer.sentiment.predicted_rows import save_predictions
from textransfer.serving.classifier import ServedClassifier
from textransfer.serving.refusals import status_of
from textransfer.serving.settings import ServingConfig
from textransfer.storage.temporary import temporary_folder
from textransfer.text.reading.corpus import Corpus

OUTPUT_OF = {
    **{".csv": ".csv", ".tsv": ".tsv", ".txt": ".csv", ".jsonl": ".jsonl"},
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), ".xlsx"),
}
"""Kinds of tables that are taken, and in which each comes back."""
MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".tsv": "text/tab-separated-values; charset=utf-8",
    ".jsonl": "application/jsonl",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_WAITING = 4
"""Tables that may wait while one is labelled."""
EXPANDED = 5
"""Workbooks are archives: what is in them may be so many times as large as the file may be."""
MOST_NOTES, LONGEST_NOTE = 5, 300
_PIECE = 1 << 20


@dataclass
class Labelled:
    """A labelled table, and what became of it."""

    path: Path
    """In a folder of its own, which is removed with it."""
    name: str
    media_type: str
    n_rows: int
    n_unknown: int
    """Rows without a known word."""
    labels: dict[str, int]
    """Rows by their most probable class, the most frequent first."""
    notes: list[str]
    """What was noticed while the table was read, as an encoding that was guessed."""

    def remove(self) -> None:
        """Remove the file."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


@dataclass
class _Bounded:
    """A classifier that counts what it says, and stops at a long text or when time is up."""

    classifier: ServedClassifier
    config: ServingConfig
    deadline: float
    n_unknown: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    is_given_up: bool = False
    thread: int = field(default_factory=threading.get_ident)

    def __post_init__(self) -> None:
        self.classes_ = self.classifier.classes_
        self.reads_words = self.classifier.reads_words

    def encode(self, texts: list[str]) -> Any:  # noqa: ANN401 - as of the classifier
        if self.is_given_up or time.monotonic() > self.deadline:
            raise RequestError(
                503,
                f"the table was not done after {self.config.max_file_seconds:g} seconds; send it in "
                "smaller parts",
            )
        longest = max(map(len, texts), default=0)
        if longest > self.config.max_characters:
            raise RequestError(
                413,
                f"the table has a text of {longest:,} characters; expected at most "
                f"{self.config.max_characters:,}",
            )
        return self.classifier.encode(texts)

    def predict_proba(self, encoded: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401
        p = self.classifier.predict_proba(encoded)
        self.labels.update(str(self.classes_[code]) for code in p.argmax(axis=1))
        return p

    def known_shares(self, encoded: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401
        shares = self.classifier.known_shares(encoded)
        self.n_unknown += int(np.count_nonzero(shares == 0))
        return shares


class Tables:
    """Labels one table after the other, in a thread of its own, so that predictions go on beside it."""

    def __init__(self, classifier: ServedClassifier, config: ServingConfig) -> None:
        self._classifier = classifier
        self._config = config
        self._executor = ThreadPoolExecutor(1, "tables")
        self._n_waiting = 0
        self._bounded: _Bounded | None = None

    def note(self, message: str) -> None:
        """Keep a warning for the client, if it came up while a table is labelled, in this thread."""
        bounded = self._bounded
        if bounded is not None and threading.get_ident() == bounded.thread:
            bounded.notes.append(message)

    def stop(self) -> None:
        """Give up the table under way."""
        if self._bounded is not None:
            self._bounded.is_given_up = True
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def label(self, stream: AsyncIterator[bytes], name: str, **reading: str) -> Labelled:
        """Return a table with its rows labelled.

        Parameters
        ----------
        stream : async iterator of bytes
            Its content.
        name : str
            As the client calls it; tells its kind.
        **reading
            How it is read: `text_column`, `encoding`, `delimiter`, `sheet` of `Corpus`.

        Raises
        ------
        RequestError
            If it is no such table, or beyond a limit.
        """
        name = Path(name.replace("\\", "/")).name[-100:]
        ending = Path(name).suffix.lower()
        if ending not in OUTPUT_OF:
            raise RequestError(
                415, f"the table is called {name!r}; expected a name that ends in {', '.join(OUTPUT_OF)}"
            )
        if self._n_waiting > MOST_WAITING:
            raise RequestError(503, "other tables wait to be labelled; send this one again a little later")
        self._n_waiting += 1
        folder = Path(tempfile.mkdtemp(prefix="textransfer-", dir=temporary_folder()))
        try:
            source = folder / f"table{ending}"
            deadline = time.monotonic() + self._config.max_file_seconds
            await _save(stream, source)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, self._label, source, name, reading, deadline)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            self._n_waiting -= 1

    def _label(self, source: Path, name: str, reading: dict[str, Any], deadline: float) -> Labelled:
        ending = OUTPUT_OF[source.suffix]
        target = source.with_name(f"labelled{ending}")
        bounded = self._bounded = _Bounded(self._classifier, self._config, deadline)
        try:
            check_expanded(source, EXPANDED * self._config.max_file)
            # One row more than are taken tells whether there are more.
            corpus = Corpus(source, **reading, rows=slice(0, self._config.max_rows + 1))
            n_rows = save_predictions(bounded, corpus, target)  # type: ignore[arg-type]
        except TextransferError as error:
            raise RequestError(status_of(error), _as_called(str(error), source, name)) from error
        finally:
            self._bounded = None
        if n_rows > self._config.max_rows:
            raise RequestError(413, f"{name} has more than {self._config.max_rows:,} rows; send it in parts")
        if not n_rows:
            raise RequestError(422, f"{name} has no rows; expected at least one")
        source.unlink()
        labels = dict(bounded.labels.most_common())
        output = f"{Path(name).stem}-labelled{ending}"
        notes = [_as_called(note, source, name)[:LONGEST_NOTE] for note in bounded.notes[:MOST_NOTES]]
        return Labelled(target, output, MEDIA_TYPES[ending], n_rows, bounded.n_unknown, labels, notes)


def check_expanded(path: Path, most_bytes: int) -> None:
    """Refuse an archive that holds more than so many bytes, whatever it says of itself."""
    if not zipfile.is_zipfile(path):
        return
    n_bytes = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as stream:
                    while piece := stream.read(_PIECE):
                        n_bytes += len(piece)
                        if n_bytes > most_bytes:
                            raise RequestError(
                                413, f"the workbook holds more than {most_bytes:,} bytes when it is unpacked"
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise RequestError(422, f"the workbook cannot be unpacked: {error}") from None


def _as_called(message: str, source: Path, name: str) -> str:
    """Return a message of the package with the names that the client knows."""
    return message.replace(str(source), name).replace(source.name, name)


async def _save(stream: AsyncIterator[bytes], path: Path) -> None:
    with path.open("wb") as file:
        async for piece in stream:
            file.write(piece)
    if not path.stat().st_size:
        raise RequestError(422, "the body is empty; expected the table, as it is on disk")
