"""Whether a corpus is large enough for its words to tell something of further texts, by its counts."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.moments import sif_weights

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors

N_OTHER_DOCUMENTS = 2
"""Documents that must hold a word of a further text: from a single one, its vector tells of that one."""
ENOUGH = 0.5
"""Attested share below which pretraining seldom helped: see docs/tutorial.md, How much text is enough."""


def attested_share(
    counts: npt.NDArray[np.int64], document_counts: npt.NDArray[np.int64], n_tokens: int
) -> float:
    """Return the share of the words of a further text that two documents of the corpus or more hold.

    Estimated by leaving out each document in turn: a word of it is in two others if three documents hold it.
    Each word of a text counts once, with its weight in sentence vectors. Words that are left out of the
    vocabulary are attested by none. Counts of words and documents are those of the vocabulary, (V,); tokens
    are all of the corpus.

    Examples
    --------
    >>> import numpy as np
    >>> counts = np.array([3, 3, 1, 1, 1])
    >>> round(attested_share(counts, counts, 9), 2)
    0.55
    """
    n_left_out = max(n_tokens - int(counts.sum()), 0)
    rare = np.ones(
        int(n_left_out > 0), np.int64
    )  # a word of those left out, which occur hardly more than once
    weights = sif_weights(np.append(counts, rare), len(counts) + len(rare), n_tokens)
    masses = document_counts * weights[: len(counts)]
    total = masses.sum() + n_left_out * weights[len(counts) :].sum()
    return float(masses[document_counts > N_OTHER_DOCUMENTS].sum() / total) if total else 0.0


def attested_by(vectors: "WordVectors") -> float | None:
    """Return the share that the corpus of some vectors attests.

    None if they carry no counts, or started from those of another corpus, which are not in the counts.
    """
    known_start = vectors.metadata.get("init_from") or any(
        update.get("start") for update in vectors.metadata.get("updates") or ()
    )
    if known_start or vectors.document_counts is None or vectors.counts is None or not vectors.n_tokens:
        return None
    return attested_share(vectors.counts, vectors.document_counts, vectors.n_tokens)


def too_little(share: float | None) -> str:
    """Say that a corpus is too small, and what shows it; empty if it is not, or nothing is known."""
    if share is None or share >= ENOUGH:
        return ""
    return (
        f"too little text: by weight, only {share:.0%} of the words of another such text stand in two of "
        f"these documents or more; below {ENOUGH:.0%} pretraining seldom helped"
    )
