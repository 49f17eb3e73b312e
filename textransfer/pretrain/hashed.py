"""What training cannot take over from fastText's vectors."""

import warnings

from textransfer.embeddings.hashed_ngrams import HashedNgrams
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferWarning


def warn_of_hashed_ngrams(vectors: WordVectors) -> None:
    """Warn if vectors of unknown words will be lost: hashed n-grams cannot learn on beside words."""
    if isinstance(vectors.ngrams, HashedNgrams):
        warnings.warn(
            "fastText's vectors of n-grams are left out, since training changes those of words alone: "
            "unknown words have none then, unless pretrain makes its own (ngrams)",
            TextransferWarning,
            stacklevel=4,
        )
