"""Whether the GPU engine can run here, and whether it is worth starting."""

import os
import platform
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path

from textransfer.config import PretrainConfig
from textransfer.errors import ConfigError

MOST_NOISE_WORDS = 63
MOST_DIMENSIONS = 1024
"""One program holds all output vectors of a window: beyond these sizes they no longer fit."""

IS_PROVEN = False
"""Whether the kernel has been run and measured on a GPU (`benchmarks/gpu.py`). Until then it is checked in
the interpreter only, and nobody gets it who does not ask for it by name."""

WORTHWHILE_FROM = 50_000_000
"""Words to read, over all epochs, from which "auto" takes a GPU. The CPU engine reads so many in half a
minute on two cores, while torch, CUDA and the compiler take some seconds to start. Not measured yet."""


def why_not(*, is_window_wise: bool, n_noise: int, vector_size: int) -> str:
    """Say why the kernel cannot train what is asked; nothing if it can.

    Parameters
    ----------
    is_window_wise : bool
        See `Plan.is_window_wise`.
    n_noise : int
        K.
    vector_size : int
        D.
    """
    if not is_window_wise:
        return (
            "trains one window a step, with noise words shared by the window and drawn with replacement; "
            "leave batch_size, noise_sharing and noise_replacement as they are, or use engine 'torch'"
        )
    if n_noise > MOST_NOISE_WORDS:
        return f"takes at most {MOST_NOISE_WORDS} noise words, not {n_noise}; use engine 'torch'"
    if vector_size > MOST_DIMENSIONS:
        return f"takes at most {MOST_DIMENSIONS} dimensions, not {vector_size}; use engine 'torch'"
    return ""


def can_train(config: PretrainConfig) -> bool:
    """Tell whether the kernel can train by these settings (resolved), and Triton is installed."""
    is_window_wise = (
        config.batch_size in (None, 1) and config.noise_sharing == "window" and config.noise_replacement
    )
    problem = why_not(
        is_window_wise=is_window_wise, n_noise=config.negative, vector_size=config.vector_size or 1
    )
    return not problem and config.max_steps is None and find_spec("triton") is not None


def is_worthwhile(config: PretrainConfig, n_tokens: int) -> bool:
    """Tell whether "auto" should train on a GPU: one is there, can do it, and the text is large enough.

    What is cheap to know is asked first, so that no small run waits for torch.
    """
    is_large = n_tokens * (config.epochs or 1) >= WORTHWHILE_FROM
    if not (IS_PROVEN and is_large and can_train(config)) or config.n_jobs:
        return False
    if not has_driver():
        return False
    import torch

    return torch.cuda.is_available()


def has_driver() -> bool:
    """Tell, without loading torch, whether this machine may have an NVIDIA GPU at all.

    The driver shows itself as a device file (the last one is that of Linux under Windows), on Windows as a
    library.
    """
    if platform.system() == "Windows":
        return find_library("nvcuda") is not None
    return any(Path(path).exists() for path in ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"))


def is_interpreted() -> bool:
    """Tell whether Triton is told to interpret kernels on the CPU instead of compiling them."""
    return os.environ.get("TRITON_INTERPRET", "").lower() in ("1", "true", "on", "yes", "y")


def device_for_triton(device: str) -> str:
    """Resolve the device of a run that names the Triton engine.

    Raises
    ------
    ConfigError
        If there is no GPU, or no Triton.
    """
    if find_spec("triton") is None:
        raise ConfigError(
            "engine 'triton' needs the Python module 'triton', which torch's builds for CUDA bring with them "
            "on Linux, and it is not installed; install such a build, or use engine 'auto'"
        )
    if is_interpreted() and device in ("auto", "cpu"):
        return "cpu"
    import torch

    if device == "cpu" or not torch.cuda.is_available():
        found = "device is 'cpu'" if device == "cpu" else "torch finds none"
        raise ConfigError(
            f"engine 'triton' needs an NVIDIA GPU, but {found}; expected one, or engine 'auto' "
            "(with TRITON_INTERPRET=1 set it runs on the CPU, for tests)"
        )
    return "cuda" if device == "auto" else device
