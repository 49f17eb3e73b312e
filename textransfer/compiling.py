"""How the kernels are compiled: the options that they share, and a cache on disk where there can be one."""

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numba import njit
from numba.core.caching import CacheImpl, CompileResultCacheImpl, FunctionCache

from textransfer.errors import TextransferWarning

logger = logging.getLogger(__name__)

FAST = {"reassoc", "contract", "nsz", "arcp"}
"""Freedoms in float arithmetic. "nnan" and "ninf" stay off: a NaN must come through to be reported."""


COMPILING = "loops are compiled, once after each installation; that takes some seconds"
"""What is logged before."""


class _Places(CompileResultCacheImpl):
    """Where compiled code may lie; without a home directory, in no folder ``~`` of the working one."""

    @property
    def _locator_classes(self) -> list[type]:  # type: ignore[override]  # numba's is a list for all
        try:
            has_home = bool(os.environ.get("XDG_CACHE_HOME")) or Path.home().is_absolute()
        except RuntimeError:
            has_home = False
        return [kind for kind in CacheImpl._locator_classes if has_home or "UserWide" not in kind.__name__]


class _Cache(FunctionCache):
    """Compiled code on disk, done without if the disk is full or a file cannot be read or is damaged."""

    _impl_class = _Places

    def load_overload(self, sig: Any, target_context: Any) -> Any:  # noqa: ANN401 - those of numba
        """Return what was compiled before; None if it is to be compiled now, which is said."""
        overload = self._loaded(sig, target_context)
        if overload is None:
            logger.info(COMPILING)
        return overload

    def _loaded(self, sig: Any, target_context: Any) -> Any:  # noqa: ANN401 - those of numba
        return super().load_overload(sig, target_context)

    @contextmanager
    def _guard_against_spurious_io_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            _warn()
        except Exception:  # kept by a release whose names have moved since, or cut short by a power cut
            self.flush()


class _LightCache(_Cache):
    """The same of functions that make no arrays: they need nothing of numba at run time.

    Its own loads all that could be compiled first, scipy's linear algebra among it, which takes several times
    as long as a dozen kernels.
    """

    def _loaded(self, sig: Any, target_context: Any) -> Any:  # noqa: ANN401 - those of numba
        overload = None
        with self._guard_against_spurious_io_errors():
            overload = self._load_overload(sig, target_context)
        return overload


def compiled_with(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # noqa: ANN401
    """Return a decorator that compiles a function with these options of numba, and caches the outcome.

    The cache is at ``NUMBA_CACHE_DIR``, beside the source or in the user's cache folder, the first that can
    be written; without any, each start compiles anew, which a warning says.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        kernel: Any = njit(**options)(function)
        try:
            kernel._cache = _Cache(function) if options.get("_nrt", True) else _LightCache(function)
        except RuntimeError:  # numba knows no place for it
            _warn()
        return kernel  # type: ignore[no-any-return]

    return decorate


def _warn() -> None:
    warnings.warn(  # from one place with one text, so that it is shown once
        "compiled code cannot be kept, so that each start compiles it anew, which takes a while; "
        "set NUMBA_CACHE_DIR to a folder that can be written",
        TextransferWarning,
        stacklevel=1,
    )


_SHARED: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Without the interpreter's lock threads run side by side. Without "nrt" arrays are not reference-counted,
and none can be made: an atomic counter in a loop costs more than the arithmetic around it, and those of two
threads can share a cache line."""

compiled = compiled_with(**_SHARED)
"""Decorator of kernels."""

inlined = compiled_with(**_SHARED, forceinline=True)
"""Decorator of the parts of a kernel: a call would pass every number of every array by memory, which cost a
fifth of the speed."""
