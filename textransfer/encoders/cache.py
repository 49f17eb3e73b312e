"""Vectors of texts that were encoded before, by content: a folder for each encoder, a file for each block.

A file is named by the texts in it and appears whole, so that any number of processes may read and write at
once; the worst that happens is that two encode the same text. Texts themselves are not kept, only their
digests. Nothing outside the folder is touched, and the folder can be deleted at any time.
"""

import hashlib
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from textransfer.errors import TextransferWarning

VARIABLE = "TEXTRANSFER_CACHE_DIR"
METHOD = b"1"
"""Raised when the same files of an encoder give other vectors, so that older ones are not taken for them."""
_DIGEST_BYTES = 32

Floats = npt.NDArray[np.float32]


def default_cache() -> Path | None:
    """Return the folder for vectors: ``TEXTRANSFER_CACHE_DIR``, else one in the user's cache folder.

    None for a user without a home.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if not home.is_absolute():
        return None
    usual = home / ".cache"
    if sys.platform == "darwin":
        usual = home / "Library" / "Caches"
    elif sys.platform == "win32":
        usual = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return Path(os.environ.get("XDG_CACHE_HOME") or usual) / "textransfer" / "encoded"


@dataclass(frozen=True, eq=False)
class EncodedBlock:
    """Some texts that were encoded one after the other."""

    keys: Sequence[bytes]
    """Digests of the texts."""
    vectors: Floats
    """Shape (n, D)."""
    seconds: float
    """What encoding them took."""


@dataclass(frozen=True)
class VectorCache:
    """The vectors that one encoder gave to texts."""

    folder: Path

    @classmethod
    def of(cls, cache: Path, fingerprint: str) -> "VectorCache":
        """Return the cache of the encoder with a fingerprint, below the folder of all."""
        return cls(cache / hashlib.sha256(METHOD + fingerprint.encode()).hexdigest()[:32])

    def read(self, keys: Sequence[bytes]) -> list[EncodedBlock]:
        """Return the blocks that hold any of the texts; what cannot be read is as if it were not there."""
        wanted = set(keys)
        blocks = []
        for path in sorted(self.folder.glob("*.safetensors")):
            try:
                block = _read(path, wanted)
            except (OSError, SafetensorError, ValueError, KeyError, TypeError):
                warnings.warn(
                    f"{path} is damaged: its texts are encoded again; delete it",
                    TextransferWarning,
                    stacklevel=2,
                )
                continue
            if block is not None:
                blocks.append(block)
        return blocks

    def write(self, block: EncodedBlock) -> None:
        """Keep a block; done without if the disk is full or the folder cannot be written."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "texts": np.frombuffer(b"".join(block.keys), np.uint8).reshape(-1, _DIGEST_BYTES),
            "vectors": block.vectors,
            "seconds": np.array([block.seconds]),
        }
        name = hashlib.sha256(b"".join(block.keys)).hexdigest()[:32]
        stage = self.folder / f".{name}.{token_hex(4)}.tmp"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            stage.write_bytes(save(arrays))
            stage.replace(self.folder / f"{name}.safetensors")
        except OSError as error:
            with suppress(OSError):
                stage.unlink(missing_ok=True)
            warnings.warn(
                f"vectors cannot be kept in {self.folder} ({error.strerror}): the next run encodes these "
                f"texts again; set {VARIABLE} to a folder that can be written",
                TextransferWarning,
                stacklevel=2,
            )


def keys_of(texts: Sequence[str]) -> list[bytes]:
    """Return the digests of texts."""
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]


def rows_of(blocks: Sequence[EncodedBlock]) -> Mapping[bytes, tuple[int, int]]:
    """Return where each text stands: number of the block, and row in it."""
    return {key: (number, row) for number, block in enumerate(blocks) for row, key in enumerate(block.keys)}


def _read(path: Path, wanted: set[bytes]) -> EncodedBlock | None:
    with safe_open(path, framework="numpy") as file:
        digests = np.asarray(file.get_tensor("texts"))
        if digests.dtype != np.uint8 or digests.ndim != 2 or digests.shape[1] != _DIGEST_BYTES:
            raise ValueError("no digests")
        keys = [row.tobytes() for row in digests]
        if wanted.isdisjoint(keys):
            return None
        vectors, seconds = np.asarray(file.get_tensor("vectors")), np.asarray(file.get_tensor("seconds"))
    is_whole = vectors.dtype == np.float32 and vectors.ndim == 2 and len(vectors) == len(keys)
    if not is_whole or not np.isfinite(vectors).all() or seconds.shape != (1,):
        raise ValueError("no vectors")
    return EncodedBlock(keys, vectors, float(seconds[0]))
