"""Which labelled texts are held out of training, to stop by them."""

import numpy as np
import numpy.typing as npt

from textransfer.randomness import Stream, generator

MIN_LABELS = 200
"""With fewer labels a tenth of them says too little to stop by, and is missed too much."""
HELD_OUT_SHARE = 0.1


def hold_out(codes: npt.NDArray[np.int64], seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the positions, in order, of texts to train on and of texts to stop by, class by class.

    A class of one text stays in training. `codes` are the classes, shape (n,); the seed decides which texts.
    """
    draws = generator(seed, Stream.SPLITS)
    is_held = np.zeros(len(codes), dtype=bool)
    for code in np.unique(codes):
        members = draws.permutation(np.flatnonzero(codes == code))
        n_held = min(round(HELD_OUT_SHARE * len(members)), len(members) - 1)
        is_held[members[:n_held]] = True
    return np.flatnonzero(~is_held), np.flatnonzero(is_held)
