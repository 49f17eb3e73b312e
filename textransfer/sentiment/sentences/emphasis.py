"""Whether labels follow a direction along which the corpus spreads between two poles: by their likelihood."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.moments import DocumentMoments
from textransfer.sentiment.sentences.evidence import log_evidence, standard_targets
from textransfer.sentiment.sentences.stretching import Doubles, Emphasis, polar_direction, spread

N_LABELS = 32
"""Up to so many, a direction counts as much as all components together; with n labels, 32 / n of that."""
LEAST_RATIO = 3.0
"""Likelihood ratio from which a direction is taken, if there is one; with J to choose from, J times that."""


@dataclass(frozen=True, eq=False)
class LabelledDocuments:
    """Labelled texts as sentence vectors, before components are stretched."""

    components: Doubles
    """Of unit length, along the principal components of the corpus, shape (n, D)."""
    along: Doubles
    """Their scores along each polar direction of the corpus, shape (n, J)."""
    targets: Doubles
    """Of `standard_targets`."""
    roots: Doubles
    """Square roots of how much each text counts, 1 in mean square, shape (n,)."""

    @classmethod
    def of(
        cls,
        documents: npt.NDArray[np.floating],
        moments: DocumentMoments,
        codes: npt.NDArray[np.int64],
        weights: npt.NDArray[np.floating] | None = None,
    ) -> "LabelledDocuments":
        """Take centred sentence vectors, (n, D), of the classes `codes`; weights say how much each counts."""
        units = _unit(documents.astype(np.float64))
        roots = np.ones(len(codes)) if weights is None else np.sqrt(weights / weights.mean())
        along = [units @ polar_direction(moments, row) for row in range(moments.n_polar)]
        scores = np.stack(along, axis=1) if along else units[:, :0]
        return cls(units @ moments.components[1], scores, standard_targets(codes, roots), roots)


@dataclass(frozen=True)
class Weighed:
    """What labels say of sentence vectors whose components are stretched by a power."""

    log_likelihood: float
    """But for a constant; divided by what an emphasis must exceed."""
    emphasis: Emphasis | None = None


def weigh(
    documents: LabelledDocuments, moments: DocumentMoments, power: float, *, may_emphasize: bool = True
) -> Weighed:
    """Return how likely labels are where components are stretched by a power, with the best emphasis.

    Of each set of vectors the best share of signal counts. An emphasis must make labels 3 J times as likely,
    where there are J directions to choose from, and its likelihood is divided by that.
    """
    variances, _ = moments.components
    stretched = documents.components * variances**power
    alone = log_evidence(_unit(stretched) * documents.roots[:, None], documents.targets)
    n_labels, n_polar = documents.along.shape
    if not may_emphasize or not n_polar:
        return Weighed(alone)
    strength = min(1.0, N_LABELS / n_labels)
    scale = math.sqrt(strength * spread(moments, power))
    least = math.log(LEAST_RATIO * n_polar)
    best = Weighed(alone)
    for direction, along in enumerate(documents.along.T):
        joined = _unit(np.column_stack([stretched, along * scale])) * documents.roots[:, None]
        likelihood = log_evidence(joined, documents.targets)
        if likelihood - least > best.log_likelihood:
            best = Weighed(likelihood - least, Emphasis(direction, strength, likelihood - alone))
    return best


def _unit(vectors: Doubles) -> Doubles:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1))
