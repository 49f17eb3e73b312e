"""``textransfer fit-check``: how well vectors and labelled texts suit each other, before any training."""

from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.console import configure, table
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.cli.files import load_vectors
from textransfer.config import RANDOM_STATE
from textransfer.report.wording import coverage_in_words, percent

if TYPE_CHECKING:
    from textransfer.transfer.fit_check import FitCheck
    from textransfer.transfer.fitness.distance import Distance
    from textransfer.transfer.fitness.separation import Separation

_N_CLASSES_SHOWN = 6


@takes_data(labels=True)
def fit_check_command(
    labeled: options.Labeled,
    embeddings: options.Embeddings = options.EMBEDDINGS,
    unlabeled: Annotated[
        list[str] | None,
        typer.Option(help="Unlabelled texts of the task, for a better look at the distance."),
    ] = None,
    tokenizer: options.TokenizerOption = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Say how well word vectors and labelled texts suit each other, before any training.

    How many words are known, which unknown ones matter, how far the texts lie from the corpus of the vectors,
    and whether negative transfer threatens: pretrained vectors that do worse than the words alone.

    Examples:

    - `textransfer fit-check --labeled few.csv`
    - `textransfer fit-check -l few.csv --embeddings other-vectors --unlabeled task.txt`
    """
    from textransfer.transfer.fit_check import check_fit

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    texts = data.read(labeled)
    more = data.corpus(unlabeled).texts() if unlabeled else ()
    vectors, cutter = load_vectors(embeddings, tokenizer)
    check = check_fit(vectors, texts, more, tokenizer=cutter, random_state=random_state)
    console.show(check.to_dict(), _lines(check))


def _lines(check: "FitCheck") -> list[str]:
    sizes = [f"{n} {label}" for label, n in list(check.classes.items())[:_N_CLASSES_SHOWN]]
    n_more = len(check.classes) - len(sizes)
    return [
        f"{check.n_texts:,} labelled texts: {', '.join(sizes)}"
        + (f", and {n_more} more classes" if n_more else ""),
        "",
        f"coverage  {coverage_in_words(check.coverage)}; "
        f"{check.coverage.n_texts_without_known_words:,} texts without any known word",
        *_distance(check.distance),
        *_separation(check.separation),
        f"threat    {check.threat_sentence}",
        *_unknown(check),
        "",
        f"VERDICT   {check.sentence}",
    ]


def _distance(distance: "Distance") -> list[str]:
    lines = []
    if distance.shift is None:
        lines.append("distance  of the texts: unknown, since these vectors carry no moments of their corpus")
    else:
        shift = distance.shift
        lines.append(
            f"distance  of the texts: {_near(shift.nearness)}; the mean of {shift.n_texts:,} texts is "
            f"{shift.size:.2f} standard deviations off in each leading component ({_p(shift.p_value)})"
        )
    if distance.words is None:
        lines.append("          of the words: unknown, since these vectors carry no counts")
    else:
        words = distance.words
        lines.append(
            f"          of the words: {_near(words.nearness)}; divergence {words.observed:.2f} bits, where "
            f"{words.n_tokens:,} words of the corpus itself would show {words.expected:.2f}"
        )
    return lines


def _p(value: float) -> str:
    return f"p = {value:.2g}" if value >= 1e-4 else "p < 0.0001"


def _near(nearness: str) -> str:
    return "as near as a sample of the corpus" if nearness == "near" else nearness


def _separation(separation: "Separation") -> list[str]:
    return [
        f"classes   {percent(separation.accuracy.estimate)} right by ridge regression on the vectors, "
        f"{percent(separation.other.estimate)} on TF-IDF: "
        f"{separation.ahead.points('points')}",
        f"          they lie apart in the vectors with {_p(separation.p_value)} "
        f"(shuffled labels); chance is {percent(separation.chance)}",
    ]


def _unknown(check: "FitCheck") -> list[str]:
    if not check.unknown:
        return ["unknown   no unknown word is in two texts or more"]
    shown = list(check.classes)[:_N_CLASSES_SHOWN]
    rows = [
        [
            unknown.word,
            str(unknown.n_texts),
            *(str(unknown.by_class[label]) for label in shown),
            f"{unknown.log_odds:+.1f} ({unknown.score:.1f} standard errors)",
        ]
        for unknown in check.unknown
    ]
    return ["", table(["unknown word", "texts", *shown, "log-odds of the leaning"], rows)]
