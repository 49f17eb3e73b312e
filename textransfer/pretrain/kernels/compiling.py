"""How the kernels are compiled: options of numba that all of them share."""

from typing import Any

FAST = {"reassoc", "contract", "nsz", "arcp"}
"""Freedoms in float arithmetic. "nnan" and "ninf" stay off: a NaN must come through to be reported."""

COMPILED: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy", "_nrt": False}
"""Without "nrt" arrays are not reference-counted, and none can be made: an atomic counter in a loop costs
more than the arithmetic around it, and those of two threads can share a cache line."""

LANES = 16
"""float32 numbers in a vector register of AVX-512, and in a cache line."""
