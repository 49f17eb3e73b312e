"""Fits of few labels leave the threads of BLAS alone, and what they find as it was."""

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.training import threads

TEXTS = [[word, f"film{i}"] for i in range(4) for word in ("good", "bad")]
LABELS = ["pos", "neg"] * 4


def n_threads():
    return max(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")


@pytest.mark.parametrize("classifier", [SentimentClassifier, CombinedClassifier])
@pytest.mark.parametrize(("most", "expected"), [(8, 1), (7, 3)])
def test_few_labels_are_learned_with_one_thread(monkeypatch, classifier, most, expected):
    seen = []

    def train(*arguments):
        seen.append(n_threads())
        yield from ()

    monkeypatch.setattr(threads, "MOST_LABELS_SIDE_BY_SIDE", most)
    monkeypatch.setattr("textransfer.sentiment.classifier.train_fits", train)
    with threadpool_limits(3, user_api="blas"):
        if n_threads() != 3:
            pytest.skip("this BLAS has a fixed number of threads")
        classifier(vector_size=4, calibrate=False).fit(TEXTS, LABELS)
        assert n_threads() == 3
    assert seen == [expected]
