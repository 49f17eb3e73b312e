"""What the compiler makes of the kernel: registers, spills, shared memory, instructions. Needs no GPU."""

import collections
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from textransfer.config import PretrainConfig
from textransfer.pretrain.engines.triton import kernel_constants, padded
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.triton_kernels.windows import train_windows

POINTERS = {
    "words": "*i32",
    "places": "*i32",
    "lows": "*i32",
    "highs": "*i32",
    "starts": "*i32",
    "n_steps": "*i32",
    "numbers": "*i64",
    "alias_table": "*i64",
    "log_counts": "*fp32",
    "in_vectors": "*fp32",
    "out_vectors": "*fp32",
    "out_bias": "*fp32",
    "in_damping": "*fp32",
    "out_damping": "*fp32",
    "scratch": "*fp32",
    "losses": "*fp64",
}
NUMBERS = {"rate": "fp32", "n_words": "i32"}
COUNTED = ("HMMA", "FFMA", "LDG", "REDG", "RED", "LDS", "STS", "LDSM", "SHFL", "BAR", "LDL", "STL")
TOOLS = Path(triton.__file__).parent / "backends/nvidia/bin"
HOPPER = 90
REGISTERS = 65_536
SHARED = 227 * 1024
"""Of one multiprocessor; with 1 KB kept back for each program."""


def describe(config: PretrainConfig, print_line: Callable[..., None]) -> None:
    """Print a line for each of some variants."""
    for precision, n_warps in (("tf32", 1), ("tf32", 2), ("tf32", 4), ("tf32x3", 2), ("ieee", 2)):
        print_line(kind="compiled", **compiled(config, precision, n_warps))


def compiled(config: PretrainConfig, precision: str, n_warps: int) -> dict[str, object]:
    """Compile one variant for Hopper and count."""
    config = config.resolve(10**9)
    plan = TrainingPlan.from_config(config, np.arange(100, 0, -1), 0, batch_size=1)
    pitch = padded(config.vector_size or 1)
    kernel, constants = train_windows, kernel_constants(plan, pitch, precision)
    constants["IS_DAMPED"] = True
    names = kernel.arg_names
    source = ASTSource(
        fn=kernel,
        signature={name: {**POINTERS, **NUMBERS}.get(name, "constexpr") for name in names},
        constexprs={(names.index(name),): value for name, value in constants.items()},
        attrs={(names.index(name),): [["tt.divisibility", 16]] for name in POINTERS if name in names},
    )
    built = triton.compile(source, target=GPUTarget("cuda", HOPPER, 32), options={"num_warps": n_warps})
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(built.asm["cubin"])
        file.flush()
        usage = run("cuobjdump", "-res-usage", file.name)
        listing = run("nvdisasm", "-c", file.name)
    registers, stack = map(int, re.search(r"REG:(\d+) STACK:(\d+)", usage).groups())
    operations = re.findall(r"^\s*/\*[0-9a-f]+\*/\s+(?:@!?U?P\d+ )?([A-Z][A-Z0-9_]*)", listing, re.M)
    counts = collections.Counter(operations)
    shared = built.metadata.shared
    fits = min(REGISTERS // (-(-registers // 8) * 8 * 32 * n_warps), SHARED // (shared + 1024), 32)
    return {
        "precision": precision,
        "n_warps": n_warps,
        "registers": registers,
        "stack_bytes": stack,
        "shared_bytes": shared,
        "programs_a_multiprocessor": fits,
        "instructions": len(operations),
        **{name: counts[name] for name in COUNTED if counts[name]},
    }


def run(tool: str, *options: str) -> str:
    """Run one of the tools that come with Triton."""
    return subprocess.run([TOOLS / tool, *options], capture_output=True, text=True, check=True).stdout
