"""``textransfer classify``: a classifier from few labels, and whether pretraining helped it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.console import Console, configure, duration, percent, table
from textransfer.cli.no_labels import classify_without_labels, refuse_without_labels
from textransfer.cli.options import (
    Embeddings,
    Encoding,
    Force,
    Json,
    LabelColumn,
    Quiet,
    RandomState,
    SeedWordsOption,
    TextColumn,
    TokenizerOption,
    Verbose,
)
from textransfer.cli.trust import trust_lines, trust_record

if TYPE_CHECKING:
    from textransfer.config import ClassifierConfig
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.text.tokenize import Tokenizer
    from textransfer.transfer.coverage import Coverage
    from textransfer.transfer.intervals import Interval
    from textransfer.transfer.measures import ThresholdTime
    from textransfer.transfer.results import ArmResult, Comparison


def classify_command(
    context: typer.Context,
    labeled: Annotated[
        list[str] | None,
        typer.Option("--labeled", "-l", help="Labelled texts (.csv .tsv .jsonl .parquet); may be repeated."),
    ] = None,
    test: Annotated[
        list[str] | None,
        typer.Option("--test", "-t", help="Labelled texts to test on; without it: cross-validation."),
    ] = None,
    embeddings: Embeddings = Path("embeddings"),
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the classifier.")] = Path(
        "classifier"
    ),
    rows: Annotated[
        str | None, typer.Option(help="Which labelled rows to use, as 0:12500.", show_default="all")
    ] = None,
    test_rows: Annotated[
        str | None, typer.Option(help="Which test rows to use, as 12500:.", show_default="all")
    ] = None,
    n_labels: Annotated[
        int | None,
        typer.Option(min=1, help="Pretend to have only so many labels: draw them again and again."),
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Fits of each arm to average over.")] = 20,
    folds: Annotated[
        int | None, typer.Option(min=2, help="Folds of the cross-validation.", show_default="5")
    ] = None,
    seed_words: SeedWordsOption = None,
    encoder: Annotated[
        str | None, typer.Option(help="Sentence vector: sif or mean.", show_default="sif")
    ] = None,
    hidden_size: Annotated[int | None, typer.Option(help="Units of the hidden layer.")] = None,
    fine_tune: Annotated[
        bool | None, typer.Option("--fine-tune/--frozen", help="Train the word vectors too.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the labelled texts.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Step size of the head.")] = None,
    vector_learning_rate: Annotated[
        float | None, typer.Option(help="Step size of the word vectors, if they are trained.")
    ] = None,
    l2: Annotated[float | None, typer.Option(help="Strength of the L2 penalty.")] = None,
    text_features: Annotated[
        bool,
        typer.Option(
            "--text-features",
            help="An arm too: vectors, words and pairs of words together; saved if it shows to be ahead.",
        ),
    ] = False,
    class_weight: Annotated[
        str | None,
        typer.Option(help="balanced: all classes count the same; or none.", show_default="none"),
    ] = None,
    emphasis: Annotated[
        bool,
        typer.Option(help="Let a direction between poles of the corpus count more where labels follow it."),
    ] = True,
    curves: Annotated[
        Path | None, typer.Option(help="Draw the training curves to this .png or .svg file.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write all of it to one .html page, or a sheet to a .png or .svg.")
    ] = None,
    tokenizer: TokenizerOption = None,
    text_column: TextColumn = "text",
    label_column: LabelColumn = "label",
    encoding: Encoding = "utf-8",
    random_state: RandomState = 0,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Train a classifier on few labels, and say whether pretraining helped.

    Every arm (pretrained vectors, the same network without pretraining, TF-IDF, majority) sees the same
    label draws and test texts. The verdict is positive, negative or inconclusive. The classifier that is
    saved is trained on all the labelled rows. With `--text-features` it has words and pairs of words if the
    interval of their arm lies ahead of the pretrained one's, from 100 labels on and without seed words.

    Examples:

    - `textransfer classify --labeled few.csv`
    - `textransfer classify --labeled few.csv --test test.csv --curves curves.png`
    - `textransfer classify --labeled few.csv --test test.csv --report report.html`
    - `textransfer classify -l pool.csv -t test.csv --n-labels 32 --draws 20`
    - `textransfer classify -l reviews.jsonl --text-column body --label-column stars`
    - `textransfer classify -l few.csv --seed-words "pos=good great" --seed-words "neg=bad awful"`
    - `textransfer classify --seed-words seeds.toml` (no labels yet)
    """
    from textransfer.cli.choosing import choose
    from textransfer.cli.report import check_figure_names, write_report
    from textransfer.errors import ConfigError
    from textransfer.output_kinds import CLASSIFIER
    from textransfer.sentiment import combined_persistence, persistence
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.seeds import read_seed_words
    from textransfer.storage import claimed
    from textransfer.text.corpus import parse_rows, read_labelled
    from textransfer.transfer.comparison import N_FOLDS, compare

    console = configure(quiet=quiet, verbose=verbose)
    context.with_resource(claimed(output, CLASSIFIER, force=force))
    check_figure_names(curves, report, force=force)
    if test_rows is not None and not test:
        raise ConfigError("--test-rows chooses rows of a test file, but there is none; give --test too")
    if folds is not None and test:
        raise ConfigError(
            "--folds divides the labelled texts for cross-validation, but --test gives texts to test on; "
            "give one of them"
        )
    config = _config(locals())
    seeds = read_seed_words(seed_words) if seed_words else None
    columns = {"text_column": text_column, "label_column": label_column, "encoding": encoding}
    pool = read_labelled(labeled, rows=parse_rows(rows) if rows else None, **columns) if labeled else None
    tested = (
        read_labelled(test, rows=parse_rows(test_rows) if test_rows else None, **columns) if test else None
    )
    vectors, cutter = load_vectors(embeddings, tokenizer)
    classifier = SentimentClassifier.from_config(
        config, vectors, tokenizer=cutter, seed_words=seeds, random_state=random_state
    )
    if pool is None:
        refuse_without_labels(
            {
                "--rows": rows,
                "--n-labels": n_labels,
                "--text-features": text_features or None,
                "--curves": curves,
                "--report": report,
            }
        )
        classify_without_labels(console, classifier, tested, output, force=force, as_json=as_json)
        return
    with console.meter("comparing") as meter:
        comparison = compare(
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
            random_state=random_state,
            progress=lambda done, total, what: meter.update(done / total, f"{what}, fit {done} of {total}"),
        )
        meter.update(None, f"final classifier on {len(pool)} labels")
        classifier.fit(pool.texts, pool.labels)
        chosen, why = choose(comparison, classifier, config, pool) if text_features else (classifier, "")
        trust = trust_record(chosen, pool, tested)
    record = {
        **comparison.to_dict(),
        **trust,
        "trust": None if trust["trust"] is None else trust["trust"].to_dict(),
    }
    if isinstance(chosen, SentimentClassifier):
        persistence.save(chosen, output, force=force, records={"comparison.json": record})
    else:
        combined_persistence.save(chosen, output, force=force, records={"comparison.json": record})
    if curves is not None:
        _draw(comparison, curves, force=force)
    if report is not None:
        write_report(comparison, chosen, pool, tested, trust["trust"], report, force=force)
    if as_json:
        console.result_json({"output": str(output), **record})
    else:
        _show(
            console,
            comparison,
            vectors,
            trust_lines(trust),
            f"{output} (trained on all {len(pool)} labelled texts{why})",
            {"curves": curves, "report": report},
        )


def _config(given: dict[str, Any]) -> "ClassifierConfig":
    """Put defaults and options together."""
    from textransfer.config import ClassifierConfig

    names = (
        "encoder",
        "hidden_size",
        "fine_tune",
        "epochs",
        "learning_rate",
        "vector_learning_rate",
        "l2",
        "class_weight",
        "emphasis",
    )
    return ClassifierConfig().override(**{name: given[name] for name in names})


def load_vectors(path: Path, tokenizer: str | None) -> tuple["WordVectors", "Tokenizer"]:
    """Load vectors with their own tokenizer; one may be named only for vectors that have none.

    Raises
    ------
    ConfigError
        If the vectors were made with another tokenizer than the named one, or have none and none is named.
    """
    from dataclasses import replace

    from textransfer.config import TokenizerConfig
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.errors import ConfigError
    from textransfer.text.negation import are_marked
    from textransfer.text.tokenize import build_tokenizer

    vectors = WordVectors.load(path)
    if vectors.tokenizer_spec is not None:
        own = vectors.tokenizer()
        if tokenizer not in (None, "auto", own.name):
            raise ConfigError(
                f"{path} was made with the tokenizer {own.name!r}, but {tokenizer!r} is asked for; words cut "
                "in another way would not be found: leave --tokenizer out, or pretrain anew"
            )
        return vectors, own
    config = TokenizerConfig(negation="none").override(tokenizer=tokenizer or "words")
    if config.tokenizer == "subword":
        raise ConfigError(
            f"{path} does not say how its words were cut, and subwords cannot be guessed; "
            "expected --tokenizer words or japanese, or vectors from textransfer pretrain"
        )
    if config.tokenizer in ("auto", "words") and are_marked(vectors.words):
        config = replace(config, tokenizer="words", negation="english")
    return vectors, build_tokenizer(config, vectors.words[:1000])


def _show(
    console: Console,
    found: "Comparison",
    vectors: "WordVectors",
    trust: list[str],
    saved: str,
    files: dict[str, Path | None],
) -> None:
    """Print the comparison for people."""
    lines = [design_of(found), "", _arms_table(found), "", "VERDICT  " + found.verdict.sentence]
    if found.verdict.limits:
        lines.append("         " + found.verdict.limits)
    lines += ["", *details_of(found, vectors), *trust, *("note      " + note for note in found.notes)]
    lines.append(f"saved     {saved}")
    lines += [f"{name:10}{path}" for name, path in files.items() if path is not None]
    console.result("\n".join(lines))


def design_of(found: "Comparison") -> str:
    """Say what was trained on, how often, and what was tested on."""
    named = ", ".join([*found.classes[:6], *(["..."] if len(found.classes) > 6 else [])])
    classes = f"{len(found.classes)} classes ({named})"
    if found.mode == "draws":
        return (
            f"{found.n_labels} labels drawn from {found.n_pool:,}, {found.n_draws} times; "
            f"tested on {found.n_test:,} texts; {classes}"
        )
    if found.mode == "random states":
        return (
            f"all {found.n_labels:,} labels, {found.n_draws} random states; "
            f"tested on {found.n_test:,} texts; {classes}"
        )
    return (
        f"{found.n_pool:,} labels, {found.n_folds}-fold cross-validation repeated {found.n_draws} times "
        f"({found.n_labels:,} train, the rest test); {classes}"
    )


def _arms_table(found: "Comparison") -> str:
    header = [
        "arm",
        "accuracy",
        "95% interval",
        "macro-F1",
        "95% interval",
        "pretrained ahead by",
        "fit",
        "trained numbers",
    ]
    return table(header, [_arm_row(arm) for arm in found.arms])


def _arm_row(arm: "ArmResult") -> list[str]:
    return [
        arm.name,
        percent(arm.accuracy.estimate),
        _span(arm.accuracy),
        percent(arm.macro_f1.estimate),
        _span(arm.macro_f1),
        "" if arm.behind is None else f"{100 * arm.behind.estimate:+.1f} ({_span(arm.behind, sign='+')})",
        duration(arm.fit_seconds) if arm.fit_seconds >= 0.1 else f"{1000 * arm.fit_seconds:.0f} ms",
        f"{arm.n_parameters:,}",
    ]


def _span(interval: "Interval", sign: str = "") -> str:
    return f"{100 * interval.low:{sign}.1f} to {100 * interval.high:{sign}.1f}"


def details_of(found: "Comparison", vectors: "WordVectors") -> list[str]:
    """Return the lines below the verdict, each with its name in front."""
    measures = found.measures
    return [
        f"start     after {_epochs(measures.start_epoch)} of training the pretrained arm is at "
        f"{100 * found.jump_start.estimate:+.1f} points ({_span(found.jump_start, sign='+')}) "
        "against the one without: the jump start",
        f"time      to {percent(measures.threshold)}, where the arm without pretraining ends: "
        f"pretrained {_time(measures.time_to_threshold, vectors)}; "
        f"without {_time(measures.other_time_to_threshold)}",
        f"coverage  labelled texts: {_coverage(found.labelled_coverage)}; "
        f"test texts: {_coverage(found.test_coverage)}",
        f"vectors   {len(vectors):,} words, {vectors.vector_size} dimensions"
        + (f", pretrained in {duration(s)}" if (s := vectors.metadata.get("seconds")) else ""),
    ]


def _epochs(n: int) -> str:
    return "1 epoch" if n == 1 else f"{n} epochs"


def _time(time: "ThresholdTime", vectors: "WordVectors | None" = None) -> str:
    """Write when a curve reached the threshold; with vectors, also what it took to learn them."""
    if time.epoch is None or time.seconds is None:
        return "never"
    text = f"{_epochs(time.epoch)}, {1000 * time.seconds:.0f} ms"
    if vectors is not None and time.seconds_with_pretraining is not None:
        text += f" ({duration(time.seconds_with_pretraining)} with pretraining)"
    return text


def _coverage(coverage: "Coverage") -> str:
    text = f"{percent(coverage.token_share)} of words known ({percent(coverage.word_share)} of distinct ones)"
    n = coverage.n_texts_without_known_words
    return text + (f", {n} without any known word" if n else "")


def _draw(found: "Comparison", path: Path, *, force: bool) -> None:
    from textransfer.report.comparison_plot import comparison_figure
    from textransfer.report.plots import save_figure

    save_figure(comparison_figure(found), path, force=force)
