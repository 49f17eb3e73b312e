"""What compiled loops need besides: numbers of half precision, bits, rows fetched ahead."""

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from textransfer.compiling import inlined

SIGN, SIZE = np.uint32(0x8000), np.uint32(0x7FFF)
"""Bits of a number of half precision: its sign, and the rest."""
LEAST_USUAL, INFINITE = np.uint32(0x0400), np.uint32(0x7C00)
"""The rest of the least number with a leading 1, and from which on none is finite."""
UP = np.uint32(13)
"""How far up the rest is in a float32."""
USUAL_EXPONENT, LEAST_EXPONENT = np.uint32(112 << 23), np.uint32(113 << 23)
"""What is added to the exponent there; and that of the least number with a leading 1."""
LINE = 64
"""Bytes that memory brings at a time."""


def converts_halves() -> bool:
    """Tell whether the processor that is compiled for has an instruction that makes a float32 of a half."""
    machine, _, features = cpu_target.target_context.codegen().magic_tuple()
    return "+f16c" in features.split(",") or machine.startswith(("aarch64", "arm64"))


@intrinsic
def converted(typing_context, bits):
    """Return the float32 that equals a half, uint16, by the instruction for it."""

    def lower(context, builder, signature, arguments):
        return builder.fpext(builder.bitcast(arguments[0], ir.HalfType()), ir.FloatType())

    return types.float32(types.uint16), lower


@inlined
def computed(bits):
    """Return the same with integers, as any processor can; what is not finite becomes NaN.

    The bits of a half, moved up, are a float32 but for an exponent that is 112 too small, which is added.
    Subnormal numbers get a leading 1, which is taken off again: as subnormal ones of a float32 they would be
    slow.
    """
    half = np.uint32(bits)  # without these casts integers have 64 bits, half as many at once
    size = np.uint32(half & SIZE)
    up = np.uint32(size << UP)
    number = np.uint32(up + USUAL_EXPONENT).view(np.float32)
    small = np.uint32(up + LEAST_EXPONENT).view(np.float32) - np.float32(2.0**-14)
    number = number if size >= LEAST_USUAL else small
    number = number if size < INFINITE else np.float32(np.nan)
    return -number if np.uint32(half & SIGN) else number


as_float = converted if converts_halves() else computed
"""Returns the float32 that equals a half, uint16."""


@intrinsic
def lowest(typing_context, bits):
    """Return the place of the lowest bit that is set, of uint64 other than 0."""

    def lower(context, builder, signature, arguments):
        is_never_zero = ir.IntType(1)(1)
        return builder.cttz(arguments[0], is_never_zero)

    return types.int64(types.uint64), lower


@intrinsic
def _fetch(typing_context, row, place):
    """Ask memory for the number at a place of a row."""

    def lower(context, builder, signature, arguments):
        byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.bitcast(builder.gep(array.data, [arguments[1]]), byte)
        to_read, to_keep, is_data = flag(0), flag(3), flag(1)
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [address, to_read, to_keep, is_data])
        return context.get_dummy_value()

    return types.void(row, types.intp), lower


@inlined
def fetch(row):
    """Ask memory for a row of numbers that will be read soon."""
    for place in range(0, row.size, LINE // row.itemsize):
        _fetch(row, place)
    _fetch(row, row.size - 1)


@inlined
def fetch_place(table, place):
    """Ask memory for a short row of a table."""
    _fetch(table[place], 0)
