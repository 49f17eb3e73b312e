"""``textransfer classify``: a classifier from few labels, and whether pretraining helped it."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.arms import Arms, Cache, cache_for, further_lines, parse_arms
from textransfer.cli.console import command_line, configure, table
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.cli.files import check_figure, check_test_rows, load_vectors
from textransfer.config import (
    N_DRAWS,
    N_FOLDS,
    RANDOM_STATE,
    ClassifierConfig,
)
from textransfer.report.wording import abstain_line, design_of, duration, facts_of, percent, shortened

if TYPE_CHECKING:
    from textransfer.sentiment.judging.trust import Trust
    from textransfer.sentiment.sentences.encoding import Encoding
    from textransfer.transfer.classification import Classification, FollowedDirection, LabelDoubt
    from textransfer.transfer.comparing.results import ArmResult, Comparison
    from textransfer.transfer.saved_arm import Choice

MOST_DOUBTS = 5
SHOWN_CHARACTERS = 60


@takes_data(labels=True, test=True)
def classify_command(
    context: typer.Context,
    labeled: Annotated[list[str] | None, options.LABELED] = None,
    test: options.Test = None,
    embeddings: options.Embeddings = options.EMBEDDINGS,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the classifier.")
    ] = options.CLASSIFIER,
    rows: options.Rows = None,
    test_rows: options.TestRows = None,
    n_labels: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Pretend to have only so many labels: draw them again and again.",
            show_default="all labelled rows",
        ),
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Fits of each arm to average over.")] = N_DRAWS,
    folds: Annotated[
        int | None, typer.Option(min=2, help="Folds of the cross-validation.", show_default=str(N_FOLDS))
    ] = None,
    seed_words: options.SeedWordsOption = None,
    encoder: Annotated[
        str | None,
        options.setting(
            "Sentence vector: sif, centered, mean; or auto, as labels say.", ClassifierConfig.encoder
        ),
    ] = None,
    hidden_size: Annotated[
        int | None, options.setting("Units of the hidden layer.", options.HIDDEN_SIZE)
    ] = None,
    fine_tune: Annotated[
        bool | None,
        options.switch(
            "--fine-tune/--frozen", "Train the word vectors too.", default=ClassifierConfig.fine_tune
        ),
    ] = None,
    epochs: Annotated[
        int | None, options.setting("Passes over the labelled texts.", ClassifierConfig.epochs)
    ] = None,
    learning_rate: Annotated[
        float | None, options.setting("Step size of the head.", ClassifierConfig.learning_rate)
    ] = None,
    vector_learning_rate: Annotated[
        float | None,
        options.setting(
            "Step size of the word vectors, if they are trained.", "0.0001 pretrained, 0.01 random"
        ),
    ] = None,
    l2: Annotated[float | None, options.setting("Strength of the L2 penalty.", options.L2)] = None,
    unlabeled: options.Unlabeled = None,
    text_features: Annotated[
        bool,
        typer.Option(
            "--text-features/--no-text-features",
            help="Whether words, pairs and pieces of words join the vectors as far as labels bear it out.",
        ),
    ] = True,
    arms: Arms = None,
    cache: Cache = True,
    save_arm: Annotated[
        str | None,
        options.setting(
            "Save this arm: pretrained, no-pretraining, tfidf, balanced, seed-words, or an --arm by name.",
            "the one that is ahead, or pretrained",
        ),
    ] = None,
    class_weight: Annotated[
        str | None,
        options.setting("balanced: all classes count the same; or none.", ClassifierConfig.class_weight),
    ] = None,
    emphasis: Annotated[
        bool,
        typer.Option(help="Let a direction between poles of the corpus count more where labels follow it."),
    ] = ClassifierConfig.emphasis,
    phrases: Annotated[
        bool,
        typer.Option(help="Join the mean of the vectors of words, pairs and triples, if there are some."),
    ] = ClassifierConfig.phrases,
    curves: Annotated[
        Path | None, typer.Option(help="Draw the training curves to this .png or .svg file.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write all of it to one .html page, or a sheet to a .png or .svg.")
    ] = None,
    tokenizer: options.TokenizerOption = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Train a classifier on few labels, and say whether pretraining helped.

    Every arm (pretrained vectors, the same network without pretraining, TF-IDF, majority) sees the same
    label draws and test texts. The verdict is positive, negative or inconclusive. The classifier that is
    saved is trained on all the labelled rows. It is the pretrained one, or the arm that is surely ahead of
    it, which is then said; `--save-arm` overrules. Where one class has half as many labels again as another,
    class weights are an arm too, `balanced`, and macro-F1 counts besides accuracy.

    Examples:

    - `textransfer classify --labeled few.csv`
    - `textransfer classify --labeled few.csv --test test.csv --curves curves.png`
    - `textransfer classify --labeled few.csv --test test.csv --report report.html`
    - `textransfer classify -l pool.csv -t test.csv --n-labels 32 --draws 20`
    - `textransfer classify -l reviews.jsonl --text-column body --label-column stars`
    - `textransfer classify -l few.csv --seed-words "pos=good great" --seed-words "neg=bad awful"`
    - `textransfer classify --seed-words seeds.toml` (no labels yet)
    - `textransfer classify -l few.csv --arm minilm=models/all-MiniLM-L6-v2 --arm glove=glove.txt`
    - `textransfer classify -l few.csv --save-arm tfidf --force`
    """
    from textransfer.errors import ConfigError
    from textransfer.sentiment.sentences.seeds import read_seed_words
    from textransfer.storage.kinds import CLASSIFIER
    from textransfer.storage.writing import claimed
    from textransfer.transfer.classification import classify

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    context.with_resource(claimed(output, CLASSIFIER, force=force))
    check_figure(curves, "--curves", "curves", (".png", ".svg"), force=force)
    check_figure(report, "--report", "a report", (".html", ".png", ".svg"), force=force)
    if curves is not None and report is not None and curves.resolve() == report.resolve():
        raise ConfigError(f"--curves and --report are both {str(report)!r}; give each a file of its own")
    check_test_rows(test, test_rows)
    if folds is not None and test:
        raise ConfigError(
            "--folds divides the labelled texts for cross-validation, but --test gives texts to test on; "
            "give one of them"
        )
    config = ClassifierConfig().override(
        encoder=encoder,
        hidden_size=hidden_size,
        fine_tune=fine_tune,
        epochs=epochs,
        learning_rate=learning_rate,
        vector_learning_rate=vector_learning_rate,
        l2=l2,
        class_weight=class_weight,
        emphasis=emphasis,
        phrases=phrases,
    )
    about_labels = {"--rows": rows, "--n-labels": n_labels, "--save-arm": save_arm}
    about_labels |= {"--arm": arms[0] if arms else None}
    for name, value in {**about_labels, "--curves": curves, "--report": report}.items():
        if not labeled and value is not None:
            raise ConfigError(
                f"{name} is about labelled texts, but there are none; give --labeled, or leave it out"
            )
    seeds = read_seed_words(seed_words) if seed_words else None
    further_arms = parse_arms(arms)
    pool = data.read(labeled, rows) if labeled else None
    tested = data.read_test(test, test_rows) if test else None
    vectors, cutter = load_vectors(embeddings, tokenizer)
    with console.meter("comparing") as meter:
        result = classify(
            vectors,
            pool,
            tested,
            n_labels=n_labels,
            n_draws=draws,
            n_folds=N_FOLDS if folds is None else folds,
            config=config,
            tokenizer=cutter,
            seed_words=seeds,
            has_text_features=text_features,
            unlabelled=data.corpus(unlabeled) if unlabeled else None,
            further_arms=further_arms,
            cache=cache_for(further_arms, is_kept=cache),
            save_arm=save_arm,
            random_state=random_state,
            n_jobs=-1,
            progress=meter.show_fits,
        )
    figures = {"curves": (curves, result.comparison), "report": (report, result)}
    if result.comparison is None or result.choice is None:
        lines, made_of = _seed_lines(result), "seed words alone, no labels"
    else:
        lines = _lines(result, result.comparison, result.choice)
        made_of = f"{result.choice.arm}, trained on all {result.comparison.n_pool:,} labelled texts"
    with console.showing({"output": str(output), **result.to_dict()}, lines):
        result.save(output, force=force)
        lines.append(f"saved     {output} ({made_of})")
        for name, (path, content) in figures.items():
            if path is not None and content is not None:
                from textransfer.report.saving import save_report

                save_report(content, path, command=command_line(), force=force)
                lines.append(f"{name:10}{path}")


def _seed_lines(result: "Classification") -> list[str]:
    """Write what is said of a classifier of seed words alone."""
    report, score = result.seed_report, result.score
    known = {} if report is None else report.known
    lines = [f"seeds     {label}: {', '.join(words)}" for label, words in known.items()]
    lines += _emphasis_lines(result.emphasis, "seed words")
    lines.append(
        "trust     probabilities are not calibrated without labels, and mostly too sure: label some texts "
        "before you rely on them (--labeled)"
    )
    if score is not None:
        accuracy = score.accuracy
        lines.append(
            f"accuracy  {percent(accuracy.estimate)} ({percent(accuracy.low)} to {percent(accuracy.high)}) "
            f"on {score.n_test:,} test texts, macro-F1 {percent(score.macro_f1)}"
        )
    return lines


def _lines(result: "Classification", comparison: "Comparison", choice: "Choice") -> list[str]:
    """Write the comparison, and what is said of the classifier."""
    verdict = comparison.verdict
    header = ["arm", "accuracy", "95% interval", "macro-F1", "95% interval", "pretrained ahead by", "fit"]
    return [
        design_of(comparison),
        "",
        table([*header, "trained numbers"], [_arm_row(arm) for arm in comparison.arms]),
        "",
        "VERDICT  " + verdict.sentence,
        *(["         " + verdict.limits] if verdict.limits else []),
        "         " + choice.sentence,
        *further_lines(comparison),
        "",
        *(f"{name:10}{fact}" for name, fact in facts_of(comparison, result.vectors).items()),
        *_encoding_lines(result.encoding),
        *_emphasis_lines(result.emphasis, "labels"),
        *([] if result.trust is None else _trust_lines(result.trust, result.weights)),
        *_doubt_lines(result.doubts),
        *("note      " + note for note in (*comparison.notes, *choice.notes)),
    ]


def _arm_row(arm: "ArmResult") -> list[str]:
    return [
        arm.name,
        percent(arm.accuracy.estimate),
        arm.accuracy.span(),
        percent(arm.macro_f1.estimate),
        arm.macro_f1.span(),
        "" if arm.behind is None else arm.behind.points(),
        duration(arm.fit_seconds) if arm.fit_seconds >= 0.1 else f"{1000 * arm.fit_seconds:.0f} ms",
        f"{arm.n_parameters:,}",
    ]


def _encoding_lines(encoding: "Encoding | None") -> list[str]:
    if encoding is None or encoding.log_likelihood_ratio <= 0:
        return []
    return [
        f"encoder   labels speak for {encoding.encoder} with components to the power "
        f"{encoding.component_power:g} (likelihood ratio {_ratio(encoding.log_likelihood_ratio)})"
    ]


def _emphasis_lines(emphasis: "FollowedDirection | None", followers: str) -> list[str]:
    if emphasis is None:
        return []
    low, high = (", ".join(words) for words in emphasis.words)
    return [
        f"emphasis  {followers} follow the direction between two poles, {low} / {high} "
        f"(likelihood ratio {_ratio(emphasis.log_likelihood_ratio)}): it counts more"
    ]


def _ratio(logarithm: float) -> str:
    return f"{math.exp(logarithm):.2g}" if logarithm < math.log(1000) else "over 1,000"


def _trust_lines(trust: "Trust", weights: dict[str, float] | None) -> list[str]:
    how = f"temperature {trust.temperature:.2f}"
    if weights is not None:  # what calibrates in place of a temperature
        how = "weights " + ", ".join(f"{weight:.2f} of {name}" for name, weight in weights.items())
    lines = [
        f"trust     probabilities are off by {100 * trust.calibration_error:.1f} points on average "
        f"({trust.n_texts:,} texts, {trust.source}; {how})"
    ]
    answered = abstain_line(trust.answered)
    return [*lines, answered] if answered else lines


def _doubt_lines(doubts: tuple["LabelDoubt", ...]) -> list[str]:
    lines = []
    for doubt in doubts[:MOST_DOUBTS]:
        text = shortened(doubt.text, SHOWN_CHARACTERS)
        lines.append(
            f"doubt     {doubt.place or f'labelled text {doubt.number}'} is {doubt.label!r}, but looks like "
            f"{doubt.looks_like!r} ({doubt.probability:.2f}): {text}"
        )
    if len(doubts) > MOST_DOUBTS:
        lines.append(f"          and {len(doubts) - MOST_DOUBTS} more, in comparison.json")
    return lines
