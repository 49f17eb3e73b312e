"""Several threads of a process predict and train at once, and each gets what it would get alone."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import (
    CombinedClassifier,
    SentimentClassifier,
    SkipGram,
    TfidfBaseline,
    forking,
    load_classifier,
)
from textransfer.caching import cached_property

TEXTS, LABELS = labelled(40)
MANY = labelled(400, seed=1)[0]


@pytest.mark.parametrize("kind", [SentimentClassifier, CombinedClassifier, TfidfBaseline])
def test_eight_threads_predict_the_same_as_one(kind: type, tmp_path: Path) -> None:
    fitted = (kind() if kind is TfidfBaseline else kind(word_vectors())).fit(TEXTS, LABELS)
    parts = [MANY[place : place + 50] for place in range(0, 400, 50)]
    for classifier in (fitted, load_classifier(fitted.save(tmp_path / kind.__name__))):
        with ThreadPoolExecutor(8) as pool:  # what is made at first use, they make
            together = list(pool.map(classifier.predict_proba, 8 * parts))
        alone = [classifier.predict_proba(part) for part in parts]
        for own, expected in zip(together, 8 * alone, strict=True):
            np.testing.assert_array_equal(own, expected)


def test_threads_pretrain_and_fit_side_by_side() -> None:
    def work(seed: int) -> tuple[np.ndarray, np.ndarray]:
        vectors = SkipGram(vector_size=4, epochs=3, n_jobs=1, random_state=seed).fit(MANY).vectors_
        fitted = SentimentClassifier(vectors, epochs=10, random_state=seed).fit(TEXTS, LABELS)
        return vectors.matrix, fitted.predict_proba(MANY)

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(work, [1, 2, 1, 2]))
    for own, seed in zip(together, [1, 2, 1, 2], strict=True):
        for part, expected in zip(own, work(seed), strict=True):
            np.testing.assert_array_equal(part, expected)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forked_children_predict_the_same(tmp_path: Path) -> None:
    fitted = SentimentClassifier(word_vectors()).fit(TEXTS, LABELS)
    loaded = load_classifier(fitted.save(tmp_path / "classifier"))
    expected = loaded.predict_proba(MANY)
    for number in range(2):
        child = os.fork()
        if not child:
            try:
                np.save(tmp_path / f"{number}.npy", loaded.predict_proba(MANY))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        np.testing.assert_array_equal(np.load(tmp_path / f"{number}.npy"), expected)


IN_A_THREAD = """
import signal, sys, threading
from textransfer import SkipGram

done, texts = [], ["a good film and a bad plot"] * 50
started = threading.Event()


def work():
    model = SkipGram(vector_size=2, epochs=300, n_jobs=1)
    done.append(model.fit(texts, on_progress=lambda _: started.set()).vectors_)


thread = threading.Thread(target=work)
thread.start()
started.wait()
try:
    signal.raise_signal(signal.SIGINT)
    sys.exit("Ctrl-C went unheard")
except KeyboardInterrupt:
    thread.join()
assert len(done[0]) == 6, "Ctrl-C is the main thread's: the other one ends its work"
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
"""


def test_ctrl_c_while_a_thread_pretrains_reaches_the_main_thread_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_THREAD], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_while_another_thread_computes_a_value_does_not_wait_for_it() -> None:
    """In Python 3.11 `functools.cached_property` has one lock for all objects of a class."""
    started, done = threading.Event(), threading.Event()

    class Slow:
        def __init__(self, is_slow: bool) -> None:
            self.is_slow = is_slow

        @cached_property
        def value(self) -> int:
            if self.is_slow:
                started.set()
                done.wait(60)
            return 7

    slow = Slow(is_slow=True)
    thread = threading.Thread(target=lambda: slow.value)
    thread.start()
    started.wait()
    try:
        with forking.begun(lambda: Slow(is_slow=False).value) as outcome:
            waiting = ThreadPool(1).apply_async(outcome)
            assert waiting.get(timeout=20) == 7
    finally:
        done.set()
        thread.join()


def test_values_are_computed_once_and_kept() -> None:
    vectors = word_vectors()
    assert vectors.unit_matrix is vectors.unit_matrix
    assert isinstance(type(vectors).__mro__[1].__dict__["unit_matrix"], cached_property)
