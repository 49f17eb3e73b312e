"""How a trained classifier's probabilities and doubtful labels are shown."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier
    from textransfer.sentiment.trust import Trust
    from textransfer.text.corpus import LabelledTexts

MOST_DOUBTS = 5
SHOWN_CHARACTERS = 60


def trust_record(
    classifier: "SentimentClassifier | CombinedClassifier",
    pool: "LabelledTexts",
    test: "LabelledTexts | None",
) -> dict[str, Any]:
    """Return what is said of a classifier's labels and probabilities, and which labels look wrong."""
    import numpy as np

    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.out_of_fold import label_doubts
    from textransfer.sentiment.trust import trust_of

    place = {label: code for code, label in enumerate(classifier.classes_.tolist())}
    codes = np.array([place[label] for label in pool.labels])
    tested = None
    if test is not None:
        truth = np.array([place[label] for label in test.labels])
        tested = classifier.predict_proba(test.texts), truth
    trust = trust_of(classifier, codes, tested)
    doubts = [] if classifier.out_of_fold_ is None else label_doubts(classifier.out_of_fold_, codes)
    names = classifier.classes_.tolist()
    is_plain = isinstance(classifier, SentimentClassifier)
    return {
        "emphasis": emphasis_record(classifier if is_plain else classifier.classifier_),
        "weights": None if is_plain else list(classifier.weights_),
        "trust": trust,
        "doubts": [
            {
                "number": position + 1,
                "label": pool.labels[position],
                "looks_like": names[other],
                "probability": round(p, 4),
                "text": pool.texts[position],
            }
            for position, other, p in doubts
        ],
    }


def emphasis_record(classifier: "SentimentClassifier") -> dict[str, Any] | None:
    """Return which direction of the corpus the labels follow, with words of its two ends."""
    from textransfer.embeddings.vectors import WordVectors

    found, vectors = classifier.emphasis_, classifier.vectors
    if found is None or not isinstance(vectors, WordVectors):
        return None
    return {
        "direction": found.direction,
        "log_likelihood_ratio": round(found.log_likelihood_ratio, 2),
        "words": vectors.poles()[found.direction],
    }


def emphasis_lines(record: dict[str, Any] | None, speaking: str) -> list[str]:
    """Write the record for people; labels or seed words may be what speaks."""
    if record is None:
        return []
    low, high = (", ".join(words) for words in record["words"])
    return [
        f"emphasis  {speaking} follow the direction between two poles, {low} / {high} "
        f"(likelihood ratio {_ratio(record['log_likelihood_ratio'])}): it counts more"
    ]


def _ratio(logarithm: float) -> str:
    """Write a ratio to two digits; past a thousand its size says no more."""
    return f"{math.exp(logarithm):.2g}" if logarithm < math.log(1000) else "over 1,000"


def trust_lines(record: dict[str, Any]) -> list[str]:
    """Write the record for people."""
    lines = emphasis_lines(record["emphasis"], "labels")
    trust: Trust | None = record["trust"]
    if trust is not None:
        how = f"temperature {trust.temperature:.2f}"
        if record["weights"] is not None:  # what calibrates in place of a temperature
            how = "weights {:.2f} of vectors, {:.2f} of words".format(*record["weights"])
        lines.append(
            f"trust     probabilities are off by {100 * trust.calibration_error:.1f} points on average "
            f"({trust.n_texts:,} texts, {trust.source}; {how})"
        )
        shown = [
            f"above {one.threshold:g}: {one.share:.0%} of texts, {one.accuracy:.0%} right"
            for one in trust.answered
            if one.share < 1
        ]
        if shown:
            lines.append("abstain   answering only " + "; ".join(shown))
    doubts = record["doubts"]
    for doubt in doubts[:MOST_DOUBTS]:
        text = " ".join(doubt["text"].split())
        text = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "..."
        lines.append(
            f"doubt     labelled text {doubt['number']} is {doubt['label']!r}, but looks like "
            f"{doubt['looks_like']!r} ({doubt['probability']:.2f}): {text}"
        )
    if len(doubts) > MOST_DOUBTS:
        lines.append(f"          and {len(doubts) - MOST_DOUBTS} more, in comparison.json")
    return lines
