"""Early stopping: keep the epoch that does best on labelled texts that are held out."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from textransfer.sentiment.training.epochs import Epoch
from textransfer.sentiment.training.inputs import Inputs
from textransfer.sentiment.training.loop import text_losses
from textransfer.sentiment.training.network import OneHiddenLayer

PATIENCE = 10
"""Epochs without progress on the held-out texts before training stops."""


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
