"""Write a folder of golden files with the present release; see README.md beside it.

python tests/golden/make.py tests/golden/release-0.2.0
"""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textransfer import (
    SentimentClassifier,
    SkipGram,
    TfidfBaseline,
    WordVectors,
    classify,
)
from textransfer.text.reading.labelled import LabelledTexts

TEXTS = [
    "a good film and a witty plot",
    "the music was not good",
    "dull dull dull",
    "unseen words alone",
    "goodness, what a badly made plot",
    "",
]
WORDS = {"bad": ["bad", "dull"], "good": ["good", "witty"]}
Build = Callable[[WordVectors, list[str], list[str]], Any]
BUILDERS: dict[str, Build] = {
    "vectors": lambda vectors, texts, labels: SentimentClassifier(vectors, random_state=1).fit(texts, labels),
    "fine-tuned": lambda vectors, texts, labels: SentimentClassifier(
        vectors, fine_tune=True, epochs=10, encoder="mean", random_state=1
    ).fit(texts, labels),
    "without-vectors": lambda _, texts, labels: SentimentClassifier(
        vector_size=4, epochs=10, random_state=1
    ).fit(texts, labels),
    "tfidf": lambda _, texts, labels: TfidfBaseline().fit(texts, labels),
    "classified": lambda vectors, texts, labels: classify(
        vectors, LabelledTexts(texts, labels, "reviews"), n_draws=2
    ),
}
"""Of every kind that has a folder of its own, but over encoders: those name another folder."""


def reviews(n: int, seed: int) -> tuple[list[str], list[str]]:
    """Return n short reviews with their labels."""
    draws = random.Random(seed)
    labels = [("bad", "good")[number % 2] for number in range(n)]
    kinds = [
        [*draws.choices(WORDS[label], k=2), *draws.choices(["film", "plot", "a"], k=3)] for label in labels
    ]
    return [" ".join(draws.sample(words, 5)) for words in kinds], labels


def main(folder: Path) -> None:
    """Pretrain, train, save, and write down what the classifiers say."""
    texts = reviews(2_100, 0)[0]
    for place in range(0, len(texts), 5):
        texts[place] = texts[place].replace("good", "not good")
    settings = {"vector_size": 4, "epochs": 2, "n_jobs": 1, "random_state": 1, "ngrams": "all"}
    vectors = SkipGram(negation="english", tokenizer="words", **settings).fit(texts).vectors_
    assert vectors.phrases is not None
    assert vectors.ngrams is not None
    vectors.save(folder / "embeddings")
    few = reviews(40, 1)
    said: dict[str, Any] = {}
    for name, build in BUILDERS.items():
        classifier = build(vectors, *few)
        classifier.save(folder / name)
        predictor = getattr(classifier, "classifier", classifier)
        said[name] = {
            "probabilities": predictor.predict_proba(TEXTS).round(8).tolist(),
            "known_shares": predictor.known_shares(TEXTS).round(8).tolist(),
        }
    record = {
        "texts": TEXTS,
        "classifiers": said,
        "words": vectors.words[:5],
        "vectors": vectors.matrix[:5].tolist(),
        "unknown": vectors["goodness"].tolist(),
        "phrases": vectors.phrases.matrix[-3:].astype(float).tolist(),
        "neighbours": [word for word, _ in vectors.most_similar("good", n=3)],
    }
    (folder / "expected.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
