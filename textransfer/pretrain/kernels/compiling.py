"""How the kernels are compiled: options of numba that all of them share."""

from typing import Any

FAST = {"reassoc", "contract", "nsz", "arcp"}
"""Freedoms in float arithmetic. "nnan" and "ninf" stay off: a NaN must come through to be reported."""

COMPILED: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy", "_nrt": False}
"""Without "nrt" arrays are not reference-counted, and none can be made: an atomic counter in a loop costs
more than the arithmetic around it, and those of two threads can share a cache line."""

INLINED: dict[str, Any] = {**COMPILED, "forceinline": True}
"""For the parts of a kernel: a call would pass every number of every array by memory, which cost a fifth of
the speed."""
