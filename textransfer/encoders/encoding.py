"""Encode each text once, in batches, and keep its vector for the next run."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textransfer.encoders.cache import EncodedBlock, VectorCache, keys_of, rows_of
from textransfer.encoders.encoder import Encode, Encoder
from textransfer.errors import FormatError, TextransferError

TEXTS_A_BATCH = 256
"""Texts that an encoder is given at once; progress is told after each batch."""
TEXTS_A_BLOCK = 4096
"""Texts of a file of the cache at most, so that a run that is stopped keeps most of what it has done."""
LARGEST_VECTOR = 65_536
"""Dimensions of a sentence vector, at most: none has a tenth of that."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class EncodedTexts:
    """Texts as an encoder sees them."""

    vectors: Floats
    """Shape (n, D)."""
    seconds_per_thousand: float
    """What encoding took for 1,000 texts, opening the encoder not counted; measured when it was done."""


def encode_texts(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    name: str,
    cache: Path | None = None,
    report: Callable[[int, int], None] | None = None,
) -> EncodedTexts:
    """Return the vectors of some texts, at least one.

    Parameters
    ----------
    encoder : Encoder
        Opened only if a text is not in the cache.
    texts : sequence of str
        Equal ones are encoded once.
    name : str
        What messages call the encoder.
    cache : Path, optional
        Folder of vectors that were made before; see `textransfer.encoders.cache`.
    report : callable, optional
        Called with (texts done, texts in all) after each batch.

    Raises
    ------
    FormatError
        If the encoder cannot be opened, fails, or gives anything but a finite vector for each text.
    MissingExtraError
        If the library that opens it is not installed.
    """
    keys = keys_of(texts)
    text_of = dict(zip(keys, texts, strict=True))
    kept = None
    if cache is not None and encoder.fingerprint is not None:
        kept = VectorCache.of(cache, encoder.fingerprint)
    blocks = [] if kept is None else kept.read(list(text_of))
    known = rows_of(blocks)
    # The longest first: what memory cannot hold fails at once, and batches are of texts of about one length.
    missing = sorted((key for key in text_of if key not in known), key=lambda key: -len(text_of[key]))
    encode = encoder.open() if missing else None
    for start in range(0, len(missing), TEXTS_A_BLOCK):
        chosen = missing[start : start + TEXTS_A_BLOCK]

        def report_block(n_done: int, start: int = start) -> None:
            if report is not None:
                report(len(text_of) - len(missing) + start + n_done, len(text_of))

        block = _encoded(encode, [text_of[key] for key in chosen], chosen, name, report_block)
        blocks.append(block)
        if kept is not None:
            kept.write(block)
    sizes = {block.vectors.shape[1] for block in blocks}
    if len(sizes) > 1:
        raise FormatError(
            f"{name} gives vectors of {' and '.join(map(str, sorted(sizes)))} numbers; expected one size"
        )
    places = rows_of(blocks)
    n_encoded = sum(len(block.keys) for block in blocks)
    return EncodedTexts(
        np.stack([blocks[number].vectors[row] for number, row in (places[key] for key in keys)]),
        1000 * sum(block.seconds for block in blocks) / n_encoded,
    )


def _encoded(
    encode: Encode | None, texts: list[str], keys: list[bytes], name: str, report: Callable[[int], None]
) -> EncodedBlock:
    if encode is None:
        raise ValueError("there is nothing to encode with")
    vectors = []
    seconds = 0.0
    for start in range(0, len(texts), TEXTS_A_BATCH):
        batch = texts[start : start + TEXTS_A_BATCH]
        started = time.perf_counter()
        try:
            encoded = encode(batch)
        except (TextransferError, MemoryError):
            raise
        except Exception as error:  # an encoder is code of others
            raise FormatError(f"{name} cannot encode {batch[0]!r:.40}: {error}") from error
        seconds += time.perf_counter() - started
        vectors.append(checked(encoded, len(batch), name))
        report(start + len(batch))
    if len({part.shape[1] for part in vectors}) > 1:
        raise FormatError(f"{name} gives vectors of different sizes; expected as many numbers for each text")
    return EncodedBlock(keys, np.concatenate(vectors), seconds)


def checked(encoded: npt.ArrayLike, n_texts: int, name: str) -> Floats:
    """Return what an encoder gave for some texts as float32, shape (n, D).

    Raises
    ------
    FormatError
        If it is no array of that shape, has too many dimensions, or holds what is no finite number.
    """
    try:
        vectors = np.asarray(encoded, np.float32)
    except (TypeError, ValueError) as error:
        raise FormatError(
            f"{name} gives no array of numbers: {error}; expected a vector for each text"
        ) from error
    if vectors.ndim != 2 or len(vectors) != n_texts or not 0 < vectors.shape[1] <= LARGEST_VECTOR:
        raise FormatError(
            f"{name} gives an array of the shape {vectors.shape} for {n_texts} texts; expected "
            f"({n_texts}, D), with D from 1 to {LARGEST_VECTOR:,}"
        )
    odd = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(odd):
        raise FormatError(
            f"{name} gives vectors with numbers that are not finite, to {len(odd)} of {n_texts} texts; "
            "expected finite ones: the encoder is damaged, or computes in half precision"
        )
    return vectors
