"""``--report``: everything that `classify` found, as a page or a sheet."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier
    from textransfer.sentiment.trust import Trust
    from textransfer.text.corpus import LabelledTexts
    from textransfer.transfer.results import Comparison

WORDS_OF_VECTORS = " (with text features; words count by the vectors alone)"
SUFFIXES = (".html", ".png", ".svg")


def check_figure_names(curves: Path | None, path: Path | None, *, force: bool) -> None:
    """Refuse files for curves and report that cannot be written, before any work is done.

    Raises
    ------
    ConfigError
        If an ending is none of theirs, or both are the same file.
    OutputError
        If a file exists and `force` is false.
    """
    from textransfer.errors import ConfigError

    for option, figure in (("--curves", curves), ("--report", path)):
        if figure is not None:
            check_new(figure, option, force=force)
    if curves is not None and curves.suffix.lower() not in SUFFIXES[1:]:
        raise ConfigError(
            f"cannot write curves as {curves.name!r}; give a name that ends in {', '.join(SUFFIXES[1:])}"
        )
    if path is None:
        return
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(
            f"cannot write a report as {path.name!r}; give a name that ends in {', '.join(SUFFIXES)}"
        )
    if curves is not None and curves.resolve() == path.resolve():
        raise ConfigError(f"--curves and --report are both {str(path)!r}; give each a file of its own")


def check_new(path: Path, option: str, *, force: bool) -> None:
    """Refuse a file that an option names, if it exists or cannot be written, before any work is done.

    Raises
    ------
    OutputError
        If it exists and `force` is false, or its folder cannot hold it.
    """
    from textransfer.errors import OutputError
    from textransfer.storage import check_writable

    if path.is_file() and not force:
        raise OutputError(f"{path} exists already; give {option} another name, or --force to replace it")
    check_writable(path, force=force)


def write_report(
    comparison: "Comparison",
    classifier: "SentimentClassifier | CombinedClassifier",
    pool: "LabelledTexts",
    test: "LabelledTexts | None",
    trust: "Trust | None",
    path: Path,
    *,
    force: bool,
) -> None:
    """Inspect the classifier on the test texts, or cross-validated on its own; write the report."""
    from textransfer.cli.classify import design_of, details_of
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.report.comparison_page import comparison_page
    from textransfer.report.page import save_page
    from textransfer.report.panels import comparison_sheet
    from textransfer.report.plots import save_figure
    from textransfer.sentiment.calibration import tempered
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.transfer.inspection import inspect

    classifier_on = f"the classifier trained on all {len(pool):,} labels"
    found = classifier.out_of_fold_
    if test is not None:
        texts, labels = list(test.texts), list(test.labels)
        probabilities = classifier.predict_proba(texts)
        source = f"{classifier_on}, on {len(texts):,} test texts"
    elif found is not None:
        rows = sorted(set(found.positions.tolist()))
        texts, labels = [pool.texts[i] for i in rows], [pool.labels[i] for i in rows]
        probabilities = tempered(found.means(len(pool))[rows], classifier.temperature_)
        source = f"{len(rows):,} labelled texts, each classified by what was trained on the others"
    else:
        texts, labels = list(pool.texts), list(pool.labels)
        probabilities = classifier.predict_proba(texts)
        source = f"{classifier_on}, on these same texts: it has seen them"
    over_vectors = classifier if isinstance(classifier, SentimentClassifier) else classifier.classifier_
    if over_vectors is not classifier:
        source += WORDS_OF_VECTORS
    inspection = inspect(over_vectors, texts, labels, probabilities, source)
    if path.suffix.lower() != ".html":
        save_figure(comparison_sheet(comparison, inspection), path, force=force)
        return
    vectors = classifier.vectors
    details = details_of(comparison, vectors) if isinstance(vectors, WordVectors) else []
    page = comparison_page(
        comparison,
        inspection,
        design=design_of(comparison),
        facts=dict(line.split(maxsplit=1) for line in details),
        trust=None if trust is None else trust.to_dict(),
    )
    save_page(page, path, force=force)
