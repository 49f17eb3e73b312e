"""Training that goes on with vectors of another program: their length, its epochs, what is recorded."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.config import INITIAL_EPOCHS, INITIAL_LENGTH, PretrainConfig
from textransfer.embeddings.arrays import unit_rows
from textransfer.embeddings.moments import DocumentMoments, mean_of_words, sif_weights
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.pretrain.preparation import PreparedCorpus
from textransfer.storage.spelling import writable

FEW_KNOWN = 0.3
"""Share of a text, below which it is said that vectors hardly know it: related texts share three quarters."""

SHORTEST = 1e-30
"""Length of word vectors, below which float32 soon has no digits for them."""


def scale_of(matrix: npt.NDArray[np.float32]) -> np.float32:
    """Return the number that brings vectors of another program to the length at which training starts.

    Their root mean square length becomes `INITIAL_LENGTH`: longer ones hardly move, or too far where their
    output vectors are learned; shorter ones are soon overwritten. ConfigError if they are too short for that.
    """
    length = np.sqrt(np.einsum("vd,vd->", matrix, matrix, dtype=np.float64) / max(len(matrix), 1))
    if 0 < length < SHORTEST:
        raise ConfigError(
            f"the vectors to start from have a length of {length:.3g} on average; expected at least "
            f"{SHORTEST:g}: multiply all of them by a number"
        )
    return np.float32(INITIAL_LENGTH / length if length else 1.0)


def with_fewer_epochs(prepared: PreparedCorpus, wanted: PretrainConfig) -> PreparedCorpus:
    """Return the settings with no more epochs than suit vectors that know most already, unless given."""
    epochs = min(prepared.config.epochs or 1, INITIAL_EPOCHS)
    return prepared if wanted.epochs else replace(prepared, config=replace(prepared.config, epochs=epochs))


def few_shrunk(
    moments: DocumentMoments | None, matrix: npt.NDArray[np.float32], n_documents: int
) -> DocumentMoments | None:
    """Return the moments of a text, drawn towards what the words alone say where documents are few.

    With very few, vectors of others then do as well as without the text; see `DocumentMoments.shrunk`.
    """
    if moments is None:
        return None
    weights = sif_weights(None, len(matrix), None)
    mean = mean_of_words(unit_rows(matrix), weights, None)
    return moments.shrunk(n_documents, mean.astype(np.float32))


def start_facts(
    source: str,
    vectors: WordVectors,
    prepared: PreparedCorpus,
    n_known: int,
    *,
    n_unmet: int,
    is_scaled: bool,
) -> dict[str, Any]:
    """Return what is recorded of vectors of others that a run began with, whose words have the first ids.

    `n_unmet` are the words that the tokenizer never gives: they were left out, or no text will have them.
    """
    known = prepared.counts[:n_known]
    n_tokens = prepared.counts.sum() + prepared.encoded.vocabulary.n_dropped_tokens
    share = float(known.sum() / max(n_tokens, 1))
    if share < FEW_KNOWN:
        warnings.warn(
            f"only {share:.1%} of the text are words of {writable(source) or 'the vectors'}: they may be of "
            f"another language, or cut in another way than by the tokenizer {prepared.tokenizer.name!r}",
            TextransferWarning,
            stacklevel=2,
        )
    return {
        "source": writable(source),
        "n_words": len(vectors),
        "n_found": int(np.count_nonzero(known)),
        "share_of_text": share,
        "n_unmet": n_unmet,
        "scale": float(scale_of(vectors.matrix)) if is_scaled else 1.0,
        "missing": missing_facts(vectors),
    }


def missing_facts(vectors: WordVectors) -> list[str]:
    """Name what vectors of another program do not tell."""
    facts = {
        "tokenizer": vectors.tokenizer_spec,
        "counts": vectors.counts,
        "output vectors": vectors.out_matrix,
    }
    return [name for name, value in facts.items() if value is None]
