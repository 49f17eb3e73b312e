"""``textransfer update``: go on pretraining with more text."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.console import configure
from textransfer.cli.options import Embeddings, Encoding, Force, Json, Quiet, RandomState, TextColumn, Verbose
from textransfer.cli.processes import (
    CombineFrequent,
    CombineRounds,
    CombineWords,
    is_first_process,
)
from textransfer.cli.training import (
    CheckpointEvery,
    CheckpointTokens,
    Resume,
    dropped_words,
    ending_lines,
    engine_lines,
    learn_vectors,
    note_interruption,
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
    shuffle: Annotated[
        bool | None, typer.Option("--shuffle/--in-order", help="Order of the documents in each epoch.")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="auto, cpu (compiled) or torch.", show_default=PretrainConfig.engine)
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="auto, cpu, cuda, cuda:1, ...", show_default=PretrainConfig.device)
    ] = None,
    n_jobs: Annotated[
        int | None,
        typer.Option(help="Threads; with 1 a seed repeats exactly.", show_default="by corpus size"),
    ] = None,
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

    is_first = is_first_process()
    console = configure(quiet=quiet or not is_first, verbose=verbose and is_first)
    target = embeddings if output is None else output
    is_saved = target.resolve() != embeddings.resolve()
    place = checkpoint_beside(target, CHECKPOINT_SUFFIX)
    learn = partial(update_vectors, embeddings, output=target)
    vectors, interrupt = learn_vectors(learn, arguments, place, console)
    if interrupt is not None:
        note_interruption(console, place, is_saved=is_saved)
    if is_first and (interrupt is None or is_saved):
        facts = _facts(vectors, target)
        if as_json:
            console.result_json(facts)
        else:
            console.result(_summary(vectors, facts, target))
    if interrupt is not None:
        raise interrupt


def _facts(vectors: "WordVectors", output: Path) -> dict[str, Any]:
    """Gather what ``--json`` prints: the facts of this update, and how large the whole is now."""
    updates = vectors.metadata["updates"]
    totals = {
        "n_words": len(vectors),
        "vector_size": vectors.vector_size,
        "n_documents": vectors.n_documents,
        "n_tokens": vectors.n_tokens,
        "n_updates": len(updates),
    }
    return {"output": str(output), **updates[-1], "total": totals}


def _summary(vectors: "WordVectors", facts: dict[str, Any], output: Path) -> str:
    from textransfer.pretrain.progress import PROGRESS, read_progress

    history = read_progress(output / PROGRESS, update=facts["total"]["n_updates"])
    return "\n".join(
        [
            f"read      {facts['n_tokens']:,} words in {facts['n_documents']:,} documents",
            f"joined    {facts['n_new_words']:,} new words, now {facts['total']['n_words']:,}"
            + dropped_words(facts),
            settings_line(facts),
            f"rate      from {facts['settings']['learning_rate']:.2g} to {history[-1].learning_rate:.2g}",
            *engine_lines(facts, history),
            *ending_lines(vectors, facts, output),
        ]
    )
