"""``textransfer fit-check``: how well vectors and labelled texts suit each other, before any training."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli.classify import load_vectors
from textransfer.cli.console import Console, configure, percent, table
from textransfer.cli.options import (
    Embeddings,
    Encoding,
    Json,
    LabelColumn,
    Quiet,
    RandomState,
    TextColumn,
    TokenizerOption,
    Verbose,
)

if TYPE_CHECKING:
    from textransfer.transfer.coverage import Coverage
    from textransfer.transfer.distance import Distance
    from textransfer.transfer.fit_check import FitCheck
    from textransfer.transfer.separation import Separation

_N_CLASSES_SHOWN = 6


def fit_check_command(
    labeled: Annotated[
        list[str],
        typer.Option("--labeled", "-l", help="Labelled texts (.csv .tsv .jsonl .parquet); may be repeated."),
    ],
    embeddings: Embeddings = Path("embeddings"),
    unlabeled: Annotated[
        list[str] | None,
        typer.Option(help="Unlabelled texts of the task, for a better look at the distance."),
    ] = None,
    tokenizer: TokenizerOption = None,
    text_column: TextColumn = "text",
    label_column: LabelColumn = "label",
    encoding: Encoding = "utf-8",
    random_state: RandomState = 0,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say how well word vectors and labelled texts suit each other, before any training.

    How many words are known, which unknown ones matter, how far the texts lie from the corpus of the vectors,
    and whether negative transfer threatens: pretrained vectors that do worse than the words alone.

    Examples:

    - `textransfer fit-check --labeled few.csv`
    - `textransfer fit-check -l few.csv --embeddings other-vectors --unlabeled task.txt`
    """
    from textransfer.text.corpus import Corpus, read_labelled
    from textransfer.transfer.fit_check import fit_check, some_of

    console = configure(quiet=quiet, verbose=verbose)
    texts = read_labelled(labeled, text_column=text_column, label_column=label_column, encoding=encoding)
    more: list[str] = []
    if unlabeled:
        more = some_of(Corpus(unlabeled, text_column=text_column, encoding=encoding).texts(), random_state)
    vectors, cutter = load_vectors(embeddings, tokenizer)
    found = fit_check(vectors, texts, more, tokenizer=cutter, random_state=random_state)
    if as_json:
        console.result_json(found.to_dict())
    else:
        _show(console, found)


def _show(console: Console, found: "FitCheck") -> None:
    sizes = [f"{n} {label}" for label, n in list(found.classes.items())[:_N_CLASSES_SHOWN]]
    n_more = len(found.classes) - len(sizes)
    console.result(
        "\n".join(
            [
                f"{found.n_texts:,} labelled texts: {', '.join(sizes)}"
                + (f", and {n_more} more classes" if n_more else ""),
                "",
                f"coverage  {_coverage(found.coverage)}",
                *_distance(found.distance, found.n_task_texts),
                *_separation(found.separation),
                f"threat    {found.threat_sentence}",
                *_unknown(found),
                "",
                f"VERDICT   {found.sentence}",
            ]
        )
    )


def _coverage(coverage: "Coverage") -> str:
    return (
        f"{percent(coverage.token_share)} of words known ({percent(coverage.word_share)} of distinct ones); "
        f"{coverage.n_texts_without_known_words:,} texts without any known word"
    )


def _distance(distance: "Distance", n_texts: int) -> list[str]:
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
    ahead = separation.ahead
    return [
        f"classes   {percent(separation.accuracy.estimate)} right by ridge regression on the vectors, "
        f"{percent(separation.other.estimate)} on TF-IDF: "
        f"{100 * ahead.estimate:+.1f} points ({100 * ahead.low:+.1f} to {100 * ahead.high:+.1f})",
        f"          they lie apart in the vectors with {_p(separation.p_value)} "
        f"(shuffled labels); chance is {percent(separation.chance)}",
    ]


def _unknown(found: "FitCheck") -> list[str]:
    if not found.unknown:
        return ["unknown   no unknown word is in two texts or more"]
    shown = list(found.classes)[:_N_CLASSES_SHOWN]
    rows = [
        [
            one.word,
            str(one.n_texts),
            *(str(one.by_class[label]) for label in shown),
            f"{one.log_odds:+.1f} ({one.score:.1f} standard errors)",
        ]
        for one in found.unknown
    ]
    return ["", table(["unknown word", "texts", *shown, "log-odds of the leaning"], rows)]
