"""Numbers that cannot be reckoned with are refused; those at the ends of their range are not."""

from typing import Any

import numpy as np
import pytest
from reviews import word_vectors

from textransfer import WordVectors
from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError

VECTORS = word_vectors()
N_WORDS = len(VECTORS)


def changed(**parts: Any) -> WordVectors:
    own = {name: getattr(VECTORS, name) for name in ("matrix", "counts", "n_tokens", "tokenizer_spec")}
    return WordVectors(VECTORS.words, **(own | parts))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"matrix": VECTORS.matrix.astype(np.float64) * 1e300}, "not finite in row 0"),
        ({"matrix": VECTORS.matrix * 1j}, "complex"),
        ({"counts": np.full(N_WORDS, 2**63, np.uint64)}, "add up to more than 64 bits"),
        ({"counts": np.full(N_WORDS, 2**62)}, "add up to more than 64 bits"),
        ({"n_tokens": -1}, "n_tokens is -1"),
        ({"n_tokens": float("nan")}, "n_tokens is nan"),
        ({"n_tokens": 10**400}, r"n_tokens is 10\^400 or so; .* at most 9.2"),
        ({"n_documents": "many"}, "n_documents is 'many'"),
    ],
)
def test_what_cannot_be_reckoned_with_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        changed(**parts)


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize("name", ["l2", "epochs", "batch_size"])
def test_numbers_of_many_digits_are_refused_in_a_short_line(name: str, digits: int) -> None:
    with pytest.raises(ConfigError, match=rf"^{name} is 10\^{digits} or so; expected a") as caught:
        ClassifierConfig(**{name: 10**digits})
    assert len(str(caught.value)) < 120


def test_weights_beyond_double_precision_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"class_weight of 'bad' is 10\^400 or so"):
        ClassifierConfig(class_weight={"bad": 10**400})
