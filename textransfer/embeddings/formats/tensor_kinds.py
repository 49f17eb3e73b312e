"""Of which types the arrays of a folder are: another one would be read as numbers, and be wrong."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.errors import FormatError

SCALES = "_scales"
"""Behind the name of an array of int8: what each row is to be multiplied by."""


def check_kinds(tensors: Mapping[str, npt.NDArray[Any]], path: Path, *, whole: Collection[str] = ()) -> None:
    """Refuse arrays that are not of floating point, but for int8 with scales, and `whole` numbers.

    Raises
    ------
    FormatError
        With the first of another type.
    """
    for name, array in tensors.items():
        kind = array.dtype
        if name in whole:
            is_right, expected = kind.kind == "i", "whole numbers"
        else:
            is_right = kind.kind == "f" or (kind == np.int8 and name + SCALES in tensors)
            expected = "numbers of floating point, or int8 with scales"
        if not is_right:
            raise FormatError(f"{path} has {name} of the type {kind}; expected {expected}: make it anew")
