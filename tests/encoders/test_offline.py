import os
import sys
from contextlib import suppress
from types import ModuleType

import pytest

from textransfer.encoders.offline import nothing_fetched


def test_libraries_are_told_so_and_all_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFORMERS_OFFLINE", "0")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    constants = ModuleType("huggingface_hub.constants")
    constants.HF_HUB_OFFLINE = False
    hub = ModuleType("huggingface_hub")
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    monkeypatch.setitem(sys.modules, "huggingface_hub.constants", constants)
    with suppress(ValueError), nothing_fetched():
        assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
        assert constants.HF_HUB_OFFLINE
        raise ValueError
    assert "HF_HUB_OFFLINE" not in os.environ
    assert os.environ["TRANSFORMERS_OFFLINE"] == "0"
    assert not constants.HF_HUB_OFFLINE
