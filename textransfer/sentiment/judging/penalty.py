"""How strong the penalty on a network's weights is, where there are labels enough to tell."""

from dataclasses import replace

import numpy as np

from textransfer.config import USUAL_L2
from textransfer.sentiment.judging.out_of_fold import MANY_LABELS, splits_of
from textransfer.sentiment.probabilities import logs
from textransfer.sentiment.training.fit import Fit
from textransfer.sentiment.training.fitting import train_fits
from textransfer.sentiment.training.heads import Heads

SHARES = (1.0, 1 / 4, 1 / 16)
"""Of the usual penalty, that are tried."""


def is_penalty_open(fit: Fit) -> bool:
    """Tell whether labelled texts choose the penalty of a fit.

    The penalty of two layers falls with the root of their number only, and becomes too strong; that of one
    layer they outweigh anyway. Above 2,000 texts a single fold holds hundreds.
    """
    is_frozen = fit.vector_learning_rate is None
    return is_frozen and fit.n_trained > MANY_LABELS and fit.network.hidden_size > 0 and fit.config.l2 is None


def with_best_penalty(fit: Fit) -> Fit:
    """Return a fit, not trained yet, with the penalty of the least log loss on a fold, if that is open."""
    splits = splits_of(fit.codes, fit.seed) if is_penalty_open(fit) else []
    if not splits:
        return fit
    candidates = [replace(fit.config, l2=share * USUAL_L2) for share in SHARES]
    held_out = splits[0].held_out
    vectors = fit.averaging.vectors(fit.bags.take(held_out)).astype(np.float64)
    weights = None if fit.weights is None else fit.weights[held_out]
    losses = []
    for config in candidates:
        network = Heads.stacked([fit.network])
        for _ in train_fits([replace(fit, network=network, split=splits[0], config=config)], ()):
            pass
        p = network.probabilities(vectors[None])[0]
        true = logs(p)[np.arange(len(held_out)), fit.codes[held_out]]
        losses.append(-np.average(true, weights=weights))
    return replace(fit, config=candidates[int(np.argmin(losses))])
