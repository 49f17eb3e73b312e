"""What a notebook shows and does: short representations, training within an event loop."""

import asyncio

from reviews import labelled, word_vectors

from textransfer import LabelledTexts, SkipGram, classify
from textransfer.text.reading.corpus import Corpus

TEXTS, LABELS = labelled(60)


def test_training_within_an_event_loop() -> None:
    async def cell() -> int:
        return len(SkipGram(vector_size=4, epochs=1, n_jobs=2).fit(TEXTS).vectors_)

    assert asyncio.run(cell()) > 10


def test_results_are_shown_in_a_line_or_two() -> None:
    few = LabelledTexts(TEXTS, LABELS, "reviews")
    assert repr(few) == "<LabelledTexts: 60 texts of reviews, labelled bad, good>"
    assert repr(Corpus.from_texts(TEXTS)) == "<Corpus: the list of 60 texts>"
    result = classify(word_vectors(), few, n_draws=2)
    assert repr(result).startswith(f"<Classification: {result.comparison.verdict.sentence}")
    assert len(repr(result)) < 300
