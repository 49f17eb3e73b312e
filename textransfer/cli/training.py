"""What the commands that train word vectors share: the meter, checkpoints, the lines of a summary."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.console import Console, Meter
from textransfer.cli.processes import corpus_of
from textransfer.config import Checkpoints, Combining, PretrainConfig, TokenizerConfig
from textransfer.report.wording import duration

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.pretrain.interrupt import TrainingInterrupted
    from textransfer.pretrain.progress import Progress

CheckpointEvery = Annotated[float, typer.Option(help="Minutes between two checkpoints; 0: none by time.")]
CheckpointTokens = Annotated[
    int, typer.Option(help="Words of training between two checkpoints; 0: none by words.")
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on from the checkpoint, or start if there is none."),
]


def learn_vectors(
    learn: Callable[..., "WordVectors"], arguments: dict[str, Any], place: Path, console: Console
) -> tuple["WordVectors", "TrainingInterrupted | None"]:
    """Call `pretrain_vectors` or `update_vectors` under a meter, on each process that torchrun started.

    Parameters
    ----------
    learn : callable
        It is given the corpus and what both functions share.
    arguments : dict
        Of the command.
    place : Path
        Of the checkpoint.
    console : Console

    Returns
    -------
    vectors : WordVectors
    interrupt : TrainingInterrupted or None
        The Ctrl-C that ended the training, if one did.
    """
    from textransfer.pretrain.distributed import team_of_torchrun
    from textransfer.pretrain.interrupt import TrainingInterrupted

    names = {*PretrainConfig.names(), *TokenizerConfig.names()} & set(arguments)
    combining = Combining(*(arguments[f"combine_{name}"] for name in Combining.names()))
    checkpoint = Checkpoints(place, arguments["checkpoint_every"], arguments["checkpoint_tokens"])
    with team_of_torchrun(combining) as team, console.meter("reading") as meter:

        def on_scan(n_documents: int, n_tokens: int) -> None:
            meter.update(None, f"{n_documents:,} documents, {n_tokens:,} words")

        def on_progress(record: "Progress") -> None:
            show_progress(meter, record)

        with team.together():
            corpus = corpus_of(
                arguments["corpus"],
                team,
                text_column=arguments["text_column"],
                encoding=arguments["encoding"],
            )
        try:
            vectors = learn(
                corpus,
                random_state=arguments["random_state"],
                checkpoint=checkpoint,
                resume=arguments["resume"],
                force=arguments["force"],
                on_scan=on_scan,
                on_progress=on_progress,
                team=team,
                **{name: arguments[name] for name in names},
            )
        except TrainingInterrupted as interrupt:
            return interrupt.vectors, interrupt
    return vectors, None


def show_progress(meter: Meter, record: "Progress") -> None:
    """Show how far training is, how fast, and at which loss."""
    meter.title = "training"
    loss = "" if record.loss != record.loss else f", loss {record.loss:.3f}"
    meter.update(
        record.share,
        f"{record.tokens_per_second / 1e6:.2f} M words/s, "
        f"rate {record.learning_rate:.4f}{loss}, {duration(record.seconds_left)} left",
    )


def note_interruption(console: Console, checkpoint: Path, *, is_saved: bool) -> None:
    """Say what became of a run that Ctrl-C ended, and how to go on with it."""
    console.note(f"interrupted: {'saved what was learned so far' if is_saved else 'nothing was changed'}")
    if checkpoint.exists():
        console.note("the same command with --resume goes on from here")


def settings_line(run: dict[str, Any]) -> str:
    """Return the line of a summary that tells how vectors were trained.

    Parameters
    ----------
    run : dict
        The facts of pretraining, or of an update, as the vectors' metadata hold them.
    """
    settings = run["settings"]
    return (
        f"trained   {settings['objective']}, {settings['vector_size']} dimensions, "
        f"window {settings['window']}, {run['training']['epoch']} epochs, sample {settings['sample']:g}, "
        f"random state {run['random_state']}"
    )


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
    """Return the lines of a summary that tell of the documents' poles, of the time, and of the output."""
    return [
        *(f"poles     {', '.join(low)} / {', '.join(high)}" for low, high in vectors.poles()),
        f"took      {duration(run['seconds'])}",
        f"saved     {output}" + ("  (interrupted)" if run["is_interrupted"] else ""),
    ]
