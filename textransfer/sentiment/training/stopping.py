"""Early stopping: hold some labelled texts out, and keep the epoch that does best on them."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from textransfer.randomness import Stream, generator
from textransfer.sentiment.training.inputs import Inputs
from textransfer.sentiment.training.loop import Epoch, text_losses
from textransfer.sentiment.training.network import OneHiddenLayer

MIN_LABELS = 200
"""With fewer labels a tenth of them says too little to stop by, and is missed too much."""
HELD_OUT_SHARE = 0.1
PATIENCE = 10
"""Epochs without progress on the held-out texts before training stops."""


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


def stop_early(
    epochs: Iterator[Epoch],
    network: OneHiddenLayer,
    inputs: Inputs,
    held_out: Inputs,
    codes: npt.NDArray[np.int64],
) -> Iterator[Epoch]:
    """Pass the epochs of one member on; end when the held-out loss no longer falls, and go back to its best.

    Both inputs read the same table of word vectors if one is trained; codes, (n,), are the classes of the
    held-out texts.
    """
    trained: list[torch.Tensor] = [*network.parameters(), *inputs.trained]
    targets = torch.tensor(codes)[None]
    best_loss, best_number, best = np.inf, 0, _copies(trained)
    for epoch in epochs:
        with torch.no_grad():
            loss = float(text_losses(network, held_out.read(None), targets)[0])
        if loss < best_loss:
            best_loss, best_number, best = loss, epoch.number, _copies(trained)
        yield epoch
        if epoch.number - best_number >= PATIENCE:
            break
    with torch.no_grad():
        for parameter, copy in zip(trained, best, strict=True):
            parameter.copy_(copy)


def _copies(parameters: list[torch.Tensor]) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in parameters]
