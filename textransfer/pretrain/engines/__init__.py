"""Choose an engine: the fastest one that can do what is asked on what is there."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textransfer.config import PretrainConfig
from textransfer.errors import ConfigError
from textransfer.pretrain.engines import gpu
from textransfer.pretrain.engines.base import BlockStats, Engine
from textransfer.pretrain.plan import Plan
from textransfer.pretrain.tables import initial_tables
from textransfer.text.pipeline import available_cores

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
    """Resolve engine, device, threads and batch size.

    Parameters
    ----------
    config : PretrainConfig
    n_tokens : int
        Tokens of the corpus.
    n_processes : int, default=1
        How many share the cores of this machine.

    Raises
    ------
    ConfigError
        If a device is named that is not there, or options contradict each other.
    """
    name, device = _name_and_device(config, n_tokens)
    if name == "cpu":
        if device != "cpu":
            raise ConfigError(
                f"engine 'cpu' cannot run on device {device!r}; expected device 'cpu', or engine 'torch'"
            )
        if config.n_jobs > 1 and config.max_steps is not None:
            raise ConfigError(
                f"max_steps counts updates one after the other, but n_jobs is {config.n_jobs}; set it to 1"
            )
        is_small = n_tokens < PARALLEL_FROM or config.max_steps is not None
        n_jobs = config.n_jobs or (1 if is_small else max(available_cores() // n_processes, 1))
        return EngineChoice(name, device, n_jobs, config.batch_size or 1)
    if config.n_jobs > 1:
        raise ConfigError(f"n_jobs is {config.n_jobs}, but only engine 'cpu' has threads; leave it out")
    if name == "triton":
        return EngineChoice(name, device, 1, config.batch_size or 1)
    automatic = int(np.clip(n_tokens // CUDA_BATCH_SHARE, 1, LARGEST_BATCH))
    return EngineChoice(name, device, 1, config.batch_size or automatic)


def build_engine(
    choice: EngineChoice, config: PretrainConfig, counts: npt.NDArray[np.int64], seed: int
) -> Engine:
    """Make the chosen engine with fresh tables.

    Parameters
    ----------
    choice : EngineChoice
    config : PretrainConfig
        Resolved.
    counts : ndarray of int64, shape (V,)
        Occurrences of the words.
    seed : int
    """
    if config.vector_size is None:
        raise TypeError("the settings are not resolved: call PretrainConfig.resolve first")
    plan = Plan.from_config(config, counts, seed, batch_size=choice.batch_size)
    tables = initial_tables(plan.sampler.noise.probabilities, config.vector_size, config.initialization, seed)
    if choice.name == "cpu":
        from textransfer.pretrain.engines.cpu import CpuEngine

        return CpuEngine(plan, tables, n_jobs=choice.n_jobs)
    if choice.name == "triton":
        from textransfer.pretrain.engines.triton import TritonEngine

        return TritonEngine(plan, tables, device=choice.device)
    from textransfer.pretrain.engines.reference import ReferenceEngine

    return ReferenceEngine(plan, tables, device=choice.device)


def _name_and_device(config: PretrainConfig, n_tokens: int) -> tuple[str, str]:
    """Resolve "auto" for the engine."""
    if config.engine == "triton":
        device = gpu.device_for_triton(config.device)
        return "triton", device if device == "cpu" else _device(replace(config, device=device))
    if config.engine == "auto" and config.device == "auto" and gpu.is_worthwhile(config, n_tokens):
        return "triton", "cuda"
    device = _device(config)
    if config.engine != "auto":
        return config.engine, device
    if device.startswith("cuda") and gpu.IS_PROVEN and gpu.can_train(config):
        return "triton", device
    return ("cpu" if device == "cpu" else "torch"), device


def _device(config: PretrainConfig) -> str:
    """Resolve "auto", and refuse a device that is not there; torch is loaded only if it must be asked."""
    if config.device == "cpu" or (config.device == "auto" and config.engine != "torch"):
        return "cpu"
    import torch

    if config.device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(1, device=config.device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"device {config.device!r} cannot be used ({reason}); expected 'auto', 'cpu', or a device that "
            "torch sees, such as 'cuda'"
        ) from error
    return config.device
