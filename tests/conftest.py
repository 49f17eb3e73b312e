"""Shared by all tests: where the helper modules lie, and small corpora."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

if not Path("/dev/nvidiactl").exists():
    # Without a GPU the Triton kernels run in its interpreter. Triton asks when kernels are defined, that is
    # at import: the answer must stand before. Nothing else looks at it.
    os.environ.setdefault("TRITON_INTERPRET", "1")
