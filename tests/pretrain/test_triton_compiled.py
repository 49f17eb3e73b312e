"""The kernels as the compiler sees them: the interpreter takes more than the compiler does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "n_rows", "n_spilled"),
    [
        ({"vector_size": 128, "window": 5}, 16 + 8, 0),
        ({"vector_size": 100, "window": 50, "objective": "nce"}, 16 + 8 + 1, 2),
    ],
)
def test_the_kernel_compiles_for_a_gpu_that_is_not_here(
    settings: dict, n_rows: int, n_spilled: int, tmp_path: Path
) -> None:
    """One warp adds a row of up to 128 floats in one instruction; hardly a register is spilled to memory."""
    pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")
    if not BENCHMARKS.exists():
        pytest.skip("the benchmarks are not installed")
    code = (
        "import json\n"
        "from gpu_compiled import compiled\n"
        "from textransfer.config import PretrainConfig\n"
        f"config = PretrainConfig(sample=0.0, noise_sharing='neighbours', **{settings!r})\n"
        "print(json.dumps(compiled(config, 'tf32', 1)))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    environment["PYTHONPATH"] = os.pathsep.join([str(BENCHMARKS), environment.get("PYTHONPATH", "")])
    environment["TRITON_CACHE_DIR"] = str(tmp_path)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["stack_bytes"] <= 4 * n_spilled
    assert report["REDG"] == n_rows
