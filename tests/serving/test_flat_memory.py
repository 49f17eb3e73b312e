"""glibc is told how to hand out memory, in a process of its own; elsewhere nothing is done."""

import platform
import subprocess
import sys

from textransfer.serving import memory


def test_glibc_obeys() -> None:
    code = "from textransfer.serving.memory import keep_memory_flat; print(keep_memory_flat())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(platform.libc_ver()[0] == "glibc")


def test_other_systems_are_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert not memory.keep_memory_flat()
