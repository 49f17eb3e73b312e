"""Results in words: shares and times, what was compared how, and what the figures say."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textransfer.amounts import agreeing, amount

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.sentiment.judging.trust import Answered
    from textransfer.transfer.comparing.coverage import Coverage
    from textransfer.transfer.comparing.grid import Cell, Grid
    from textransfer.transfer.comparing.results import Comparison, LearningCurve
    from textransfer.transfer.evaluation import Evaluation
    from textransfer.transfer.statistics.forecast import Forecast
    from textransfer.transfer.statistics.measures import ThresholdTime
    from textransfer.transfer.vector_evaluation import VectorEvaluation


def percent(share: float) -> str:
    """Write a share as a percentage with one decimal."""
    return f"{100 * share:.1f}%"


def duration(seconds: float) -> str:
    """Write a time span: 3.2 s, 4 min 05 s, 2 h 10 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60):02d} min"


def coverage_in_words(coverage: "Coverage") -> str:
    """Say how many words of some texts are known."""
    return f"{percent(coverage.token_share)} of words known ({percent(coverage.word_share)} of distinct ones)"


def abstain_line(answered: "Sequence[Answered]") -> str:
    """Say what answering only above some thresholds would leave; nothing if all texts are above each."""
    shown = [
        f"above {part.threshold:g}: {part.share:.0%} of texts, {part.accuracy:.0%} right"
        for part in answered
        if part.share < 1
    ]
    return "abstain   answering only " + "; ".join(shown) if shown else ""


def shortened(text: str, longest: int) -> str:
    """Return a text on one line, cut to a number of characters with dots at its end."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 3] + "..."


def shortened_path(path: str, longest: int) -> str:
    """Return a path, cut to a number of characters with dots at its start: its end tells files apart."""
    return path if len(path) <= longest else "..." + path[3 - longest :]


def basename(file: str) -> str:
    """Return the name of a file without its folder; several files stay as they are."""
    return file if "," in file else file.replace("\\", "/").rsplit("/", 1)[-1]


def remarks_on(evaluation: "Evaluation") -> list[str]:
    """Say which texts a classifier could not answer, or were not to be answered."""
    lines = []
    if evaluation.n_without_known_words:
        n = evaluation.n_without_known_words
        lines.append(f"{amount(n, 'text')} {agreeing(n, 'has', 'have')} no word that the classifier knows")
    if evaluation.unknown_labels:
        labels = ", ".join(
            f"{shortened(label, 30)} ({n:,})" for label, n in evaluation.unknown_labels.items()
        )
        fate = "are left out" if evaluation.n_left_out else "count as wrong"
        lines.append(f"labels that the classifier does not know: {labels}; these texts {fate}")
    if evaluation.abstention is not None:
        abstention = evaluation.abstention
        right = ""
        if abstention.accuracy is not None:
            right = f"; of them {percent(abstention.accuracy.estimate)} ({abstention.accuracy.span()}) right"
        share = percent(abstention.n_answered / evaluation.n_texts)
        lines.append(f"answering only above {abstention.threshold:g}: {share} of texts answered{right}")
    return lines


def vectors_finding(evaluation: "VectorEvaluation") -> str:
    """Say in a line how word vectors did."""
    parts = [
        f"correlation {test.spearman.estimate:.3f} on {basename(test.file)}"
        for test in evaluation.similarity
        if test.spearman is not None
    ]
    parts += [
        f"{percent(test.total.accuracy.estimate)} of the known analogies of {basename(test.file)}"
        for test in evaluation.analogies
        if test.total.accuracy is not None
    ]
    return f"Word vectors: {'; '.join(parts) or 'no word of the tests is known'}"


def experiment_design(grid: "Grid") -> str:
    """Say what an experiment trained on and was tested on."""
    design = (
        f"{grid.n_labels:,} labels drawn from {grid.n_pool:,}, {grid.n_draws} times; tested on "
        f"{grid.n_test:,} texts; {len(grid.classes)} classes"
    )
    if grid.augmentations:
        design += f"; {grid.n_variants} variants a text ({', '.join(grid.augmentations)})"
    return design


def cost_of(cell: "Cell") -> str:
    """Write the time of an epoch and the number of epochs, as a range where draws stopped apart."""
    least, most = min(cell.n_epochs), max(cell.n_epochs)
    epochs = f"{least}" if least == most else f"{least} to {most}"
    stopped = ", stopped early" if cell.is_stopped_early else ""
    return f"{1000 * cell.seconds_per_epoch:,.1f} ms x {epochs}{stopped}"


def design_of(comparison: "Comparison") -> str:
    """Say what was trained on, how often, and what was tested on."""
    classes = comparison.classes
    names = ", ".join([*classes[:6], *(["..."] if len(classes) > 6 else [])])
    n_labels, n_draws = f"{comparison.n_labels:,} labels", comparison.n_draws
    tested = f"tested on {comparison.n_test:,} texts; {len(classes)} classes ({names})"
    if comparison.mode == "draws":
        return f"{comparison.n_labels} labels drawn from {comparison.n_pool:,}, {n_draws} times; {tested}"
    if comparison.mode == "random states":
        return f"all {n_labels}, {n_draws} random states; {tested}"
    return (
        f"{comparison.n_pool:,} labels, {comparison.n_folds}-fold cross-validation repeated {n_draws} times "
        f"({comparison.n_labels:,} train, the rest test); {len(classes)} classes ({names})"
    )


def facts_of(comparison: "Comparison", vectors: "WordVectors") -> dict[str, str]:
    """Return what else a comparison says, each fact with its name: jump start, time, coverage, vectors."""
    measures = comparison.measures
    coverages = [
        coverage_in_words(coverage)
        + (f", {n} without any known word" if (n := coverage.n_texts_without_known_words) else "")
        for coverage in (comparison.labelled_coverage, comparison.test_coverage)
    ]
    seconds = vectors.metadata.get("seconds")
    alone = "the networks alone, " if has_members(comparison) else ""
    untrained = "that" if alone else "the arm"
    return {
        "start": f"{alone}after {_epochs(measures.start_epoch)} of training the pretrained arm is at "
        f"{comparison.jump_start.points('points')} against the one without: the jump start",
        "time": f"{alone}to {percent(measures.threshold)}, where {untrained} without pretraining ends: "
        f"pretrained {_time(measures.time_to_threshold, has_pretraining=True)}; "
        f"without {_time(measures.other_time_to_threshold)}",
        "coverage": f"labelled texts: {coverages[0]}; test texts: {coverages[1]}",
        "vectors": f"{len(vectors):,} words, {vectors.vector_size} dimensions"
        + (f", pretrained in {duration(seconds)}" if seconds else ""),
    }


def has_members(comparison: "Comparison") -> bool:
    """Tell whether an arm ends in more than the network whose training curve it has."""
    curves = [arm.curve for arm in comparison.arms if arm.curve is not None]
    return any(curve.with_members is not None for curve in curves)


def _epochs(n: int) -> str:
    return "1 epoch" if n == 1 else f"{n} epochs"


def _time(time: "ThresholdTime", *, has_pretraining: bool = False) -> str:
    """Write when a curve reached the threshold, and what it took with the pretraining."""
    if time.epoch is None or time.seconds is None:
        return "never"
    text = f"{_epochs(time.epoch)}, {1000 * time.seconds:.0f} ms"
    if has_pretraining and time.seconds_with_pretraining is not None:
        text += f" ({duration(time.seconds_with_pretraining)} with pretraining)"
    return text


def curve_finding(curve: "LearningCurve") -> str:
    """Say in a line what learning curves show."""
    outcomes = [budget.outcome for budget in curve.budgets]
    first, last = curve.budgets[0].n_labels, curve.budgets[-1].n_labels
    if all(outcome == "positive" for outcome in outcomes):
        return f"Pretraining helped at every number of labels, from {first:,} to {last:,}"
    if "positive" in outcomes and "negative" in outcomes:
        return "Pretraining helped at some numbers of labels and hurt at others"
    for outcome, verb in (("positive", "helped"), ("negative", "hurt")):
        sizes = [f"{budget.n_labels:,}" for budget in curve.budgets if budget.outcome == outcome]
        if sizes:
            return f"Pretraining {verb} with {' to '.join(dict.fromkeys((sizes[0], sizes[-1])))} labels"
    return "Whether pretraining helped remains open"


def curve_measures(curve: "LearningCurve") -> dict[str, str]:
    """Return the measures of transfer over labels in words, each with its name."""
    from textransfer.transfer.comparing.results import NO_PRETRAINING

    measures = curve.measures
    first, last = curve.budgets[0].n_labels, curve.budgets[-1].n_labels
    ends = [budget.arm(NO_PRETRAINING) for budget in (curve.budgets[0], curve.budgets[-1])]
    start, end = (f"{arm.behind.points('points')}" if arm.behind else "" for arm in ends)
    goal = f"{percent(ends[1].accuracy.estimate)}, where the arm without pretraining is with {last:,} labels"
    needed, ratio = measures.labels_to_threshold, measures.transfer_ratio
    if needed is None:
        labels = f"the pretrained arm does not reach {goal}"
    else:
        labels = (
            f"{'at most ' if needed.estimate <= first else ''}{needed.estimate:,.0f} "
            f"({needed.low:,.0f} to {needed.high:,.0f}) bring the pretrained arm to {goal}"
        )
    facts = {
        "start": f"with {first:,} labels {start}: the jump start",
        "end": f"with {last:,} labels {end}",
        "labels": labels,
    }
    if ratio is not None:
        facts["ratio"] = (
            f"{ratio.estimate:+.2f} ({ratio.low:+.2f} to {ratio.high:+.2f}): area gained over the "
            "area without pretraining, above the majority class"
        )
    return facts


def curve_notes(curve: "LearningCurve") -> list[str]:
    """Return the notes of all numbers of labels, each once."""
    return list(dict.fromkeys(note for budget in curve.budgets for note in budget.notes))


def outlook_of(forecasts: "Mapping[str, Forecast]") -> list[str]:
    """Say for each arm how many labels the wanted accuracy would take."""
    return [
        f"{percent(forecast.target)} with {name}: {_needed(forecast)}" for name, forecast in forecasts.items()
    ]


def _needed(forecast: "Forecast") -> str:
    if forecast.outcome == "reached":
        return f"{forecast.low:,} labels"
    if forecast.outcome == "unknown":
        return "too few budgets to say; give four at least"
    if forecast.outcome == "beyond":
        return "not within four times the labels measured; nothing can be said beyond"
    if forecast.high is None:
        return f"{forecast.low:,} labels at least; not all curves get there within four times those measured"
    return f"{forecast.low:,} to {forecast.high:,} labels"
