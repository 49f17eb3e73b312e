"""What the documents of an encoded corpus are like under the vectors that were learned from it."""

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.documents import (
    DocumentMoments,
    document_moments,
    sampled_documents,
    sif_weights,
)
from textransfer.text.encoding.encoded import EncodedCorpus


def moments_of(
    in_vectors: npt.NDArray[np.float32], encoded: EncodedCorpus, seed: int
) -> DocumentMoments | None:
    """Return mean and covariance of the documents as sentence vectors; see `document_moments`."""
    vocabulary = encoded.vocabulary
    weights = sif_weights(vocabulary.counts, len(vocabulary), vocabulary.n_tokens)
    blocks = (encoded.take(documents) for documents in sampled_documents(encoded.n_documents))
    return document_moments(in_vectors, weights, blocks, seed)
