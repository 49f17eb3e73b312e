"""Shared by all tests: where the helper modules lie, and how many threads a test may use."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

# Tests run side by side, and their matrices are small: several threads each would only wait for one another.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

if not Path("/dev/nvidiactl").exists():
    # Without a GPU the Triton kernels run in its interpreter. Triton asks when kernels are defined, that is
    # at import: the answer must stand before. Nothing else looks at it.
    os.environ.setdefault("TRITON_INTERPRET", "1")
