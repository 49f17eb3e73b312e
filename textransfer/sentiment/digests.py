"""Whether the files of a classifier folder are of one classifier: digests of its arrays, in config.json."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

DIGESTS = "digests"
"""In config.json: of each file of arrays. Folders of before have none."""
_NOT_READ_WHOLE = ("table", "ngram_vectors", "pairs", "triples")
"""Of these only those rows are read that a text needs."""

Arrays = Mapping[str, npt.NDArray[Any]]


def digest_of(tensors: Arrays) -> str:
    """Return the SHA-256 of the arrays of a file, with their names, types and shapes; not of large tables."""
    digest = hashlib.sha256()
    for name in sorted(set(tensors) - set(_NOT_READ_WHOLE)):
        array = tensors[name]
        digest.update(f"{name} {array.dtype.str} {array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def check_digest(config: Mapping[str, Any], name: str, tensors: Arrays) -> None:
    """Raise a ValueError if config.json was written with other arrays than those of a file."""
    saved = config.get(DIGESTS, {}).get(name)
    if saved is not None and saved != digest_of(tensors):
        raise ValueError(f"{name} is of another classifier than config.json, or was changed since")
