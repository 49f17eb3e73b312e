"""``textransfer evaluate``: a classifier against labelled texts, or word vectors against word lists."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli import options
from textransfer.cli.console import Console, command_line, configure, table
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.cli.files import check_figure
from textransfer.config import RANDOM_STATE, RESTRICTED_VOCABULARY
from textransfer.report.wording import abstain_line, basename, percent, remarks_on, shortened, shortened_path

if TYPE_CHECKING:
    from textransfer.text.reading.labelled import LabelledTexts
    from textransfer.transfer.evaluating.analogies import AnalogyResult
    from textransfer.transfer.evaluating.class_scores import ClassScore
    from textransfer.transfer.evaluating.word_pairs import SimilarityResult
    from textransfer.transfer.evaluation import Calibration, Evaluation
    from textransfer.transfer.statistics.intervals import Interval
    from textransfer.transfer.vector_evaluation import VectorEvaluation

MOST_CLASSES, MOST_PAIRS, MOST_WORDS = 20, 10, 8
"""Lines that are shown of long lists; `--json` has all."""
NAME_WIDTH = 30


@takes_data(labels=True)
def evaluate_command(
    labeled: Annotated[
        list[str] | None,
        typer.Option("--labeled", "-l", help="Labelled texts to test the classifier on; may be repeated."),
    ] = None,
    classifier: Annotated[
        Path | None,
        options.setting("Folder from `textransfer classify`.", options.CLASSIFIER),
    ] = None,
    rows: options.Rows = None,
    abstain_below: Annotated[
        float | None,
        options.setting("Leave texts unanswered where no class is that probable, from 0 to 1.", 0.0),
    ] = None,
    unknown_labels: Annotated[
        str | None,
        options.setting(
            "Texts with labels that the classifier does not know: refuse, wrong (count as wrong), leave-out.",
            "refuse",
        ),
    ] = None,
    similarity: Annotated[
        list[str] | None,
        typer.Option(help="Test word vectors on pairs of words with a score a line; may be repeated."),
    ] = None,
    analogies: Annotated[
        list[str] | None,
        typer.Option(help="Test word vectors on analogies, four words a line; may be repeated."),
    ] = None,
    embeddings: Annotated[
        Path | None,
        options.setting(
            "Word vectors: a folder from `pretrain`, or a word2vec or GloVe file.", options.EMBEDDINGS
        ),
    ] = None,
    score_column: Annotated[
        str | None,
        options.setting("Column of the scores of word pairs, by name or number.", "the first numbers"),
    ] = None,
    restrict_vocab: Annotated[
        int | None, options.setting("Look at so many words, the most frequent.", RESTRICTED_VOCABULARY)
    ] = None,
    case_sensitive: Annotated[
        bool, typer.Option("--case-sensitive", help="Tell upper and lower case of words apart.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write all of it to one .html page, or a sheet to a .png or .svg.")
    ] = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Test a saved classifier on labelled texts, or word vectors on word similarity and analogies.

    Of a classifier: accuracy and macro-F1 with intervals, precision, recall and F1 by class, the classes that
    are confused most, and how far the probabilities can be trusted. Test on texts that it was not trained on.

    Of word vectors: how well cosines rank pairs of words as people do (Spearman's correlation), and how many
    analogies they answer; pairs and questions with unknown words are left out, and counted.

    Examples:

    - `textransfer evaluate --labeled test.csv`
    - `textransfer evaluate -l test.csv --classifier classifier --abstain-below 0.8 --report report.html`
    - `textransfer evaluate --similarity wordsim353.tsv --similarity simlex999.txt`
    - `textransfer evaluate --embeddings glove.txt.gz --analogies questions-words.txt`
    """
    from textransfer.errors import ConfigError

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    check_figure(report, "--report", "a report", (".html", ".png", ".svg"), force=force)
    about_texts = {
        "--classifier": classifier,
        "--rows": rows,
        "--abstain-below": abstain_below,
        "--unknown-labels": unknown_labels,
        **data.changed("encoding"),
    }
    about_vectors = {
        "--embeddings": embeddings,
        "--score-column": score_column,
        "--restrict-vocab": restrict_vocab,
        "--case-sensitive": case_sensitive or None,
    }
    tests_words = bool(similarity or analogies)
    if bool(labeled) == tests_words:
        raise ConfigError(
            f"{'files of two kinds are' if labeled else 'no file is'} given to test on; expected --labeled "
            "FILE (tests a classifier), or --similarity FILE or --analogies FILE (tests word vectors)"
        )
    for name, value in (about_texts if tests_words else about_vectors).items():
        if value is not None:
            other = "a classifier" if tests_words else "word vectors"
            raise ConfigError(f"{name} is about {other}, which are not tested here; leave it out")
    result: Evaluation | VectorEvaluation
    if tests_words:
        result, lines = _test_vectors(
            console,
            embeddings or options.EMBEDDINGS,
            similarity=similarity or (),
            analogies=analogies or (),
            score_column=score_column,
            restrict_vocab=RESTRICTED_VOCABULARY if restrict_vocab is None else restrict_vocab,
            is_case_sensitive=case_sensitive,
            encoding=data.encoding,
        )
    else:
        result, lines = _test_classifier(
            classifier or options.CLASSIFIER,
            data.read(labeled or [], rows),
            abstain_below=0.0 if abstain_below is None else abstain_below,
            unknown_labels=unknown_labels or "refuse",
            random_state=random_state,
        )
    with console.showing(result.to_dict(), lines):
        if report is not None:
            from textransfer.report.saving import save_report

            save_report(result, report, command=command_line(), force=force)
            lines.append(f"report    {report}")


def _test_classifier(
    folder: Path,
    labelled: "LabelledTexts",
    **settings: Any,  # noqa: ANN401 - passed on to parameters that have types
) -> tuple["Evaluation", list[str]]:
    from textransfer.sentiment.loading import load_classifier
    from textransfer.transfer.evaluation import evaluate_classifier

    result = evaluate_classifier(load_classifier(folder), labelled, **settings)
    return result, _classifier_lines(result)


def _test_vectors(
    console: Console,
    path: Path,
    **settings: Any,  # noqa: ANN401 - passed on to parameters that have types
) -> tuple["VectorEvaluation", list[str]]:
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.transfer.vector_evaluation import evaluate_vectors

    vectors = WordVectors.load(path)
    with console.meter("evaluating") as meter:
        result = evaluate_vectors(vectors, **settings, progress=meter.show_fits)
    return result, _vector_lines(result)


def _classifier_lines(result: "Evaluation") -> list[str]:
    """Write how a classifier did: all texts, each class, confused pairs, probabilities."""
    lines = [f"{result.n_texts:,} texts of {result.source}; {len(result.classes)} classes", ""]
    for name, span in (("accuracy", result.accuracy), ("macro-F1", result.macro_f1)):
        lines.append(f"{name}  {_span(span)}")
    lines += [
        f"largest   {_span(result.largest_class)} by calling all texts by their most frequent label",
        *("note      " + remark for remark in remarks_on(result)),
        "",
        *_class_lines(result.by_class),
        "",
        *_pair_lines(result),
    ]
    return lines + _calibration_lines(result.calibration)


def _class_lines(scores: Sequence["ClassScore"]) -> list[str]:
    """Write the scores of each class; of many, those with the lowest F1."""
    shown = list(scores)
    if len(shown) > MOST_CLASSES:
        shown.sort(key=lambda score: -1.0 if score.f1 is None else score.f1)
    rows = [
        [
            shortened(score.label, NAME_WIDTH),
            *(part for span in (score.precision, score.recall) for part in _share_and_span(span)),
            "" if score.f1 is None else percent(score.f1),
            f"{score.n_texts:,}",
        ]
        for score in shown[:MOST_CLASSES]
    ]
    header = ["class", "precision", "95% interval", "recall", "95% interval", "F1", "texts"]
    lines = [table(header, rows)]
    if len(shown) > MOST_CLASSES:
        lines.append(f"the {MOST_CLASSES} of {len(shown)} classes with the lowest F1; --json has all")
    return lines


def _pair_lines(result: "Evaluation") -> list[str]:
    """Write the pairs of classes that were confused most."""
    lines = [
        f"confused  {pair.n_texts:,} of {shortened(pair.label, NAME_WIDTH)} ({pair.share:.0%}) "
        f"called {shortened(pair.predicted, NAME_WIDTH)}"
        for pair in result.confused[:MOST_PAIRS]
    ]
    n_more = len(result.confused) - len(lines)
    return [*lines, f"          and {n_more:,} more pairs of classes"] if n_more else lines


def _calibration_lines(calibration: "Calibration | None") -> list[str]:
    """Write how far probabilities can be trusted."""
    if calibration is None:
        return ["trust     too few texts to say how far the probabilities can be trusted"]
    lines = [
        f"trust     probabilities are off by {100 * calibration.error:.1f} points on average; "
        f"log loss {calibration.log_loss:.3f}, Brier score {calibration.brier_score:.3f}",
        "",
        table(
            ["probability", "mean", "right", "texts"],
            [
                [
                    f"{part.low:.2f} to {part.high:.2f}",
                    percent(part.confidence),
                    percent(part.accuracy),
                    f"{part.n_texts:,}",
                ]
                for part in calibration.bins
            ],
        ),
    ]
    answered = abstain_line(calibration.answered)
    return [*lines, "", answered] if answered else lines


def _vector_lines(result: "VectorEvaluation") -> list[str]:
    """Write the correlations and accuracies of word vectors."""
    looked = "" if result.n_words == result.n_all_words else f", of which the first {result.n_words:,} count"
    lines = [f"{result.n_all_words:,} words, {result.vector_size} dimensions{looked}"]
    if result.similarity:
        rows = [
            [
                shortened_path(test.file, 2 * NAME_WIDTH),
                *_correlation(test.spearman),
                _known(test.n_known, test.n_pairs),
            ]
            for test in result.similarity
        ]
        lines += ["", table(["word pairs", "Spearman", "95% interval", "known pairs"], rows), ""]
        for test in result.similarity:
            lines += _similarity_notes(test)
    for questions in result.analogies:
        lines += ["", *_analogy_lines(questions)]
    return lines


def _similarity_notes(test: "SimilarityResult") -> list[str]:
    """Write which column had the scores, if there were several, and which words are unknown."""
    lines, name = [], basename(test.file)
    if test.other_columns:
        columns = ", ".join(test.other_columns)
        lines.append(f"scores    {name}: column {test.score_column}; --score-column may also be {columns}")
    if test.unknown:
        words = ", ".join(test.unknown[:MOST_WORDS])
        more = len(test.unknown) - MOST_WORDS
        lines.append(f"unknown   {name}: {words}{f' and {more:,} more' if more > 0 else ''}")
    if test.spearman is None:
        lines.append(
            f"note      {name}: {test.n_known} known pairs are too few for a correlation, or all alike"
        )
    return lines


def _analogy_lines(test: "AnalogyResult") -> list[str]:
    """Write the sections of a file of analogies, and all of it."""
    sections = [section for section in test.sections if section.name or len(test.sections) > 1]
    rows = [
        [
            shortened(section.name, NAME_WIDTH),
            *_share_and_span(section.accuracy),
            _known(section.n_known, section.n_questions),
        ]
        for section in (*sections, test.total)
    ]
    return [table([basename(test.file), "right", "95% interval", "known questions"], rows)]


def _known(n_known: int, n: int) -> str:
    return f"{n_known:,} of {n:,} ({percent(n_known / n)})"


def _correlation(span: "Interval | None") -> list[str]:
    return ["", ""] if span is None else [f"{span.estimate:.3f}", f"{span.low:.3f} to {span.high:.3f}"]


def _share_and_span(span: "Interval | None") -> list[str]:
    return ["", ""] if span is None else [percent(span.estimate), span.span()]


def _span(span: "Interval") -> str:
    return f"{percent(span.estimate)} ({span.span()})"
