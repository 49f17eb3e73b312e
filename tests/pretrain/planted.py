"""Small encoded texts for the tests of the pretraining layer."""

import numpy as np

from textransfer.config import PretrainConfig
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.tables import Tables, initial_tables

N_WORDS = 40


def ragged_text(
    seed: int = 0, n_documents: int = 30, n_words: int = N_WORDS
) -> tuple[np.ndarray, np.ndarray]:
    """Return tokens and offsets of documents of 0..25 words with Zipf frequencies."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 26, n_documents)
    q = 1 / np.arange(1, n_words + 1)
    tokens = rng.choice(n_words, size=sizes.sum(), p=q / q.sum()).astype(np.int32)
    return tokens, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def counts_of(tokens: np.ndarray, n_words: int = N_WORDS) -> np.ndarray:
    return np.maximum(np.bincount(tokens, minlength=n_words), 1)


def plan_and_tables(
    tokens: np.ndarray, vector_size: int, seed: int = 7, n_words: int = N_WORDS, **settings: object
) -> tuple[TrainingPlan, Tables]:
    """Return a plan with these settings, and tables far from zero so that every gradient is alive."""
    given = {"window": 4, "sample": 1e-2, **settings}
    config = PretrainConfig(**given).resolve(tokens.size)
    plan = TrainingPlan.from_config(
        config, counts_of(tokens, n_words), seed, batch_size=config.batch_size or 1
    )
    tables = initial_tables(plan.sampler.noise.probabilities, vector_size, "article", seed)
    rng = np.random.default_rng(seed)
    bias = rng.normal(0, 0.5, n_words).astype(np.float32)
    return plan, Tables(tables.in_vectors, tables.out_vectors, bias)
