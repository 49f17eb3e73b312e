"""``textransfer update``: go on pretraining with more text."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli import options, training
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.cli.options import setting
from textransfer.config import RANDOM_STATE, Checkpoints, Combining, PretrainConfig

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors

_AS_BEFORE = "as in pretraining"


@takes_data()
def update_command(
    corpus: Annotated[list[str], typer.Argument(help=f"The new text: {training.FILES}")],
    embeddings: Annotated[
        Path,
        typer.Option(
            help="Word vectors: a folder from `pretrain`; with --output also a word2vec or GloVe file."
        ),
    ] = options.EMBEDDINGS,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder for the result.", show_default="the embeddings themselves"
        ),
    ] = None,
    epochs: Annotated[
        int | None, setting("Passes over the new text.", "as in pretraining, or by its size")
    ] = None,
    learning_rate: Annotated[float | None, setting(training.FIRST_RATE, "by the share of new text")] = None,
    min_learning_rate: Annotated[float | None, setting(training.LAST_RATE, _AS_BEFORE)] = None,
    min_count: Annotated[
        int | None, setting("New words rarer than this in the new text are left out.", _AS_BEFORE)
    ] = None,
    max_vocab_size: Annotated[
        int | None, setting("Let new words join up to so many in all.", _AS_BEFORE)
    ] = None,
    window: Annotated[int | None, setting(training.WINDOW, _AS_BEFORE)] = None,
    sample: Annotated[float | None, setting(training.SAMPLE, _AS_BEFORE)] = None,
    negative: Annotated[int | None, setting(training.NEGATIVE, _AS_BEFORE)] = None,
    shuffle: Annotated[
        bool | None,
        typer.Option("--shuffle/--in-order", help=training.SHUFFLE, show_default=_AS_BEFORE),
    ] = None,
    engine: Annotated[str | None, setting("auto, cpu (compiled) or torch.", PretrainConfig.engine)] = None,
    device: training.Device = None,
    n_jobs: training.NJobs = None,
    vector_size: Annotated[int | None, typer.Option(hidden=True)] = None,
    objective: Annotated[str | None, typer.Option(hidden=True)] = None,
    tokenizer: Annotated[
        str | None,
        setting("For vectors of other programs: words or japanese.", "as in pretraining, or by the words"),
    ] = None,
    negation: Annotated[
        str | None,
        setting(
            "For vectors of other programs: mark words after a negation (not_good): auto (English), "
            "english, none.",
            "as in pretraining, or auto",
        ),
    ] = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    checkpoint_every: training.CheckpointEvery = Checkpoints.minutes,
    checkpoint_tokens: training.CheckpointTokens = Checkpoints.tokens,
    resume: training.Resume = False,
    combine_words: training.CombineWords = Combining.words,
    combine_frequent: training.CombineFrequent = Combining.frequent,
    combine_rounds: training.CombineRounds = Combining.rounds,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Go on pretraining with more text: old words keep learning, new words join.

    The folder is updated in place: the new vectors take the place of the old ones when they are whole, and
    Ctrl-C leaves the old ones as they were. With `--output` the old folder stays, and Ctrl-C saves what was
    learned so far. After Ctrl-C, or a crash, the same command with `--resume` goes on. Text is cut by the
    tokenizer that was saved with the vectors. Old words keep their rows.

    A word2vec, GloVe or fastText file stays as it is: give `--output`. It tells no tokenizer, counts and
    settings: the tokenizer is named or guessed from its words, the rest goes by the new text. Its vectors
    are scaled by one number, which changes no angle, before they learn on. Where the text is English, words
    after a negation are marked and join as new words, which few labels gained by; `--negation none` leaves
    them as they are.

    A classifier made earlier keeps the old vectors: run `classify` again.

    Examples:

    - `textransfer update more-reviews.txt`
    - `textransfer update 2027/*.csv.gz --text-column body --output embeddings-2027`
    - `textransfer update reviews.txt --embeddings glove.txt --output embeddings`
    - `textransfer update more-reviews.txt --embeddings embeddings-reviews --learning-rate 0.01 --epochs 5`
    """
    arguments = dict(locals())
    from textransfer.errors import ConfigError
    from textransfer.pretrain.saving import checkpoint_beside
    from textransfer.pretrain.update import CHECKPOINT_SUFFIX, update_vectors

    if output is None and embeddings.is_file():
        raise ConfigError(
            f"{embeddings} is a file of another program, which stays as it is; give --output FOLDER for the "
            "vectors that come of it"
        )
    target = embeddings if output is None else output
    training.run_training(
        partial(update_vectors, embeddings),
        arguments,
        target,
        checkpoint_beside(target, CHECKPOINT_SUFFIX),
        partial(_report, output=target),
        is_in_place=os.path.realpath(target) == os.path.realpath(embeddings),
    )


def _report(vectors: "WordVectors", output: Path) -> tuple[dict[str, Any], list[str]]:
    """Return what ``--json`` prints (this update, and how large the whole is now) and the summary."""
    from textransfer.pretrain.progress import PROGRESS, read_progress

    updates = vectors.metadata["updates"]
    totals = {
        "n_words": len(vectors),
        "vector_size": vectors.vector_size,
        "n_documents": vectors.n_documents,
        "n_tokens": vectors.n_tokens,
        "n_updates": len(updates),
    }
    facts = {"output": str(output), **updates[-1], "total": totals}
    history = read_progress(output / PROGRESS, update=len(updates))
    return facts, [
        f"read      {facts['n_tokens']:,} words in {facts['n_documents']:,} documents",
        f"joined    {facts['n_new_words']:,} new words, now {len(vectors):,}" + training.dropped_words(facts),
        *training.start_lines(facts.get("start"), vectors.tokenizer_spec or {}),
        training.settings_line(facts),
        f"rate      from {facts['settings']['learning_rate']:.2g} to {history[-1].learning_rate:.2g}",
        *training.engine_lines(facts, history),
        *training.ending_lines(vectors, facts, output),
    ]
