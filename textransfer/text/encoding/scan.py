"""One pass over a text: cut into words, counted, encoded."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.config import PretrainConfig
from textransfer.errors import CorpusError, TextransferWarning
from textransfer.text.encoding.encoded import RawEncoding
from textransfer.text.encoding.integer_files import new_file, write, writing
from textransfer.text.encoding.numbered import Counted, Numbered, WordList
from textransfer.text.encoding.numbering import number_plainly, numberer
from textransfer.text.encoding.pipeline import in_order, read_ahead
from textransfer.text.reading.batches import batches_of
from textransfer.text.reading.corpus import Corpus
from textransfer.text.spelling import Spelled
from textransfer.text.tokenize import Tokenizer

SMALL_BYTES = 1 << 20
"""Up to this size, loading the compiled loops would take longer than doing without."""

SPELLINGS_A_WORD = 4
"""Ways of writing, for each of the most words, that are counted side by side at most."""


def scan_corpus(
    documents: Iterable[str],
    tokenizer: Tokenizer,
    folder: Path,
    *,
    n_jobs: int = 1,
    max_words: int = PretrainConfig.max_scan_words,
    progress: Callable[[int, int], None] | None = None,
) -> RawEncoding:
    """Tokenize and count a corpus in one pass, in bounded memory.

    Parameters
    ----------
    folder : Path
        Where the ids are written; its owner removes it when nobody needs the result any more.
    n_jobs : int, default=1
        Threads that tokenize; with more than one, another one reads ahead. The result is the same.
    max_words : int
        Distinct words to keep track of; beyond, the rarest are dropped, and a warning says how many.

    Raises
    ------
    CorpusError
        If no document holds a word.
    OutputError
        If the ids cannot be written.
    """
    batches = documents.batches() if isinstance(documents, Corpus) else batches_of(documents)
    start = list(islice(batches, 2))
    is_small = sum(len(batch.data) for batch in start) <= SMALL_BYTES
    number = (lambda batch: number_plainly(batch, tokenizer)) if is_small else numberer(tokenizer)
    rest = read_ahead(batches) if n_jobs > 1 else batches
    numbered = in_order(number, chain(start, rest), n_jobs)
    with closing(rest), closing(numbered), _Output(folder, max_words, progress) as output:
        words = _collect(numbered, output, max_words, is_alone=len(start) < 2)
    if not output.n_tokens:
        raise CorpusError(f"the {output.n_documents} documents hold no word; expected text in a known script")
    if words.n_dropped_words:
        warnings.warn(
            f"the corpus has more than {max_words:,} distinct words (max_scan_words): "
            f"{words.n_dropped_words:,} of them, {words.n_dropped_tokens:,} tokens, were left out while "
            f"counting; none occurs more than {words.most} times",
            TextransferWarning,
            stacklevel=2,
        )
    return RawEncoding(output.path, output.offsets(), words, output.spelled)


def _collect(numbered: Iterator[Numbered], output: "_Output", max_words: int, *, is_alone: bool) -> Counted:
    """Give the words of all batches common ids, write them."""
    first = next(numbered, None)
    if first is None:
        return Counted(WordList.of([]), *np.zeros((2, 0), dtype=np.int64))
    if is_alone and len(first.words) <= max_words:
        output.add(first.ids, first)
        return Counted(first.words, first.counts, first.document_counts)
    from textransfer.text.encoding.wordtable import WordTable  # needs a compiler, which takes a while to load

    table = WordTable(max_words, output.folder)
    for batch in chain([first], numbered):
        output.add(table.add(batch), batch)
    return table.finished()


class _Output:
    """The files of a scan under way."""

    def __init__(self, folder: Path, max_words: int, progress: Callable[[int, int], None] | None) -> None:
        self.folder = folder
        self.spelled: Spelled = Counter()
        self._max_words = max_words
        self.n_tokens = 0
        self.n_documents = 0
        self._progress = progress
        self._tokens = new_file(folder)
        self._ends = new_file(folder, "offsets")
        write(self._ends, np.zeros(1, dtype=np.int64))
        self.path = Path(self._tokens.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with writing(self.folder):
            self._tokens.close()
            self._ends.close()

    def add(self, ids: npt.NDArray[np.int32], batch: Numbered) -> None:
        """Write the ids of a batch and where its documents end."""
        write(self._tokens, ids)
        ended = batch.ends[: len(batch.ends) - batch.is_open]
        write(self._ends, ended + self.n_tokens)
        self.n_documents += len(ended)
        self.n_tokens += len(ids)
        if batch.spelled is not None:
            self._count_spelled(batch.spelled)
        if self._progress is not None:
            self._progress(self.n_documents, self.n_tokens)

    def _count_spelled(self, spelled: Mapping[tuple[str, str, str], int]) -> None:
        self.spelled.update(spelled)
        if len(self.spelled) > SPELLINGS_A_WORD * self._max_words:
            # Ways that occurred once so far are hardly ever the usual ones.
            self.spelled = Counter({written: count for written, count in self.spelled.items() if count > 1})

    def offsets(self) -> npt.NDArray[np.int64]:
        """Read back where documents begin and end, shape (n_documents + 1,), and remove that file."""
        path = Path(self._ends.name)
        offsets = np.fromfile(path, dtype=np.int64)
        path.unlink()
        return offsets
