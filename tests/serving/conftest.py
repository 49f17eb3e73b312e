"""A served classifier of the bundled reviews, small, and a client without a network."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from textransfer import SentimentClassifier, ServingConfig, SkipGram, build_app, read_labelled
from textransfer.bundled import bundled_corpora

Serve = Callable[..., TestClient]


@pytest.fixture(scope="session")
def classifier_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a saved classifier; tests must not change the folder."""
    folder = bundled_corpora("en")
    vectors = SkipGram(vector_size=8, epochs=30).fit(folder / "unlabeled.txt").vectors_
    few = read_labelled(folder / "few.csv")
    path = tmp_path_factory.mktemp("served") / "classifier"
    SentimentClassifier(vectors).fit(few.texts, few.labels).save(path)
    return path


@pytest.fixture(scope="session")
def classifier(classifier_folder: Path) -> SentimentClassifier:
    return SentimentClassifier.load(classifier_folder)


@pytest.fixture
def served(classifier: SentimentClassifier) -> Iterator[Serve]:
    """Return what makes a client of a server with some settings."""
    clients: list[TestClient] = []

    def make(served_classifier: object = classifier, **settings: object) -> TestClient:
        app = build_app(served_classifier, ServingConfig(**settings))
        client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        clients.append(client.__enter__())
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(served: Serve) -> TestClient:
    return served()
