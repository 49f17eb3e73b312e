"""What a file or folder of word vectors holds, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.any_ngrams import AnyNgrams
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.phrases import PhraseVectors


@dataclass(frozen=True, eq=False)
class Contents:
    """The values that formats save and load, and that the model card describes.

    As in `textransfer.embeddings.vectors.WordVectors`, which checks them: those that come from a file may
    contradict each other.
    """

    words: Sequence[str]
    matrix: npt.NDArray[np.float32]
    counts: npt.ArrayLike | None = None
    document_counts: npt.ArrayLike | None = None
    n_tokens: int | None = None
    n_documents: int | None = None
    out_matrix: npt.NDArray[np.float32] | None = None
    out_bias: npt.NDArray[np.float32] | None = None
    moments: DocumentMoments | None = None
    ngrams: AnyNgrams | None = None
    phrases: PhraseVectors | None = None
    tokenizer_spec: Mapping[str, Any] | None = None
    spellings: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
