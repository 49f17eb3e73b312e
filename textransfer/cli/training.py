"""What the commands that train word vectors share: the meter, checkpoints, the lines of a summary."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.console import Meter, configure, is_first_process
from textransfer.cli.options import setting, switch
from textransfer.config import Checkpoints, Combining, PretrainConfig, TokenizerConfig
from textransfer.report.wording import duration

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.pretrain.progress import Progress

SHUFFLE = "Whether documents change their order in each epoch."
CheckpointEvery = Annotated[float, typer.Option(help="Minutes between two checkpoints; 0: none by time.")]
CheckpointTokens = Annotated[
    int, typer.Option(help="Words of training between two checkpoints; 0: none by words.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on from the checkpoint, or start if there is none.")
]
Shuffle = Annotated[
    bool | None,
    switch("--shuffle/--in-order", SHUFFLE, default=PretrainConfig.shuffle),
]
Device = Annotated[str | None, setting("auto, cpu, cuda, cuda:1, ...", PretrainConfig.device)]
NJobs = Annotated[int | None, setting("Threads; with 1 a seed repeats exactly.", "by corpus size")]
CombineWords = Annotated[
    int, typer.Option(help="With torchrun: words a thread trains between two combinations.")
]
CombineFrequent = Annotated[
    int,
    typer.Option(help="With torchrun: rows combined each time; twice as many every second time, and so on."),
]
CombineRounds = Annotated[
    int, typer.Option(help="With torchrun: all rows at the latest after so many times.")
]
FILES = (
    "files, globs or folders: .txt .csv .tsv .jsonl .parquet, also .gz .bz2 .xz .zst; - is standard input."
)
WINDOW = "Furthest neighbour, in words."
SAMPLE = "Threshold for dropping frequent words; 0 keeps all."
NEGATIVE = "Noise words a pair."
FIRST_RATE, LAST_RATE = "Step size at the start.", "Step size at the end."


def run_training(
    learn: Callable[..., "WordVectors"],
    arguments: dict[str, Any],
    output: Path,
    checkpoint: Path,
    report: Callable[["WordVectors"], tuple[dict[str, Any], list[str]]],
    *,
    is_in_place: bool = False,
) -> None:
    """Call `pretrain_vectors` or `update_vectors` under a meter, and show what came out.

    The arguments are those of the command, and the checkpoint is the folder of the run until it is finished;
    `report` returns the facts for ``--json`` and the lines of the summary. An output that is renewed in place
    stays as it was after Ctrl-C.
    """
    from textransfer.errors import ConfigError
    from textransfer.pretrain.processes.distributed import team_of_torchrun
    from textransfer.pretrain.processes.interrupt import TrainingInterrupted

    is_first, interrupt = is_first_process(), None
    console = configure(
        quiet=arguments["quiet"] or not is_first,
        verbose=arguments["verbose"] and is_first,
        as_json=arguments["as_json"],
    )
    names = {*PretrainConfig.names(), *TokenizerConfig.names()} & set(arguments)
    combining = Combining(*(arguments[f"combine_{name}"] for name in Combining.names()))
    checkpoints = Checkpoints(checkpoint, arguments["checkpoint_every"], arguments["checkpoint_tokens"])
    with team_of_torchrun(combining) as team, console.meter("reading") as meter:

        def on_scan(n_documents: int, n_tokens: int) -> None:
            meter.update(None, f"{n_documents:,} documents, {n_tokens:,} words")

        def on_progress(record: "Progress") -> None:
            show_progress(meter, record)

        with team.together():
            if team.size > 1 and "-" in arguments["corpus"]:
                raise ConfigError(
                    f"standard input cannot be read by {team.size} processes; write it to a file on every "
                    "machine"
                )
            corpus = arguments["data"].corpus(arguments["corpus"])
        try:
            vectors = learn(
                corpus,
                output,
                random_state=arguments["random_state"],
                checkpoint=checkpoints,
                resume=arguments["resume"],
                force=arguments["force"],
                on_scan=on_scan,
                on_progress=on_progress,
                on_stage=meter.begin,
                team=team,
                **{name: arguments[name] for name in names},
            )
        except TrainingInterrupted as error:
            vectors, interrupt = error.vectors, error
    if interrupt is not None:
        outcome = "nothing was changed" if is_in_place else "saved what was learned so far"
        console.note(f"interrupted: {outcome}")
        if checkpoint.exists():
            console.note("the same command with --resume goes on from here")
    if is_first and not (interrupt is not None and is_in_place):
        console.show(*report(vectors))
    if interrupt is not None:
        raise interrupt


def show_progress(meter: Meter, record: "Progress") -> None:
    """Show how far training is, how fast, and at which loss."""
    loss = "" if record.loss != record.loss else f", loss {record.loss:.3f}"
    meter.update(
        record.share,
        f"{record.tokens_per_second / 1e6:.2f} M words/s, "
        f"rate {record.learning_rate:.4f}{loss}, {duration(record.seconds_left)} left",
    )


def start_lines(start: dict[str, Any] | None, tokenizer: Mapping[str, Any]) -> list[str]:
    """Tell which words started from the vectors of other texts, and what those did not tell."""
    if not start:
        return []
    line = (
        f"start     {start['n_words']:,} words of {start['source']}: {start['n_found']:,} occur in the text, "
    )
    line += f"{start['share_of_text']:.1%} of it"
    missing = start["missing"]
    if missing:
        line += f"; it tells no {', no '.join(missing)}"
    if "tokenizer" in missing:
        marked = ", negation marked" if tokenizer.get("marks_negation") else ""
        line += f"; tokenizer: {tokenizer.get('name', 'none')}{marked}"
    lines = [line]
    if start["scale"] != 1:
        lines.append(f"scaled    its vectors times {start['scale']:.3g}, which changes no angle")
    if start["n_unmet"]:
        lines.append(
            f"unmet     {start['n_unmet']:,} of its words, which the tokenizer never gives: phrases, "
            "punctuation, another case"
        )
    return lines


def settings_line(run: dict[str, Any]) -> str:
    """Tell how vectors were trained, from the facts of pretraining or of an update in their metadata."""
    settings = run["settings"]
    return (
        f"trained   {settings['objective']}, {settings['vector_size']} dimensions, "
        f"window {settings['window']}, {run['training']['epoch']} epochs, sample {settings['sample']:g}, "
        f"random state {run['random_state']}"
    )


def chosen_lines(run: dict[str, Any]) -> list[str]:
    """Tell which settings the documents and words of the text changed, and why."""
    reasons = run.get("reasons")
    if not reasons:
        return []
    chosen = " and ".join(f"{name} {run['settings'][name]:g}" for name in reasons)
    return [f"chosen    {chosen}: {next(iter(reasons.values()))}"]


def engine_lines(run: dict[str, Any], history: list["Progress"]) -> list[str]:
    """Return the lines of a summary that tell of the engine and of the loss."""
    engine = run["engine"]
    losses = [record.loss for record in history if record.loss == record.loss]
    return [
        f"engine    {engine['name']} on {engine['device']}, {engine['n_jobs']} thread(s), "
        f"{history[-1].tokens_per_second / 1e6:.2f} M words/s",
        f"loss      {losses[0]:.3f} at the start, {losses[-1]:.3f} at the end"
        if losses
        else "loss      none",
    ]


def dropped_words(run: dict[str, Any]) -> str:
    """Say how many words were left out as too rare, if any were."""
    n_dropped = run["n_dropped_words"]
    return f"; {n_dropped:,} left out as too rare (min_count {run['settings']['min_count']})" * bool(
        n_dropped
    )


def ending_lines(vectors: "WordVectors", run: dict[str, Any], output: Path) -> list[str]:
    """Return the lines that tell of poles, of too little text, of the time, and of the output."""
    from textransfer.embeddings.attested import attested_by, too_little

    little = too_little(attested_by(vectors))
    return [
        *(f"poles     {', '.join(low)} / {', '.join(high)}" for low, high in vectors.poles()),
        *[
            f"caution   {little}; add text of the same kind, or start from vectors of others (pretrain "
            "--init-from)"
        ]
        * bool(little),
        f"took      {duration(run['seconds'])}",
        f"saved     {output}" + ("  (interrupted)" if run["is_interrupted"] else ""),
    ]
