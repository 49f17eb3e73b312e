"""Shared by all tests: where the helper modules lie, and small corpora."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
