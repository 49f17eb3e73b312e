"""What is said over HTTP is what the classifier says in Python."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from serving.conftest import Serve
from starlette.testclient import TestClient

from textransfer import SentimentClassifier, SkipGram, TfidfBaseline, read_labelled
from textransfer.bundled import bundled_corpora
from textransfer.sentiment.predicted_rows import predict_rows

pytestmark = pytest.mark.filterwarnings("ignore::textransfer.TextransferWarning")
TEXTS = ["a gripping, wonderful film", "tedious and awful", "xyzzy", "", "Not a dull plot 😀 but a fine cast"]


def test_one_text_and_many_get_what_predict_json_says(
    client: TestClient, classifier: SentimentClassifier
) -> None:
    answer = client.post("/predict", json={"texts": TEXTS})
    assert answer.status_code == 200
    rows = list(predict_rows(classifier, TEXTS))
    said = answer.json()["predictions"]
    assert [row["label"] for row in said] == [row["label"] for row in rows]
    p = classifier.predict_proba(TEXTS)
    for row, expected, shares in zip(said, p, rows, strict=True):
        assert [row["probabilities"][name] for name in classifier.classes_] == pytest.approx(
            expected, abs=1e-6
        )
        assert row["known_words"] == shares["known_words"]
    assert client.post("/predict", json={"text": TEXTS[1]}).json()["predictions"] == said[1:2]


def test_how_many_classes_and_no_label_below_a_probability(client: TestClient) -> None:
    body = {"texts": TEXTS, "top_k": 1, "abstain_below": 0.01}
    said = client.post("/predict", json=body).json()["predictions"]
    assert [len(row["probabilities"]) for row in said] == [1] * len(TEXTS)
    assert client.post("/predict", json=body | {"top_k": 1.0}).json()["predictions"] == said
    assert [row["label"] is None for row in said] == [False, False, True, True, False]


def test_words_stand_where_they_are_and_add_what_explain_says(
    client: TestClient, classifier: SentimentClassifier
) -> None:
    text = TEXTS[4]
    for label, column in (("negative", 0), ("positive", 1)):
        body = {"text": text, "label": label}
        row = client.post("/explain", json=body).json()["explanations"][0]
        pieces = classifier.explain([text])[0].pieces
        assert row["explained"] == label
        assert len(row["words"]) == len(pieces) > 3
        for word, piece in zip(row["words"], pieces, strict=True):
            assert (word["word"], word["start"], word["end"]) == (piece.surface, piece.start, piece.end)
            assert word["token"] == piece.word
            assert word["contribution"] == pytest.approx(piece.contributions[column], abs=1e-6)
    assert [text[word["start"] : word["end"]] for word in row["words"] if word["word"] == "cast"] == ["cast"]
    predicted = client.post("/predict", json={"text": text}).json()["predictions"][0]
    assert {name: row[name] for name in predicted} == predicted


def test_neighbours_of_a_word_in_a_text_are_asked_by_its_token(served: Serve) -> None:
    folder = bundled_corpora("ja")
    vectors = SkipGram(vector_size=4, epochs=2).fit(folder / "unlabeled.txt").vectors_
    few = read_labelled(folder / "few.csv")
    client = served(SentimentClassifier(vectors).fit(few.texts, few.labels))
    (row,) = client.post("/explain", json={"text": few.texts[0]}).json()["explanations"]
    tokens = {word["token"] for word in row["words"]}
    assert tokens - {word["word"] for word in row["words"]}, "some are written otherwise"
    for token in tokens & set(vectors.words):
        assert client.get("/neighbors", params={"word": token}).status_code == 200


def test_neighbours_are_those_of_the_vectors_that_the_classifier_averages(
    client: TestClient, classifier: SentimentClassifier
) -> None:
    said = client.get("/neighbors", params={"word": "film", "n": 4}).json()
    units = classifier.averaging_.table / np.linalg.norm(classifier.averaging_.table, axis=1, keepdims=True)
    words = list(classifier.averaging_.index)
    cosines = units @ units[words.index("film")]
    cosines[words.index("film")] = -2
    assert [row["word"] for row in said["neighbors"]] == [words[row] for row in np.argsort(-cosines)[:4]]
    answer = client.get("/neighbors", params={"word": "flim"})
    assert answer.status_code == 404
    assert "film" in answer.json()["error"]


def test_what_a_classifier_cannot_answer_is_told(served: Serve) -> None:
    class Mute(TfidfBaseline):
        reads_words = False

    client = served(Mute().fit(["good film", "bad film"], ["up", "down"]))
    assert client.post("/predict", json={"text": "good"}).status_code == 200
    assert client.post("/explain", json={"text": "good"}).status_code == 501
    assert client.get("/neighbors?word=good").status_code == 501


@pytest.mark.parametrize("fourth", ["xxxxxx", "broken"])
def test_requests_that_come_together_are_computed_together_and_keep_apart(served: Serve, fourth: str) -> None:
    """The first batch is held until all others wait; they make the second."""

    class Slow:
        reads_words = True
        classes_ = np.array(["short", "long"])
        sizes: tuple[int, ...] = ()
        is_free = threading.Event()

        def encode(self, texts: list[str]) -> list[str]:
            self.sizes = (*self.sizes, len(texts))
            self.is_free.wait(10)
            if "broken" in texts:
                raise ValueError("of one")
            return texts

        def predict_proba(self, texts: list[str]) -> np.ndarray:
            return np.array([[1 - len(text) / 10, len(text) / 10] for text in texts])

        def known_shares(self, texts: list[str]) -> np.ndarray:
            return np.ones(len(texts))

    slow = Slow()
    client = served(slow)
    requests = [["x"], ["xx"], ["x" * 3, "x" * 4, "x" * 5], [fourth], ["x" * 7]]
    with ThreadPoolExecutor(len(requests)) as pool:
        answers = [pool.submit(client.post, "/predict", json={"texts": requests[0]})]
        while not slow.sizes:
            pass
        answers += [pool.submit(client.post, "/predict", json={"texts": texts}) for texts in requests[1:]]
        while "textransfer_waiting_requests 4.0" not in client.get("/metrics").text:
            pass
        slow.is_free.set()
    assert slow.sizes[:2] == (1, 6)
    assert sorted(slow.sizes[2:]) == ([1, 1, 1, 3] if fourth == "broken" else [])
    for texts, answer in zip(requests, answers, strict=True):
        if texts == ["broken"]:
            assert answer.result().status_code == 500
            continue
        shares = [row["probabilities"]["long"] for row in answer.result().json()["predictions"]]
        assert shares == [len(text) / 10 for text in texts]
