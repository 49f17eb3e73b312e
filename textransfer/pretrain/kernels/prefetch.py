"""Ask the processor to fetch a matrix row before it is needed; changes nothing but waiting time."""

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from textransfer.pretrain.kernels.compiling import COMPILED, LANES


@intrinsic
def _prefetch_line(typing_context, matrix, row, column):
    """Emit one prefetch instruction for the cache line of matrix[row, column]."""

    def emit(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = cgutils.get_item_pointer(context, builder, signature.args[0], array, arguments[1:])
        as_bytes = builder.bitcast(pointer, ir.IntType(8).as_pointer())
        i32 = ir.IntType(32)
        call = builder.module.declare_intrinsic(
            "llvm.prefetch", [as_bytes.type], ir.FunctionType(ir.VoidType(), [as_bytes.type, i32, i32, i32])
        )
        # For writing, into the nearest cache, data (not instructions).
        builder.call(call, [as_bytes, i32(1), i32(3), i32(1)])
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp), emit


@njit(**COMPILED)
def prefetch_row(matrix, row):
    """Fetch one row of a float32 matrix, shape (V, D)."""
    for column in range(0, matrix.shape[1], LANES):
        _prefetch_line(matrix, row, column)
