"""``textransfer classify`` before the first label: seed words alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textransfer.cli.console import Console, percent
from textransfer.cli.trust import emphasis_lines, emphasis_record

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.text.corpus import LabelledTexts


def refuse_without_labels(options: Mapping[str, object]) -> None:
    """Refuse options that speak of labelled texts.

    Raises
    ------
    ConfigError
        If one of them is given.
    """
    from textransfer.errors import ConfigError

    for name, value in options.items():
        if value is not None:
            raise ConfigError(
                f"{name} is about labelled texts, but there are none; give --labeled, or leave it out"
            )


def classify_without_labels(
    console: Console,
    classifier: "SentimentClassifier",
    test: "LabelledTexts | None",
    output: Path,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Save the classifier that seed words alone make, and say how well it does if there is a test file.

    Raises
    ------
    ConfigError
        If there are no seed words, or none that the vectors know.
    CorpusError
        If a test text has a label without seed words.
    """
    from textransfer.errors import ConfigError, CorpusError

    if classifier.seed_words is None:
        raise ConfigError(
            "there are neither labels nor seed words; give --labeled FILE, --seed-words, or both"
        )
    classifier.fit([], [])
    facts: dict[str, Any] = {
        "output": str(output),
        "classes": classifier.classes_.tolist(),
        "n_labels": 0,
        "emphasis": emphasis_record(classifier),
    }
    if test is not None:
        unknown = sorted(set(test.labels) - set(facts["classes"]))
        if unknown:
            raise CorpusError(
                f"{test.source} has the label {unknown[0]!r}, for which there are no seed words; expected "
                f"one of {', '.join(facts['classes'])}"
            )
        facts |= _score(classifier, test)
    classifier.save(output, force=force)
    if as_json:
        console.result_json(facts)
        return
    report = classifier.seed_report_
    lines = (
        [] if report is None else [f"seeds     {label}: {', '.join(w)}" for label, w in report.known.items()]
    )
    lines += emphasis_lines(facts["emphasis"], "seed words")
    if test is not None:
        low, high = facts["accuracy"]["low"], facts["accuracy"]["high"]
        lines.append(
            f"accuracy  {percent(facts['accuracy']['estimate'])} ({percent(low)} to {percent(high)}) on "
            f"{facts['n_test']:,} test texts, macro-F1 {percent(facts['macro_f1'])}"
        )
    lines.append(f"saved     {output} (seed words alone, no labels)")
    console.result("\n".join(lines))


def _score(classifier: "SentimentClassifier", test: "LabelledTexts") -> dict[str, Any]:
    import numpy as np
    from sklearn.metrics import f1_score

    from textransfer.transfer.intervals import accuracy_interval

    predicted, truth = classifier.predict(test.texts), np.array(test.labels)
    return {
        "n_test": len(test),
        "accuracy": accuracy_interval((predicted == truth)[None]).to_dict(),
        "macro_f1": float(f1_score(truth, predicted, average="macro")),
    }
