"""Which documents to label next: uncertain ones, unlike each other, from every class.

The most uncertain documents are clustered by their sentence vectors, each weighted by its uncertainty, and
the one nearest to each centre is taken. Uncertain documents alone resemble each other; clusters alone spend
labels where the classifier knows. Without a classifier all documents are equally uncertain.

References
----------
Zhdanov (2019), Diverse mini-batch active learning, arXiv 1901.05954: the filter of uncertain documents and
the weighted clusters.
"""

import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from textransfer.checks import plain_arguments
from textransfer.config import LABEL_COLUMN
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_tokenizer, as_vectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.randomness import Purpose, generator
from textransfer.sentiment.predictor import TextPredictor
from textransfer.sentiment.sentences.encoders import sif_averaging
from textransfer.text.reading.columns import column_named
from textransfer.text.reading.corpus import Corpus, check_no_files
from textransfer.text.reading.listing import list_of
from textransfer.text.reading.records import Record
from textransfer.text.reading.values import is_missing, text_of
from textransfer.text.writing.values import harmless
from textransfer.transfer.comparing.splits import drawn_evenly

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

N_CONSIDERED = 50_000
"""Documents held in memory, drawn evenly from all."""
CANDIDATES_A_LABEL = 50
"""Most uncertain documents that are clustered, for each one wanted."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Suggestion:
    """A document worth labelling."""

    position: int
    """Its place among the documents, from 0."""
    predicted: Any
    """What the classifier takes it for; None without one."""
    margin: float | None
    """Probability of that class less that of the next; None without a classifier."""
    text: str
    probability: float | None = None
    """Of what it is taken for; None without a classifier."""
    known_share: float = 0.0
    """Share of its words that are known."""
    fields: Mapping[str, object] | None = None
    """All columns of its row, if it is of a table."""


@plain_arguments
def suggest_texts(
    documents: Iterable[str] | Corpus,
    n: int,
    *,
    classifier: TextPredictor | None = None,
    vectors: VectorsLike | None = None,
    tokenizer: "Tokenizer | str | None" = None,
    known: Collection[str] = (),
    label_column: str = LABEL_COLUMN,
    random_state: int = 0,
) -> list[Suggestion]:
    """Choose documents to label next.

    Parameters
    ----------
    documents : iterable of str, or Corpus
        Unlabelled; 50,000 of them at most are considered, drawn evenly. The rows of a `Corpus` keep their
        columns; those whose label column is filled are left out, unless all are.
    n : int
        How many to choose.
    classifier : SentimentClassifier, CombinedClassifier, TfidfBaseline or a loaded one, optional
        Fitted on the labels so far, or made of seed words.
    vectors : WordVectors, optional
        How documents are compared without a classifier.
    tokenizer : Tokenizer, optional
        Without a classifier; by default the one that made the vectors.
    known : collection of str
        Texts that have a label already: they are never chosen.
    label_column : str, default="label"
        Of a `Corpus` of tables that are labelled in part.
    random_state : int, default=0
        Seed of the sample and the clusters.

    Returns
    -------
    list of Suggestion
        By position; fewer if there are not so many different documents.

    Raises
    ------
    ConfigError
        If `n` is below 1, or nothing tells how documents become vectors.
    CorpusError
        If no document is left that has a known word.

    Examples
    --------
    >>> from textransfer import SkipGram, suggest_texts
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = (bundled_corpora("en") / "unlabeled.txt").read_text().splitlines()
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews).vectors_
    >>> len(suggest_texts(reviews, 4, vectors=vectors))
    4
    """
    if n < 1:
        raise ConfigError(f"{n} documents are asked for; expected at least 1")
    if not isinstance(documents, Corpus | Iterator):
        documents = list_of(documents)
        check_no_files(documents)
    draws = generator(random_state, Purpose.SUGGESTED_TEXTS)
    sample = drawn_evenly(_unlabelled(documents, known, label_column), N_CONSIDERED, draws)
    if not sample and _is_labelled_throughout(documents, label_column):
        sample = drawn_evenly(_unlabelled(documents, known), N_CONSIDERED, draws)
    compared = None if vectors is None else as_vectors(vectors)
    seen = _as_seen([record.text for _, record in sample], classifier, compared, tokenizer)
    rows = np.flatnonzero(seen.known_shares > 0)
    if not len(rows):
        raise CorpusError("no document is left that is unlabelled and has a word that is known")
    sample = [sample[row] for row in rows]
    probabilities = None if seen.probabilities is None else seen.probabilities[rows]
    chosen = _choose(seen.vectors[rows], probabilities, n, random_state)
    chosen.sort(key=lambda row: sample[row][0])
    labels = margins = highest = [None] * len(sample)
    if classifier is not None and probabilities is not None:
        labels = classifier.classes_[probabilities.argmax(axis=1)].tolist()
        margins = _margins(probabilities).tolist()
        highest = probabilities.max(axis=1).tolist()
    shares = seen.known_shares[rows].tolist()
    return [
        Suggestion(position, labels[row], margins[row], record.text, highest[row], shares[row], record.fields)
        for row in chosen
        for position, record in [sample[row]]
    ]


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is known of n documents."""

    vectors: Floats | sparse.csr_matrix
    """How alike they are, shape (n, any)."""
    known_shares: npt.NDArray[np.float64]
    """Share of each one's words that are known, shape (n,)."""
    probabilities: npt.NDArray[np.float64] | None
    """Of the classes, shape (n, C); None without a classifier."""


def _as_seen(
    texts: list[str],
    classifier: TextPredictor | None,
    vectors: WordVectors | None,
    tokenizer: "Tokenizer | str | None",
) -> _Seen:
    """Return what the classifier, or else the vectors, make of documents."""
    if classifier is not None:
        encoded: Any = classifier.encode(texts)  # each takes an encoding of its own
        p = classifier.predict_proba(encoded)
        return _Seen(classifier.document_vectors(encoded), encoded.known_shares, p)
    if vectors is None:
        raise ConfigError("expected a classifier, or vectors to compare documents by")
    averaging = sif_averaging(vectors)
    bags = averaging.bags(as_tokenizer(tokenizer, vectors).tokenize_many(texts))
    return _Seen(averaging.vectors(bags), bags.known_shares, None)


def _unlabelled(
    documents: Iterable[str] | Corpus, known: Collection[str], label_column: str | None = None
) -> Iterator[tuple[int, Record]]:
    """Yield each different text once, with its position, but none that is known or has a label.

    A text is the same with the apostrophe that CSV has before what would be taken for a formula.
    """
    seen = {harmless(text) for text in known if not is_missing(text)}
    if isinstance(documents, Corpus):
        records = documents.records()
    else:
        records = (Record(0, text_of(text, f"text {place}"), "") for place, text in enumerate(documents))
    for position, record in enumerate(records):
        text = harmless(record.text)
        if text not in seen:
            seen.add(text)
            if label_column is None or not _has_label(record, label_column):
                yield position, record


def _is_labelled_throughout(documents: Iterable[str] | Corpus, label_column: str) -> bool:
    return isinstance(documents, Corpus) and all(
        _has_label(record, label_column) for record in documents.records()
    )


def _has_label(record: Record, label_column: str) -> bool:
    if not record.fields:
        return False
    own = column_named(list(record.fields), label_column)
    return own is not None and not is_missing(record.fields[own])


def _choose(
    vectors: Floats | sparse.csr_matrix, probabilities: npt.NDArray[np.float64] | None, n: int, seed: int
) -> list[int]:
    """Return the rows of the chosen documents."""
    n = min(n, vectors.shape[0])
    if probabilities is None:
        return _spread_out(vectors, np.ones(vectors.shape[0]), n, seed)
    uncertainty = 1 - _margins(probabilities)
    predicted = probabilities.argmax(axis=1)
    chosen: list[int] = []
    for code, share in enumerate(even_shares(np.bincount(predicted, minlength=probabilities.shape[1]), n)):
        rows = np.flatnonzero(predicted == code)
        if share:
            order = np.argsort(-uncertainty[rows], kind="stable")[: share * CANDIDATES_A_LABEL]
            candidates = rows[order]
            weights = np.maximum(uncertainty[candidates], 1e-6)
            chosen += candidates[_spread_out(vectors[candidates], weights, share, seed)].tolist()
    return chosen


def even_shares(counts: npt.NDArray[np.int64], n: int) -> list[int]:
    """Share n out among classes, evenly as far as each has documents."""
    shares = np.zeros(len(counts), dtype=np.int64)
    while shares.sum() < n:
        open_classes = np.flatnonzero(shares < counts)
        shares[open_classes[np.argmin(shares[open_classes])]] += 1
    return [int(share) for share in shares]


def _spread_out(
    vectors: Floats | sparse.csr_matrix, weights: npt.NDArray[np.float64], n: int, seed: int
) -> list[int]:
    """Cluster weighted vectors, and return the row nearest to each centre, each row once."""
    if n >= vectors.shape[0]:
        return list(range(vectors.shape[0]))
    with warnings.catch_warnings():  # documents of the same words have one vector
        warnings.simplefilter("ignore", ConvergenceWarning)
        clusters = KMeans(n, n_init=1, random_state=seed).fit(vectors, sample_weight=weights)
    distances = clusters.transform(vectors)
    chosen: list[int] = []
    for centre in range(n):
        distances[chosen, centre] = np.inf
        chosen.append(int(distances[:, centre].argmin()))
    return chosen


def _margins(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how far the most probable class is ahead of the next."""
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(ordered[:, -1] - ordered[:, -2])
