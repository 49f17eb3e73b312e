"""The demo: the article's experiment on the bundled reviews, from their texts to accuracies."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.bundled import HELD_OUT, LANGUAGES, TEST, bundled_corpora
from textransfer.embeddings.vectors import WordVectors
from textransfer.parallel import parallel
from textransfer.presets import PRETRAIN_PRESETS
from textransfer.pretrain.tables import initial_in_vectors
from textransfer.skipgram import SkipGram
from textransfer.text.encoding.pipeline import available_cores
from textransfer.text.reading.labelled import read_labelled
from textransfer.transfer.article import ArticleResult, run_article

_MOST_JOBS = 8


@dataclass(frozen=True)
class Demo:
    """The experiment in each language: `results` by language, with accuracies by arm and test file."""

    first_random_state: int
    n_random_states: int
    seconds: float
    results: Mapping[str, ArticleResult]

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return {
            "format_version": 1,
            "first_random_state": self.first_random_state,
            "seconds": self.seconds,
            "reports": [
                {"language": language, "n_random_states": self.n_random_states, **result.to_dict()}
                for language, result in self.results.items()
            ],
        }


def available_languages() -> list[str]:
    """Return the languages whose tokenizer is installed."""
    has_japanese = find_spec("sudachipy") and find_spec("sudachidict_core")
    return list(LANGUAGES) if has_japanese else ["en"]


def run_demo(
    languages: Iterable[str] = ("en",),
    n_random_states: int = 100,
    *,
    random_state: int = 0,
    progress: Callable[[int, int, str], None] = lambda n_done, n_all, what: None,
) -> Demo:
    """Repeat the article's experiment on the bundled reviews, with and without pretraining.

    Parameters
    ----------
    languages : iterable of {"en", "ja"}
        Of the reviews; Japanese needs its tokenizer.
    n_random_states : int, default=100
        Runs of each, from `random_state` on.
    random_state : int, default=0
    progress : callable, optional
        Called with (runs of pretraining done, all of them, what comes next).

    Returns
    -------
    Demo

    Raises
    ------
    ConfigError
        If there are no reviews in a language.
    MissingExtraError
        If its tokenizer is not installed.

    Examples
    --------
    >>> demo = run_demo(["en"], 2)
    >>> demo.results["en"].final("pretrained", "heldout.csv").shape
    (2,)
    """
    from joblib import delayed

    started = time.perf_counter()
    n_jobs = min(available_cores(), _MOST_JOBS)
    seeds = range(random_state, random_state + n_random_states)
    folders = {language: bundled_corpora(language) for language in languages}
    tasks = [(folder, seed) for folder in folders.values() for seed in seeds]
    pairs = []
    for pair in parallel(n_jobs, return_as="generator")(delayed(_pretrain)(*task) for task in tasks):
        pairs.append(pair)
        progress(len(pairs), len(tasks), "pretraining" if len(pairs) < len(tasks) else "classifiers")
    shares = [pairs[start : start + len(seeds)] for start in range(0, len(pairs), len(seeds))]
    results = parallel(n_jobs)(
        delayed(_classify)(folder, share, seeds)
        for folder, share in zip(folders.values(), shares, strict=True)
    )
    seconds = time.perf_counter() - started
    return Demo(random_state, n_random_states, seconds, dict(zip(folders, results, strict=True)))


def _pretrain(folder: Path, seed: int) -> tuple[WordVectors, npt.NDArray[np.float32]]:
    """Return the vectors of one random state after pretraining, with those it started from."""
    tokenizer, config = PRETRAIN_PRESETS["article"]
    estimator = SkipGram.from_configs(tokenizer, config, random_state=seed)
    vectors = estimator.fit(folder / "unlabeled.txt").vectors_
    return vectors, initial_in_vectors(len(vectors), vectors.vector_size, config.initialization, seed)


def _classify(
    folder: Path, pairs: Sequence[tuple[WordVectors, npt.NDArray[np.float32]]], seeds: Sequence[int]
) -> ArticleResult:
    """Train and score the classifiers of all random states on one corpus."""
    tests = {name: read_labelled(folder / name) for name in (TEST, HELD_OUT)}
    vectors, starts = zip(*pairs, strict=True)
    return run_article(vectors, starts, read_labelled(folder / "few.csv"), tests, seeds=seeds)
