"""How many threads of BLAS suit a fit."""

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits

MOST_LABELS_SIDE_BY_SIDE = 1000
"""Fits of more labels fill memory, and keep the threads of one process at work."""


def suiting_threads(n_labels: int) -> AbstractContextManager[object]:
    """Compute with one thread of BLAS where labels are few.

    Several would spend more time on waiting for each other than on such small matrices.
    """
    limits: AbstractContextManager[object] = threadpool_limits(
        1 if n_labels <= MOST_LABELS_SIDE_BY_SIDE else None, user_api="blas"
    )
    return limits
