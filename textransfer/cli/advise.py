"""``textransfer advise``: what limits the classifier, and what to do next."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli.classify import load_vectors
from textransfer.cli.console import configure, percent
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
    from textransfer.text.corpus import LabelledTexts
    from textransfer.transfer.advice import Advice, Evidence
    from textransfer.transfer.intervals import Interval

_FAULTS = {
    "classifier": "At fault is the CLASSIFIER: a head with less penalty and more hidden units does better.",
    "vectors": "At fault are the WORD VECTORS: they tell the classes apart worse than they should.",
    "labels": "What is missing is LABELS: the classifier still gains by them.",
    "neither": "Neither is at fault: this is near what these vectors can give.",
    "unknown": "Nothing is proved to be at fault: not enough labels to tell.",
}
_STEPS = {
    "classifier": "loosen the classifier: classify --l2 0.025 --hidden-size 64",
    "vectors": "pretrain on more text of this domain (pretrain, update), then fit-check the new vectors",
    "labels": "label more texts: suggest chooses those that teach most, curve --target tells how many",
    "neither": "keep the classifier; only other vectors, of more text of this domain, could do better",
    "unknown": "label more texts, which suggest chooses, or give a --test file; then ask again",
}
_TUNING = {
    "freeze": "FREEZE the vectors: training them along loses accuracy",
    "fine-tune": "FINE-TUNE the vectors: training them along gains accuracy",
    "no difference": "FREEZE the vectors, which is cheaper: no difference is proved",
}


def advise_command(
    labeled: Annotated[
        list[str],
        typer.Option("--labeled", "-l", help="Labelled texts (.csv .tsv .jsonl .parquet); may be repeated."),
    ],
    test: Annotated[
        list[str] | None,
        typer.Option("--test", "-t", help="Labelled texts to test on; without it: cross-validation."),
    ] = None,
    embeddings: Embeddings = Path("embeddings"),
    draws: Annotated[int, typer.Option(min=1, help="Fits of each kind to average over.")] = 10,
    hidden_size: Annotated[
        int | None, typer.Option(help="Hidden units of the classifier in question.")
    ] = None,
    l2: Annotated[float | None, typer.Option(help="Its L2 penalty.")] = None,
    tokenizer: TokenizerOption = None,
    text_column: TextColumn = "text",
    label_column: LabelColumn = "label",
    encoding: Encoding = "utf-8",
    random_state: RandomState = 0,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say which of the two models is at fault, whether to freeze the vectors, and how large a hidden layer.

    Everything is told by fits on the same draws, with paired intervals. Few labels prove little, and then the
    answer says so.

    Examples:

    - `textransfer advise --labeled few.csv`
    - `textransfer advise -l train.csv --test test.csv`
    - `textransfer advise -l few.csv --l2 3` (of a classifier with other settings)
    """
    from textransfer.config import ClassifierConfig
    from textransfer.text.corpus import read_labelled
    from textransfer.transfer.advice import advise

    console = configure(quiet=quiet, verbose=verbose)

    def read(sources: list[str]) -> "LabelledTexts":
        return read_labelled(sources, text_column=text_column, label_column=label_column, encoding=encoding)

    texts, tested = read(labeled), read(test) if test else None
    vectors, cutter = load_vectors(embeddings, tokenizer)
    with console.meter("trying") as meter:
        found = advise(
            vectors,
            texts,
            tested,
            n_draws=draws,
            config=ClassifierConfig().override(hidden_size=hidden_size, l2=l2),
            tokenizer=cutter,
            random_state=random_state,
            progress=lambda done, total, what: meter.update(done / total, f"{what}, fit {done} of {total}"),
        )
    if as_json:
        console.result_json({**found.to_dict(), "next": _next(found)})
    else:
        parts = [_fault(found), _tuning(found), _size(found), f"NEXT      {_next(found)}"]
        console.result("\n\n".join(parts))


def _fault(found: "Advice") -> str:
    seen = found.evidence
    how = "in cross-validation" if seen.mode == "cross-validation" else "on the test texts"
    slope = (
        "half the labels are too few to compare with"
        if seen.slope is None
        else f"all labels against half of them: {_points(seen.slope)}"
    )
    return "\n".join(
        [
            f"fault     {_FAULTS[found.fault]}",
            f"          {seen.n_labels:,} labels; right {how}: {percent(seen.accuracy.estimate)} "
            f"({percent(seen.accuracy.low)} to {percent(seen.accuracy.high)}); "
            f"of its own texts: {percent(seen.own_accuracy)}",
            f"          a looser head: {_points(seen.loosened)}, of its own texts "
            f"{percent(seen.loose_own_accuracy)}; TF-IDF: {_points(seen.behind_tfidf)}",
            f"          {slope}; {percent(seen.coverage.token_share)} of words known",
        ]
    )


def _tuning(found: "Advice") -> str:
    return f"vectors   {_TUNING[found.tuning]}\n          fine-tuned: {_points(found.evidence.fine_tuned)}"


def _size(found: "Advice") -> str:
    if not found.does_size_matter:
        said = "The size makes no difference that can be seen, and none at all is as good"
    elif found.is_layer_needed:
        said = f"{found.hidden_size} units: the smallest hidden layer within one standard error of the best"
    else:
        said = (
            "No hidden layer is needed: logistic regression is within one standard error of the best; of the "
            f"hidden layers {found.hidden_size} units will do"
        )
    return f"hidden    {said}\n          right: {_sizes(found.evidence)}"


def _sizes(seen: "Evidence") -> str:
    return ", ".join(
        f"{percent(one.estimate)} with {f'{size} units' if size else 'none (scikit-learn)'}"
        for size, one in seen.sizes.items()
    )


def _next(found: "Advice") -> str:
    steps = _STEPS[found.fault]
    return f"{steps}; and classify --fine-tune" if found.tuning == "fine-tune" else steps


def _points(one: "Interval") -> str:
    return f"{100 * one.estimate:+.1f} points ({100 * one.low:+.1f} to {100 * one.high:+.1f})"
