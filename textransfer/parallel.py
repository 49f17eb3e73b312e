"""Several processes, where the system has what they need."""

import multiprocessing
import warnings
from typing import TYPE_CHECKING, Any

from textransfer.errors import TextransferWarning

if TYPE_CHECKING:
    from joblib import Parallel


def parallel(n_jobs: int, **options: Any) -> "Parallel":  # noqa: ANN401 - those of joblib
    """Return joblib's `Parallel`; a warning says where the processes that are wanted cannot be had.

    They need semaphores, for which Linux wants to write to ``/dev/shm``, and joblib does without a word.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*joblib will operate in serial mode")
        from joblib import Parallel
    if n_jobs != 1:
        try:
            multiprocessing.Lock()
        except (ImportError, OSError) as error:
            warnings.warn(
                f"processes side by side cannot be had here ({error}): the work is done one after the other; "
                "on Linux they need a /dev/shm that can be written",
                TextransferWarning,
                stacklevel=3,
            )
    return Parallel(n_jobs=n_jobs, **options)
