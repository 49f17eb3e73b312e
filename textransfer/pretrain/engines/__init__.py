"""Choose an engine: the fastest one that can do what is asked on what is there."""

import os
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textransfer.config import PretrainConfig
from textransfer.errors import ConfigError
from textransfer.pretrain.engines.base import BlockStats, Engine
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.tables import initial_tables
from textransfer.text.encoding.pipeline import threads_for

__all__ = ["BlockStats", "Engine", "EngineChoice", "build_engine", "choose_engine"]

PARALLEL_FROM = 200_000
"""Tokens from which more than one thread is worth losing exact repeatability."""

CUDA_BATCH_SHARE = 2_000
"""A torch minibatch holds at most this fraction of the corpus, so that no word gets many stale updates."""
LARGEST_BATCH = 1024


class EngineChoice(NamedTuple):
    """A resolved choice: name, device, threads and windows a step."""

    name: str
    device: str
    n_jobs: int
    batch_size: int


def choose_engine(config: PretrainConfig, n_tokens: int, n_processes: int = 1) -> EngineChoice:
    """Resolve engine, device, threads and batch size; `n_processes` share the cores of this machine.

    Raises
    ------
    ConfigError
        If a device is named that is not there, or options contradict each other.
    """
    name, device = _name_and_device(config)
    asked = threads_for(config.n_jobs, n_processes)
    if name == "cpu":
        if device != "cpu":
            raise ConfigError(
                f"engine 'cpu' cannot run on device {device!r}; expected device 'cpu', or engine 'torch'"
            )
        if asked > 1 and config.max_steps is not None:
            raise ConfigError(
                f"max_steps counts updates one after the other, but n_jobs is {config.n_jobs}; set it to 1"
            )
        is_small = n_tokens < PARALLEL_FROM or config.max_steps is not None
        n_jobs = asked or (1 if is_small else threads_for(-1, n_processes))
        return EngineChoice(name, device, n_jobs, config.batch_size or 1)
    if asked > 1:
        raise ConfigError(f"n_jobs is {config.n_jobs}, but only engine 'cpu' has threads; leave it out")
    if name == "triton":
        return EngineChoice(name, device, 1, config.batch_size or 1)
    automatic = int(np.clip(n_tokens // CUDA_BATCH_SHARE, 1, LARGEST_BATCH))
    return EngineChoice(name, device, 1, config.batch_size or automatic)


def build_engine(
    choice: EngineChoice, config: PretrainConfig, counts: npt.NDArray[np.int64], seed: int
) -> Engine:
    """Make the chosen engine with fresh tables, from resolved settings and the words' counts, shape (V,)."""
    if config.vector_size is None:
        raise TypeError("the settings are not resolved: call PretrainConfig.resolve first")
    plan = TrainingPlan.from_config(config, counts, seed, batch_size=choice.batch_size)
    tables = initial_tables(plan.sampler.noise.probabilities, config.vector_size, config.initialization, seed)
    if choice.name == "cpu":
        from textransfer.pretrain.engines.cpu import CpuEngine

        return CpuEngine(plan, tables, n_jobs=choice.n_jobs)
    if choice.name == "triton":
        from textransfer.pretrain.engines.triton import TritonEngine

        return TritonEngine(plan, tables, device=choice.device)
    from textransfer.pretrain.engines.reference import ReferenceEngine

    return ReferenceEngine(plan, tables, device=choice.device)


def _name_and_device(config: PretrainConfig) -> tuple[str, str]:
    """Resolve "auto" for the engine; the fused kernel, which no GPU has run yet, must be named."""
    if config.engine == "triton":
        device = _device_for_triton(config.device)
        return "triton", device if device == "cpu" else _device(device, is_torch=True)
    device = _device(config.device, is_torch=config.engine == "torch")
    if config.engine != "auto":
        return config.engine, device
    return ("cpu" if device == "cpu" else "torch"), device


def _device(device: str, *, is_torch: bool) -> str:
    """Resolve "auto", and refuse a device that is not there; torch is loaded only if it must be asked."""
    if device == "cpu" or (device == "auto" and not is_torch):
        return "cpu"
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"device {device!r} cannot be used ({reason}); expected 'auto', 'cpu', or a device that "
            "torch sees, such as 'cuda'"
        ) from error
    return device


def _device_for_triton(device: str) -> str:
    """Resolve the device of a run that names the Triton engine; refuse it without a GPU or Triton."""
    if find_spec("triton") is None:
        raise ConfigError(
            "engine 'triton' needs the Python module 'triton', which torch's builds for CUDA bring with them "
            "on Linux, and it is not installed; install such a build, or use engine 'auto'"
        )
    is_interpreted = os.environ.get("TRITON_INTERPRET", "").lower() in ("1", "true", "on", "yes", "y")
    if is_interpreted and device in ("auto", "cpu"):
        return "cpu"
    import torch

    if device == "cpu" or not torch.cuda.is_available():
        reason = "device is 'cpu'" if device == "cpu" else "torch finds none"
        raise ConfigError(
            f"engine 'triton' needs an NVIDIA GPU, but {reason}; expected one, or engine 'auto' "
            "(with TRITON_INTERPRET=1 set it runs on the CPU, for tests)"
        )
    return "cuda" if device == "auto" else device
