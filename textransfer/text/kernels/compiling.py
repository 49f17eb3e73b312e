"""How the loops over text are compiled."""

from typing import Any

COMPILED: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy", "_nrt": False}
"""Without the interpreter's lock, so that threads run side by side; kept on disk for the next start. Without
"nrt" arrays are not reference-counted, which would cost more than the loops do, and none can be made."""
