"""``textransfer pretrain``: word vectors from unlabelled text."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.console import Console, Meter, configure, duration
from textransfer.cli.options import (
    Encoding,
    Force,
    Json,
    Quiet,
    RandomState,
    StopWordsOption,
    TextColumn,
    TokenizerOption,
    Verbose,
)
from textransfer.cli.processes import (
    CombineFrequent,
    CombineRounds,
    CombineWords,
    combining_of,
    corpus_of,
)
from textransfer.cli.resuming import (
    CheckpointEvery,
    CheckpointTokens,
    Resume,
    place_of_checkpoints,
    prepare_start,
)

if TYPE_CHECKING:
    from textransfer.config import PretrainConfig, TokenizerConfig
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.pretrain.checkpoint import Checkpoints
    from textransfer.pretrain.run import Run
    from textransfer.pretrain.trainer import Progress

_BY_SIZE = "by corpus size"


def pretrain_command(
    context: typer.Context,
    corpus: Annotated[
        list[str],
        typer.Argument(
            help="Files, globs or folders: .txt .csv .tsv .jsonl .parquet, also .gz .bz2 .xz .zst; "
            "- is standard input."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the vectors.")] = Path(
        "embeddings"
    ),
    preset: Annotated[
        str,
        typer.Option(help="Defaults to start from: default, or article (the toy example of the article)."),
    ] = "default",
    settings: Annotated[
        Path | None, typer.Option("--config", help="TOML file with settings; options given here win.")
    ] = None,
    vector_size: Annotated[
        int | None, typer.Option(help="Dimensions of a word vector.", show_default=_BY_SIZE)
    ] = None,
    window: Annotated[
        int | None, typer.Option(help="Furthest neighbour, in words.", show_default=_BY_SIZE)
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the corpus.", show_default=_BY_SIZE)] = None,
    max_steps: Annotated[
        int | None, typer.Option(help="Stop after so many updates.", show_default="no limit")
    ] = None,
    min_count: Annotated[
        int | None, typer.Option(help="Leave out words rarer than this.", show_default=_BY_SIZE)
    ] = None,
    max_vocab_size: Annotated[
        int | None, typer.Option(help="Keep the most frequent words only.", show_default="all")
    ] = None,
    max_scan_words: Annotated[
        int | None,
        typer.Option(help="Distinct words to track while reading; bounds memory.", show_default="10000000"),
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option(help="Threshold for dropping frequent words; 0 keeps all.", show_default=_BY_SIZE),
    ] = None,
    objective: Annotated[str | None, typer.Option(help="sgns or nce.", show_default="sgns")] = None,
    negative: Annotated[int | None, typer.Option(help="Noise words a pair.", show_default="5")] = None,
    noise: Annotated[str | None, typer.Option(help="unigram or log-uniform.", show_default="unigram")] = None,
    ns_exponent: Annotated[
        float | None, typer.Option(help="Power of the counts in the noise.", show_default="0.75")
    ] = None,
    noise_sharing: Annotated[
        str | None, typer.Option(help="Who shares noise words: pair, window, batch.", show_default="window")
    ] = None,
    shuffle: Annotated[
        bool | None, typer.Option("--shuffle/--in-order", help="Order of the documents in each epoch.")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Step size at the start.", show_default="0.025")
    ] = None,
    min_learning_rate: Annotated[
        float | None, typer.Option(help="Step size at the end.", show_default="0.0001")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Windows an update.", show_default="1 on cpu")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="auto, cpu (compiled), triton (GPU) or torch.", show_default="auto")
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="auto, cpu, cuda, cuda:1, ...", show_default="auto")
    ] = None,
    n_jobs: Annotated[
        int | None,
        typer.Option(help="Threads; with 1 a seed repeats exactly.", show_default=_BY_SIZE),
    ] = None,
    tokenizer: TokenizerOption = None,
    stop_words: StopWordsOption = None,
    keep_negations: Annotated[
        bool | None,
        typer.Option("--keep-negations/--drop-negations", help="Keep not, never, ... despite stop words."),
    ] = None,
    negation: Annotated[
        str | None,
        typer.Option(
            help="Mark words after a negation (not_good): auto (English), english, none.",
            show_default="auto",
        ),
    ] = None,
    lowercase: Annotated[
        bool | None, typer.Option("--lowercase/--keep-case", help="Whether case matters.")
    ] = None,
    subword_vocab_size: Annotated[
        int | None, typer.Option(help="Pieces the subword tokenizer learns.", show_default="8000")
    ] = None,
    subword_model: Annotated[str | None, typer.Option(help="bpe or unigram.", show_default="bpe")] = None,
    text_column: TextColumn = "text",
    encoding: Encoding = "utf-8",
    random_state: RandomState = 0,
    checkpoint_every: CheckpointEvery = None,
    checkpoint_tokens: CheckpointTokens = None,
    resume: Resume = False,
    combine_words: CombineWords = None,
    combine_frequent: CombineFrequent = None,
    combine_rounds: CombineRounds = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Learn word vectors from unlabelled text and write them to a folder.

    Defaults suit the size of the corpus; what was chosen is shown and saved in `config.json`.
    Ctrl-C during training ends it after the block under way, saves what was learned and a checkpoint.
    After that, or a crash, the same command with `--resume` goes on.

    Examples:

    - `textransfer pretrain corpora/unlabeled.txt`
    - `textransfer pretrain reviews/*.csv.gz --text-column body -o embeddings-reviews`
    - `zcat dump.gz | textransfer pretrain - --vector-size 300 --window 10`
    - `textransfer pretrain corpora/unlabeled.txt --preset article`
    - `textransfer pretrain dump.txt --checkpoint-every 30`, and after a crash the same with `--resume`
    - `torchrun --nproc-per-node=2 -m textransfer pretrain dump.txt` (several processes: docs/clusters.md)
    """
    given = {
        name: value for name, value in locals().items() if name not in _NOT_SETTINGS and value is not None
    }
    from textransfer.embeddings.formats import folder
    from textransfer.output_kinds import CHECKPOINT, EMBEDDINGS
    from textransfer.pretrain.checkpoint import write_history
    from textransfer.pretrain.distributed import team_of_torchrun
    from textransfer.pretrain.run import Run
    from textransfer.storage import remove_folder, staged_folder

    combining = combining_of(combine_words, combine_frequent, combine_rounds)
    with team_of_torchrun(combining) as team:
        console = configure(quiet=quiet or team.rank > 0, verbose=verbose and team.rank == 0)
        with team.together():
            tokenizer_config, pretrain_config = resolve_settings(preset, settings, given)
            checkpoints = place_of_checkpoints(output, checkpoint_every, checkpoint_tokens)
            if team.rank == 0:
                prepare_start(context, output, checkpoints.path, resume=resume, force=force, console=console)
            documents = corpus_of(corpus, team, text_column=text_column, encoding=encoding)
        run = Run(
            documents,
            tokenizer_config,
            pretrain_config,
            random_state,
            checkpoints=checkpoints,
            resume=resume,
            team=team,
        )
        if team.rank > 0:
            with run.prepared_in(None):
                run.train()
            return
        with staged_folder(output, EMBEDDINGS) as stage:
            vectors = _train(run, stage, console, checkpoints)
            folder.write_into(stage, vectors.contents())
            write_history(stage / "progress.jsonl", run.history)
        if not run.is_interrupted and checkpoints.path.exists():
            remove_folder(checkpoints.path, CHECKPOINT)
    facts = _facts(run, vectors, output)
    if as_json:
        console.result_json(facts)
    else:
        console.result(_summary(run, vectors, facts, output))
    if run.is_interrupted:
        raise KeyboardInterrupt


_NOT_SETTINGS = frozenset(
    ["context", "corpus", "output", "preset", "settings", "text_column", "encoding", "random_state"]
    + ["checkpoint_every", "checkpoint_tokens", "resume", "force", "as_json", "quiet", "verbose"]
    + ["combine_words", "combine_rounds", "combine_frequent"]
)


def resolve_settings(
    preset: str, settings: Path | None, given: dict[str, Any]
) -> tuple["TokenizerConfig", "PretrainConfig"]:
    """Put preset, settings file and options together; the later wins.

    Raises
    ------
    ConfigError
        If a name is unknown, or a value is none that the setting can have.
    """
    from textransfer.config import PretrainConfig, TokenizerConfig, read_settings
    from textransfer.errors import ConfigError
    from textransfer.presets import PRETRAIN_PRESETS

    if preset not in PRETRAIN_PRESETS:
        raise ConfigError(f"preset is {preset!r}; expected one of {', '.join(PRETRAIN_PRESETS)}")
    tokenizer_config, pretrain_config = PRETRAIN_PRESETS[preset]
    values: dict[str, Any] = {}
    if settings is not None:
        read = read_settings(settings)
        values.update(read.get("settings", read))  # type: ignore[call-overload]  # a saved config.json nests them
    values.update(given)
    known = {*TokenizerConfig.names(), *PretrainConfig.names()}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ConfigError(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return (
        tokenizer_config.override(**{n: v for n, v in values.items() if n in TokenizerConfig.names()}),
        pretrain_config.override(**{n: v for n, v in values.items() if n in PretrainConfig.names()}),
    )


def _train(run: "Run", stage: Path, console: Console, checkpoints: "Checkpoints") -> "WordVectors":
    """Read and train under a meter; return what was learned to the end, or to Ctrl-C."""
    work = stage / "work"
    work.mkdir()
    try:
        with console.meter("reading") as reading:

            def on_scan(n_documents: int, n_tokens: int) -> None:
                reading.update(None, f"{n_documents:,} documents, {n_tokens:,} words")

            def on_progress(record: "Progress") -> None:
                show_progress(reading, record)

            with run.prepared_in(work, on_scan):
                try:
                    run.train(on_progress)
                except KeyboardInterrupt:
                    if not run.history:
                        raise
                vectors = run.vectors()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if run.is_interrupted:
        console.note("interrupted: saving what was learned so far")
        if checkpoints.path.exists():
            console.note("the same command with --resume goes on from here")
    return vectors


def show_progress(meter: Meter, record: "Progress") -> None:
    """Show how far training is, how fast, and at which loss."""
    meter.title = "training"
    loss = "" if record.loss != record.loss else f", loss {record.loss:.3f}"
    meter.update(
        record.share,
        f"{record.tokens_per_second / 1e6:.2f} M words/s, "
        f"rate {record.learning_rate:.4f}{loss}, {duration(record.seconds_left)} left",
    )


def _facts(run: "Run", vectors: "WordVectors", output: Path) -> dict[str, Any]:
    """Gather what ``--json`` prints."""
    return {
        "output": str(output),
        "n_words": len(vectors),
        "vector_size": vectors.vector_size,
        "n_documents": vectors.n_documents,
        "n_tokens": vectors.n_tokens,
        "tokenizer": run.prepared.tokenizer.name,
        "marks_negation": run.prepared.tokenizer.spec().get("marks_negation", False),
        "poles": vectors.poles(),
        **vectors.metadata,
    }


def poles_lines(vectors: "WordVectors") -> list[str]:
    """Say between which words the documents of the corpus spread, if they do."""
    return [f"poles     {', '.join(low)} / {', '.join(high)}" for low, high in vectors.poles()]


def _summary(run: "Run", vectors: "WordVectors", facts: dict[str, Any], output: Path) -> str:
    config, last = run.prepared.config, run.history[-1]
    dropped = facts["n_dropped_words"]
    return "\n".join(
        [
            f"read      {facts['n_tokens']:,} words in {facts['n_documents']:,} documents "
            f"(tokenizer: {facts['tokenizer']}{', negation marked' * facts['marks_negation']})",
            f"kept      {facts['n_words']:,} distinct words"
            + (f"; {dropped:,} left out as too rare (min_count {config.min_count})" if dropped else ""),
            f"trained   {config.objective}, {config.vector_size} dimensions, window {config.window}, "
            f"{last.epoch} epochs, sample {config.sample:g}, random state {facts['random_state']}",
            f"engine    {run.choice.name} on {run.choice.device}, {run.choice.n_jobs} thread(s), "
            f"{last.tokens_per_second / 1e6:.2f} M words/s",
            f"loss      {run.history[0].loss:.3f} at the start, {last.loss:.3f} at the end",
            *poles_lines(vectors),
            f"took      {duration(facts['seconds'])}",
            f"saved     {output}" + ("  (interrupted)" if facts["is_interrupted"] else ""),
        ]
    )
