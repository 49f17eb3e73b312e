"""Nothing is fetched: libraries that could are told so while an encoder is opened and used."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

_VARIABLES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY")


_SWITCH = "HF_HUB_OFFLINE"
"""Of huggingface_hub, which reads the environment once, when it is imported."""


def _constants() -> ModuleType | None:
    """Return where huggingface_hub keeps its switch; None if it is not installed and nothing could fetch."""
    try:
        return import_module("huggingface_hub.constants")
    except ImportError:
        return None


@contextmanager
def nothing_fetched() -> Iterator[None]:
    """Keep the Hugging Face libraries from the network while the block runs; then all is as it was."""
    constants = _constants()  # first, so that its switch is as the user has it
    before = {name: os.environ.get(name) for name in _VARIABLES}
    os.environ.update(dict.fromkeys(_VARIABLES, "1"))
    was_offline = getattr(constants, _SWITCH, False)
    try:
        if constants is not None:
            setattr(constants, _SWITCH, True)
        yield
    finally:
        if constants is not None:
            setattr(constants, _SWITCH, was_offline)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
