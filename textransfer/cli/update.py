"""``textransfer update``: go on pretraining with more text."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.console import Console, configure, duration
from textransfer.cli.options import Embeddings, Encoding, Force, Json, Quiet, RandomState, TextColumn, Verbose
from textransfer.cli.pretrain import poles_lines, show_progress
from textransfer.cli.processes import refuse_several_processes

if TYPE_CHECKING:
    from textransfer.pretrain.trainer import Progress
    from textransfer.pretrain.update import VectorUpdate
    from textransfer.text.corpus import Corpus

_AS_BEFORE = "as in pretraining"


def update_command(
    context: typer.Context,
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
        str | None, typer.Option(help="auto, cpu (compiled) or torch.", show_default="auto")
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="auto, cpu, cuda, cuda:1, ...", show_default="auto")
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
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Go on pretraining with more text: old words keep learning, new words join.

    The folder is updated in place: the new vectors take the place of the old ones when they are whole, and
    Ctrl-C leaves the old ones as they were. With `--output` the old folder stays, and Ctrl-C saves what was
    learned so far. Text is cut by the tokenizer that was saved with the vectors. Old words keep their rows.
    A classifier made earlier keeps the old vectors: run `classify` again.

    Examples:

    - `textransfer update more-reviews.txt`
    - `textransfer update 2027/*.csv.gz --text-column body --output embeddings-2027`
    - `textransfer update more-reviews.txt --embeddings embeddings-reviews --learning-rate 0.01 --epochs 5`
    """
    given = {
        name: value for name, value in locals().items() if name not in _NOT_SETTINGS and value is not None
    }
    from textransfer.embeddings.formats import folder
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.output_kinds import EMBEDDINGS
    from textransfer.pretrain.update import VectorUpdate
    from textransfer.storage import claimed, staged_folder
    from textransfer.text.corpus import Corpus

    refuse_several_processes("update")
    console = configure(quiet=quiet, verbose=verbose)
    target = embeddings if output is None else output
    is_in_place = target.resolve() == embeddings.resolve()
    if not embeddings.is_file():
        context.with_resource(claimed(target, EMBEDDINGS, force=force, in_place=is_in_place))
    vectors = WordVectors.load(embeddings)
    model = VectorUpdate(vectors, random_state=random_state, **given)
    model.check()
    documents = Corpus(corpus, text_column=text_column, encoding=encoding)
    with staged_folder(target, EMBEDDINGS) as stage:
        is_interrupted = _fit(model, documents, stage, console, may_save=not is_in_place)
        _write_history(stage / "progress.jsonl", embeddings / "progress.jsonl", model)
        folder.write_into(stage, model.vectors_.contents())
    facts = _facts(model, target)
    if as_json:
        console.result_json(facts)
    else:
        console.result(_summary(model, facts, target))
    if is_interrupted:
        raise KeyboardInterrupt


_NOT_SETTINGS = frozenset(
    ["context", "corpus", "embeddings", "output", "text_column", "encoding", "random_state"]
    + ["force", "as_json", "quiet", "verbose"]
)


def _fit(
    model: "VectorUpdate", documents: "Corpus", stage: Path, console: Console, *, may_save: bool
) -> bool:
    """Run the training under a meter; tell whether Ctrl-C ended it and what was learned is to be saved."""
    work = stage / "work"
    work.mkdir()
    try:
        with console.meter("reading") as meter:

            def on_scan(n_documents: int, n_tokens: int) -> None:
                meter.update(None, f"{n_documents:,} documents, {n_tokens:,} words")

            def on_progress(record: "Progress") -> None:
                show_progress(meter, record)

            model.fit(documents, work_folder=work, on_scan=on_scan, on_progress=on_progress)
    except KeyboardInterrupt:
        if may_save and model.history_:
            console.note("interrupted: saving what was learned so far")
            return True
        console.note("interrupted: nothing was changed")
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return False


def _write_history(path: Path, older: Path, model: "VectorUpdate") -> None:
    """Write the records of earlier training, then those of this update, which carry its number."""
    number = len(model.vectors_.metadata["updates"])
    with path.open("w", encoding="utf-8") as records:
        if older.is_file():
            records.write(older.read_text(encoding="utf-8"))
        for record in model.history_:
            records.write(json.dumps({"update": number, **record.to_dict()}) + "\n")


def _facts(model: "VectorUpdate", output: Path) -> dict[str, Any]:
    """Gather what ``--json`` prints: the facts of this update, and how large the whole is now."""
    vectors = model.vectors_
    totals = {
        "n_words": len(vectors),
        "vector_size": vectors.vector_size,
        "n_documents": vectors.n_documents,
        "n_tokens": vectors.n_tokens,
        "n_updates": len(vectors.metadata["updates"]),
    }
    return {"output": str(output), **model.record_, "total": totals}


def _summary(model: "VectorUpdate", facts: dict[str, Any], output: Path) -> str:
    config, last = model.config_, model.history_[-1]
    dropped = facts["n_dropped_words"]
    return "\n".join(
        [
            f"read      {facts['n_tokens']:,} words in {facts['n_documents']:,} documents",
            f"joined    {facts['n_new_words']:,} new words, now {facts['total']['n_words']:,}"
            + (f"; {dropped:,} left out as too rare (min_count {config.min_count})" if dropped else ""),
            f"trained   {config.objective}, {config.vector_size} dimensions, window {config.window}, "
            f"{last.epoch} epochs, sample {config.sample:g}, random state {facts['random_state']}",
            f"rate      from {config.learning_rate:.2g} to {last.learning_rate:.2g}",
            f"engine    {model.engine_.name} on {model.engine_.device}, {model.engine_.n_jobs} thread(s), "
            f"{last.tokens_per_second / 1e6:.2f} M words/s",
            f"loss      {model.history_[0].loss:.3f} at the start, {last.loss:.3f} at the end",
            *poles_lines(model.vectors_),
            f"took      {duration(facts['seconds'])}",
            f"saved     {output}" + ("  (interrupted)" if facts["is_interrupted"] else ""),
        ]
    )
