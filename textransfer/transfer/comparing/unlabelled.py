"""The unlabelled texts that a student learns from: those that are given, or those that vectors came from."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, TextransferError, TextransferWarning
from textransfer.randomness import Purpose, generator
from textransfer.sentiment.judging.out_of_fold import MANY_LABELS
from textransfer.sentiment.sentences.lookup import counted_of
from textransfer.sentiment.student import (
    FEWEST_DOCUMENTS,
    MOST_CLASSES,
    MOST_DOCUMENTS,
    MOST_LONG_DOCUMENTS,
    UnlabelledTexts,
    are_even,
)
from textransfer.sentiment.terms import are_long
from textransfer.text.reading.corpus import Corpus
from textransfer.transfer.comparing.splits import drawn_evenly

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Unlabelled = Iterable[str] | Corpus | UnlabelledTexts | str | Path
"""Texts, or the path of a file that holds some."""
MOST_CHARACTERS = 50_000_000
"""Of longer documents fewer are read, though enough for a student: each word takes some hundred bytes."""
MOST_BYTES_UNASKED = 500_000_000
"""A larger corpus is not read again unless it is asked for."""


def check_student(unlabelled: Unlabelled | None, *, has_text_features: bool) -> None:
    """Raise ConfigError if texts are given for a student that is left out with the text features."""
    if unlabelled is not None and not has_text_features:
        raise ConfigError(
            "unlabelled texts teach a student of words and pairs, which is left out with the text features; "
            "give one or the other"
        )


def unlabelled_texts(
    unlabelled: Unlabelled | None,
    vectors: WordVectors,
    tokenizer: "Tokenizer",
    labels: Sequence[str],
    seed: int,
    n_labels: int | None = None,
) -> UnlabelledTexts | None:
    """Return texts for a student, 20,000 at most, drawn evenly and cut; None where labels are too uneven.

    `n_labels`, by default all, are the most that a classifier is fitted to: beside more than 2,000 of long
    texts a student reads 100,000 at most.

    They are those that are given, or else of the corpus that the vectors were learned from, if it still lies
    where their metadata say, and has the same fingerprint; of long texts fewer. A warning tells where those
    given are of no use.
    """
    if isinstance(unlabelled, UnlabelledTexts):
        return unlabelled
    codes = np.unique(labels, return_inverse=True)[1]
    if not are_even(np.bincount(codes)):
        if unlabelled is not None:
            _say_unused(f"classes that are about even, {MOST_CLASSES} at most")
        return None
    corpus = _corpus_of(vectors) if unlabelled is None else _corpus(unlabelled)
    if corpus is None:
        return None
    random = generator(seed, Purpose.UNLABELLED_TEXTS)
    with warnings.catch_warnings():
        if unlabelled is None:  # what is odd about it was said when the vectors were learned
            warnings.simplefilter("ignore", TextransferWarning)
        documents = drawn_evenly(corpus, MOST_DOCUMENTS, random)
        counted = counted_of(tokenizer, _some_of(documents, MOST_CHARACTERS))
        many = None
        if (n_labels or len(codes)) > MANY_LABELS and len(documents) == MOST_DOCUMENTS and are_long(counted):
            documents = drawn_evenly(corpus, MOST_LONG_DOCUMENTS, random)
            many = counted_of(tokenizer, _some_of(documents, 2 * MOST_CHARACTERS))
    texts = UnlabelledTexts.of(counted, corpus.name, many)
    if unlabelled is not None and not texts.suit(codes):
        _say_unused(f"{FEWEST_DOCUMENTS:,} of them, and there are {len(texts):,}")
    return texts


def _some_of(documents: list[str], n_characters: int) -> list[str]:
    """Return documents of about so many characters, evenly chosen; not fewer than a student needs."""
    share = n_characters / max(sum(map(len, documents)), 1)
    if share >= 1 or len(documents) <= FEWEST_DOCUMENTS:
        return documents
    n_documents = max(int(share * len(documents)), FEWEST_DOCUMENTS)
    rows = np.linspace(0, len(documents) - 1, n_documents).astype(np.int64)
    return [documents[row] for row in rows.tolist()]


def _say_unused(needed: str) -> None:
    message = f"the unlabelled texts are left out: a student of words and pairs needs {needed}"
    warnings.warn(message, TextransferWarning, stacklevel=4)


def _corpus(unlabelled: Iterable[str] | Corpus | str | Path) -> Corpus:
    if isinstance(unlabelled, Corpus):
        return unlabelled
    if isinstance(unlabelled, str | Path):
        return Corpus([unlabelled])
    return Corpus.from_texts(list(unlabelled))


def _corpus_of(vectors: WordVectors) -> Corpus | None:
    """Return the corpus of vectors; None if it is gone, changed, large, or was read with options."""
    record = vectors.metadata.get("corpus")
    sources = record.get("sources") if isinstance(record, Mapping) else None
    if not isinstance(record, Mapping) or not isinstance(sources, list) or not sources:
        return None
    paths = [Path(source) for source in sources if isinstance(source, str)]
    try:
        if len(paths) < len(sources) or not all(path.is_file() for path in paths):
            return None
        if sum(path.stat().st_size for path in paths) > MOST_BYTES_UNASKED:
            return None
        corpus = Corpus(paths)
        return corpus if corpus.fingerprint() == record.get("fingerprint") else None
    except (OSError, ValueError, TextransferError):
        return None
