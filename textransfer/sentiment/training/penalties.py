"""How strong the penalty on the weights of a head is, for so many texts and classes."""

import numpy as np

LEAST_UNEVENNESS = 0.7
"""Of the penalty where one class is small, beside that of even classes."""
FEW_TEXTS = 32
"""Up to so many, the smallest class counts whole; with n texts, to the power 32 / n."""


def penalty_rate(
    l2: float,
    n_texts: int,
    n_classes: int,
    *,
    smallest_share: float | None = None,
    has_hidden_layer: bool = True,
) -> float:
    """Return the weight c of the penalty c/2 |W|^2 that is added to the mean loss.

    A penalty on two layers in a row drives their product to zero below a threshold. Labels that mean nothing
    give a gradient near 1 / (C sqrt(n)) at zero; in proportion to that, the threshold stays at the level of
    the noise for any number of texts and classes. With two classes the rate is l2 / sqrt(n). The gradient of
    a class that has the share p of the texts is in proportion to sqrt(p (1 - p)). Where classes are uneven
    and texts few, the threshold follows that of the smallest, since others would leave nothing of it, but
    not below 0.7 times that of even classes: large ones have more noise.

    One layer has no such threshold. Its penalty is a normal prior on the weights, which n texts outweigh in
    proportion to n, and whose deviation grows with ln C: the scores of one class must rise so much above
    those of all the others.
    """
    if not has_hidden_layer:
        return float(2 * l2 / (np.log(n_classes) ** 2 * n_texts))
    even = 1 / n_classes
    smallest = even if smallest_share is None else min(smallest_share, even)
    unevenness = max(float(np.sqrt(smallest * (1 - smallest) / (even * (1 - even)))), LEAST_UNEVENNESS)
    unevenness **= min(1.0, FEW_TEXTS / n_texts)
    return float(2 * l2 / (n_classes * np.sqrt(n_texts)) * unevenness)
