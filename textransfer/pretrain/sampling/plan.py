"""Settings and vocabulary turned into what an engine needs: samplers and plain choices."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.config import BIASED, Objective, PretrainConfig, Reduction
from textransfer.pretrain.sampling.noise import (
    NoiseSampler,
    frequency_ranks,
    log_uniform_probabilities,
    unigram_probabilities,
)
from textransfer.pretrain.sampling.steps import StepSampler
from textransfer.pretrain.sampling.windows import WindowSampler, keep_thresholds
from textransfer.randomness import Stream, stream_key


@dataclass(frozen=True)
class TrainingPlan:
    """What to train and on which samples."""

    sampler: StepSampler
    """The samples of every engine; a fused kernel draws the same ones itself."""
    objective: Objective
    reduction: Reduction
    """Whether a step follows the sum or the mean of its pairs' losses."""
    kept_shares: npt.NDArray[np.float64]
    """How often each word is expected among the words that survive the subsampling; sums to 1, shape (V,)."""

    @property
    def has_bias(self) -> bool:
        """Whether the words' biases are trained."""
        return self.objective in BIASED

    @property
    def is_window_wise(self) -> bool:
        """Whether each window, or group of neighbours, is a step of its own with its own noise words."""
        return (
            self.sampler.batch_size == 1
            and self.sampler.sharing in ("window", "neighbours")
            and self.sampler.noise.replacement
        )

    @classmethod
    def from_config(
        cls, config: PretrainConfig, counts: npt.NDArray[np.int64], seed: int, *, batch_size: int
    ) -> "TrainingPlan":
        """Build it from resolved settings and the words' counts, shape (V,); `batch_size` windows a step."""
        if config.window is None or config.sample is None or config.noise_sharing == "auto":
            raise TypeError("the settings are not resolved: call PretrainConfig.resolve first")
        probabilities = (
            unigram_probabilities(counts, config.ns_exponent)
            if config.noise == "unigram"
            else log_uniform_probabilities(counts.size)[frequency_ranks(counts)]
        )
        windows = WindowSampler(
            keep=keep_thresholds(counts, config.sample),
            window=config.window,
            is_shrinking=config.shrink_window,
            subsample_key=stream_key(seed, Stream.SUBSAMPLE),
            window_key=stream_key(seed, Stream.WINDOW),
        )
        sampler = StepSampler(
            windows=windows,
            noise=NoiseSampler(probabilities, config.negative, config.noise_replacement),
            noise_key=stream_key(seed, Stream.NOISE),
            sharing=config.noise_sharing,
            batch_size=batch_size,
            is_skipping=config.skip_hits,
        )
        kept = counts * windows.keep.astype(np.float64)
        shares = kept / (kept.sum() or 1.0)  # a tiny sample keeps nothing of a text of frequent words
        return cls(sampler, config.objective, config.reduction, shares)
