"""``textransfer update``: go on pretraining with more text."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.options import Embeddings, Encoding, Force, Json, Quiet, RandomState, TextColumn, Verbose
from textransfer.cli.processes import CombineFrequent, CombineRounds, CombineWords
from textransfer.cli.training import (
    CheckpointEvery,
    CheckpointTokens,
    Device,
    NJobs,
    Resume,
    Shuffle,
    dropped_words,
    ending_lines,
    engine_lines,
    run_training,
    settings_line,
)
from textransfer.config import Checkpoints, Combining, PretrainConfig

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors

_AS_BEFORE = "as in pretraining"


def update_command(
    corpus: Annotated[
        list[str],
        typer.Argument(
            help="The new text: files, globs or folders: .txt .csv .tsv .jsonl .parquet, also .gz .bz2 .xz "
            ".zst; - is standard input."
        ),
    ],
    embeddings: Embeddings = Path("embeddings"),
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder for the result.", show_default="the embeddings themselves"
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Passes over the new text.", show_default="as in pretraining, or by its size"),
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Step size at the start.", show_default="by the share of new text")
    ] = None,
    min_learning_rate: Annotated[
        float | None, typer.Option(help="Step size at the end.", show_default=_AS_BEFORE)
    ] = None,
    min_count: Annotated[
        int | None,
        typer.Option(help="New words rarer than this in the new text are left out.", show_default=_AS_BEFORE),
    ] = None,
    max_vocab_size: Annotated[
        int | None, typer.Option(help="Let new words join up to so many in all.", show_default=_AS_BEFORE)
    ] = None,
    window: Annotated[
        int | None, typer.Option(help="Furthest neighbour, in words.", show_default=_AS_BEFORE)
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option(help="Threshold for dropping frequent words; 0 keeps all.", show_default=_AS_BEFORE),
    ] = None,
    negative: Annotated[int | None, typer.Option(help="Noise words a pair.", show_default=_AS_BEFORE)] = None,
    shuffle: Shuffle = None,
    engine: Annotated[
        str | None, typer.Option(help="auto, cpu (compiled) or torch.", show_default=PretrainConfig.engine)
    ] = None,
    device: Device = None,
    n_jobs: NJobs = None,
    vector_size: Annotated[int | None, typer.Option(hidden=True)] = None,
    objective: Annotated[str | None, typer.Option(hidden=True)] = None,
    tokenizer: Annotated[str | None, typer.Option(hidden=True)] = None,
    text_column: TextColumn = "text",
    encoding: Encoding = "utf-8",
    random_state: RandomState = 0,
    checkpoint_every: CheckpointEvery = Checkpoints.minutes,
    checkpoint_tokens: CheckpointTokens = Checkpoints.tokens,
    resume: Resume = False,
    combine_words: CombineWords = Combining.words,
    combine_frequent: CombineFrequent = Combining.frequent,
    combine_rounds: CombineRounds = Combining.rounds,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Go on pretraining with more text: old words keep learning, new words join.

    The folder is updated in place: the new vectors take the place of the old ones when they are whole, and
    Ctrl-C leaves the old ones as they were. With `--output` the old folder stays, and Ctrl-C saves what was
    learned so far. After Ctrl-C, or a crash, the same command with `--resume` goes on. Text is cut by the
    tokenizer that was saved with the vectors. Old words keep their rows.
    A classifier made earlier keeps the old vectors: run `classify` again.

    Examples:

    - `textransfer update more-reviews.txt`
    - `textransfer update 2027/*.csv.gz --text-column body --output embeddings-2027`
    - `textransfer update more-reviews.txt --embeddings embeddings-reviews --learning-rate 0.01 --epochs 5`
    """
    arguments = dict(locals())
    from textransfer.pretrain.saving import checkpoint_beside
    from textransfer.pretrain.update import CHECKPOINT_SUFFIX, update_vectors

    target = embeddings if output is None else output
    run_training(
        partial(update_vectors, embeddings),
        arguments,
        target,
        checkpoint_beside(target, CHECKPOINT_SUFFIX),
        partial(_report, output=target),
        is_in_place=target.resolve() == embeddings.resolve(),
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
        f"joined    {facts['n_new_words']:,} new words, now {len(vectors):,}" + dropped_words(facts),
        settings_line(facts),
        f"rate      from {facts['settings']['learning_rate']:.2g} to {history[-1].learning_rate:.2g}",
        *engine_lines(facts, history),
        *ending_lines(vectors, facts, output),
    ]
