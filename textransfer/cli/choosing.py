"""Which classifier ``classify --text-features`` saves: with words where the comparison shows their use."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textransfer.config import ClassifierConfig
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier
    from textransfer.text.corpus import LabelledTexts
    from textransfer.transfer.results import Comparison


def choose(
    comparison: "Comparison",
    classifier: "SentimentClassifier",
    config: "ClassifierConfig",
    pool: "LabelledTexts",
) -> tuple["SentimentClassifier | CombinedClassifier", str]:
    """Return the classifier to save, fitted on all labelled texts, and why, as the end of a clause.

    Parameters
    ----------
    comparison : Comparison
        With the arm that has text features.
    classifier : SentimentClassifier
        Fitted on all labelled texts: what is saved unless that arm is ahead, its 95% interval above zero.
    config : ClassifierConfig
        Settings of both.
    pool : LabelledTexts
        All labelled texts.
    """
    from textransfer.sentiment.combined import FEWEST_LABELS, CombinedClassifier
    from textransfer.transfer.results import WITH_WORDS

    if classifier.seed_words is not None:
        return classifier, "; seed words go without text features"
    if comparison.n_labels < FEWEST_LABELS:
        return classifier, (
            f"; text features need {FEWEST_LABELS} labels, the comparison trained on {comparison.n_labels}"
        )
    behind = comparison.arm(WITH_WORDS).behind
    if behind is None or behind.high >= 0:
        return classifier, "; text features did not show to help"
    combined = CombinedClassifier(
        classifier.vectors,
        tokenizer=classifier.tokenizer,
        config=config,
        random_state=comparison.random_state,
    ).fit(pool.texts, pool.labels)
    if combined.words_ is None:
        return classifier, "; a class has too few texts for text features"
    return combined, ", with text features"
