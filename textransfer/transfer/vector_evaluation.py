"""Word vectors against lists of similar words and of analogies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from textransfer.config import ENCODING, RESTRICTED_VOCABULARY
from textransfer.embeddings.vectors_like import VectorsLike, as_vectors
from textransfer.errors import ConfigError
from textransfer.records import Record
from textransfer.transfer.evaluating.analogies import AnalogyResult, read_analogies, score_analogies
from textransfer.transfer.evaluating.lookup import WordLookup
from textransfer.transfer.evaluating.word_pairs import SimilarityResult, read_word_pairs, score_similarity

Files = str | Path | Sequence[str | Path]


@dataclass(frozen=True)
class VectorEvaluation(Record):
    """What `evaluate_vectors` returns."""

    n_words: int
    """Words that were looked at: those of the vectors, or the first `restrict_vocab`."""
    n_all_words: int
    """Words of the vectors."""
    vector_size: int
    is_case_sensitive: bool
    similarity: tuple[SimilarityResult, ...]
    """One for each file of word pairs."""
    analogies: tuple[AnalogyResult, ...]
    """One for each file of analogies."""

    def __repr__(self) -> str:
        tests = f"files of word pairs: {len(self.similarity)}, of analogies: {len(self.analogies)}"
        return f"<VectorEvaluation: {self.n_words:,} words; {tests}>"


def evaluate_vectors(
    vectors: VectorsLike,
    *,
    similarity: Files = (),
    analogies: Files = (),
    score_column: str | None = None,
    restrict_vocab: int = RESTRICTED_VOCABULARY,
    is_case_sensitive: bool = False,
    encoding: str = ENCODING,
    progress: Callable[[int, int, str], None] | None = None,
) -> VectorEvaluation:
    r"""Test word vectors on how people judge pairs of words, and on analogies.

    The numbers are those of gensim's `evaluate_word_pairs` and `evaluate_word_analogies` for the same
    settings. Words are looked up as they stand, then as the tokenizer of the vectors writes them.

    Parameters
    ----------
    vectors : WordVectors, path, or gensim's KeyedVectors
        Our own, or those of another program: whatever `WordVectors.load` reads.
    similarity : str, Path, or sequence of them, optional
        Files with two words and a score a line, such as WordSim-353, SimLex-999, MEN or JWSAN: parted by
        tabs, commas, semicolons or spaces, with or without a header.
    analogies : str, Path, or sequence of them, optional
        Files with four words a line and ": name" before each section, such as questions-words.txt.
    score_column : str, optional
        Which column of the similarity files has the scores, by name or number; by default the first numbers
        behind the words.
    restrict_vocab : int, default=300000
        Look at so many words, the most frequent ones.
    is_case_sensitive : bool, default=False
        Whether "Turkey" and "turkey" are two words.
    encoding : str, default="auto"
        Of the files.
    progress : callable, optional
        Called with the number of analogies answered, the number of all, and a text.

    Returns
    -------
    VectorEvaluation
        Correlations and accuracies, with intervals, over the pairs and questions whose words are all known,
        and how many those are.

    Raises
    ------
    ConfigError
        If no file is given, or an option cannot be obeyed.
    CorpusError
        If a file is missing or not what it was said to be.

    Examples
    --------
    >>> from textransfer import WordVectors
    >>> from tempfile import TemporaryDirectory
    >>> vectors = WordVectors(["man", "king", "woman", "queen"], [[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]])
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "analogies.txt")
    ...     _ = path.write_text(": royals\nman king woman queen\nMan Tsar Woman Tsarina\n")
    ...     total = evaluate_vectors(vectors, analogies=path).analogies[0].total
    >>> total.n_questions, total.n_known, total.n_right
    (2, 1, 1)
    """
    pair_files, question_files = _listed(similarity), _listed(analogies)
    if not pair_files and not question_files:
        raise ConfigError("there is nothing to test the vectors on; give files of word pairs or of analogies")
    if score_column is not None and not pair_files:
        raise ConfigError("score_column is about files of word pairs, but there are none; leave it out")
    vectors = as_vectors(vectors)
    lookup = WordLookup(vectors, restrict_vocab, is_case_sensitive=is_case_sensitive)
    pairs = [read_word_pairs(path, score_column=score_column, encoding=encoding) for path in pair_files]
    questions = [read_analogies(path, encoding=encoding) for path in question_files]
    return VectorEvaluation(
        n_words=lookup.n_words,
        n_all_words=len(vectors),
        vector_size=vectors.vector_size,
        is_case_sensitive=is_case_sensitive,
        similarity=tuple(score_similarity(lookup, test) for test in pairs),
        analogies=tuple(score_analogies(lookup, test, progress) for test in questions),
    )


def _listed(files: Files) -> list[str | Path]:
    return [files] if isinstance(files, str | Path) else list(files)
