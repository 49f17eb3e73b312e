"""What an encoder is: something that turns texts into vectors, and says from what it is made."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

import numpy.typing as npt

Encode = Callable[[list[str]], npt.ArrayLike]
"""Texts to their vectors, shape (n, D)."""


@dataclass(frozen=True, eq=False)
class Encoder:
    """A source of sentence vectors in which nothing is trained."""

    kind: str
    """What it is, for readers: "sentence-transformers", "model2vec", "ONNX, mean pooling", "function"."""
    open: Callable[[], Encode]
    """Load it, which may take a while and need an extra."""
    path: str = ""
    """Where it lies; empty for a function."""
    fingerprint: str | None = None
    """Digest of its files; None for a function, whose vectors are not kept."""


def encoder_of_function(function: Callable[[list[str]], npt.ArrayLike]) -> Encoder:
    """Return an encoder that calls a function with a list of texts."""
    return Encoder("function", lambda: function)


class _OpenedOnce:
    """Opens an encoder at the first text, and lets one thread at a time use it: tokenizers allow no more."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self._lock = encoder, Lock()
        self._encode: Encode | None = None

    def __call__(self) -> Encode:
        return self._locked

    def _locked(self, texts: list[str]) -> npt.ArrayLike:
        with self._lock:
            if self._encode is None:
                self._encode = self._encoder.open()
            return self._encode(texts)


def opened_once(encoder: Encoder) -> Encoder:
    """Return the same encoder, which is loaded once however often it is opened."""
    return replace(encoder, open=_OpenedOnce(encoder))
