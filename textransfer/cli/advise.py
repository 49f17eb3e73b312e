"""``textransfer advise``: what limits the classifier, and what to do next."""

from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.console import configure
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.cli.files import load_vectors
from textransfer.config import FEWER_DRAWS, RANDOM_STATE, ClassifierConfig
from textransfer.report.wording import percent

if TYPE_CHECKING:
    from textransfer.transfer.advice import Advice

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


@takes_data(labels=True, test=True)
def advise_command(
    labeled: options.Labeled,
    test: options.Test = None,
    embeddings: options.Embeddings = options.EMBEDDINGS,
    draws: Annotated[int, typer.Option(min=1, help="Fits of each kind to average over.")] = FEWER_DRAWS,
    hidden_size: Annotated[
        int | None, options.setting("Hidden units of the classifier in question.", options.HIDDEN_SIZE)
    ] = None,
    l2: Annotated[float | None, options.setting("Its L2 penalty.", options.L2)] = None,
    tokenizer: options.TokenizerOption = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Say which of the two models is at fault, whether to freeze the vectors, and how large a hidden layer.

    Everything is told by fits on the same draws, with paired intervals. Few labels prove little, and then the
    answer says so.

    Examples:

    - `textransfer advise --labeled few.csv`
    - `textransfer advise -l train.csv --test test.csv`
    - `textransfer advise -l few.csv --l2 3` (of a classifier with other settings)
    """
    from textransfer.transfer.advice import advise

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    texts, tested = data.read(labeled), data.read_test(test) if test else None
    vectors, cutter = load_vectors(embeddings, tokenizer)
    with console.meter("trying") as meter:
        advice = advise(
            vectors,
            texts,
            tested,
            n_draws=draws,
            config=ClassifierConfig().override(hidden_size=hidden_size, l2=l2),
            tokenizer=cutter,
            random_state=random_state,
            n_jobs=-1,
            progress=meter.show_fits,
        )
    parts = [_fault(advice), _tuning(advice), _size(advice), f"NEXT      {_next_step(advice)}"]
    console.show({**advice.to_dict(), "next": _next_step(advice)}, ["\n\n".join(parts)])


def _fault(advice: "Advice") -> str:
    evidence = advice.evidence
    accuracy, slope = evidence.accuracy, evidence.slope
    how = "in cross-validation" if evidence.mode == "cross-validation" else "on the test texts"
    more_labels = (
        "half the labels are too few to compare with"
        if slope is None
        else f"all labels against half of them: {slope.points('points')}"
    )
    return "\n".join(
        [
            f"fault     {_FAULTS[advice.fault]}",
            f"          {evidence.n_labels:,} labels; right {how}: {percent(accuracy.estimate)} "
            f"({percent(accuracy.low)} to {percent(accuracy.high)}); "
            f"of its own texts: {percent(evidence.own_accuracy)}",
            f"          a looser head: {evidence.loosened.points('points')}, of its own texts "
            f"{percent(evidence.loose_own_accuracy)}; TF-IDF: {evidence.behind_tfidf.points('points')}",
            f"          {more_labels}; {percent(evidence.coverage.token_share)} of words known",
        ]
    )


def _tuning(advice: "Advice") -> str:
    difference = advice.evidence.fine_tuned.points("points")
    return f"vectors   {_TUNING[advice.tuning]}\n          fine-tuned: {difference}"


def _size(advice: "Advice") -> str:
    if not advice.does_size_matter:
        answer = "The size makes no difference that can be seen, and none at all is as good"
    elif advice.is_layer_needed:
        answer = (
            f"{advice.hidden_size} units: the smallest hidden layer within one standard error of the best"
        )
    else:
        answer = (
            "No hidden layer is needed: logistic regression is within one standard error of the best; of the "
            f"hidden layers {advice.hidden_size} units will do"
        )
    accuracies = ", ".join(
        f"{percent(accuracy.estimate)} with {f'{size} units' if size else 'none (scikit-learn)'}"
        for size, accuracy in advice.evidence.sizes.items()
    )
    return f"hidden    {answer}\n          right: {accuracies}"


def _next_step(advice: "Advice") -> str:
    steps = _STEPS[advice.fault]
    if advice.fault == "vectors" and advice.evidence.behind_tfidf.low > 0:
        steps += "; until then classify --save-arm tfidf"
    return f"{steps}; and classify --fine-tune" if advice.tuning == "fine-tune" else steps
