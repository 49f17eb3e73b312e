"""The folder that a run writes: what stands there before, the result, the checkpoint until it is whole."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from textransfer.config import Checkpoints
from textransfer.embeddings.formats import folder
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import FormatError, OutputError
from textransfer.pretrain.checkpoint import as_checkpoints, has_checkpoint
from textransfer.pretrain.preparation import OnScan
from textransfer.pretrain.processes.interrupt import TrainingInterrupted
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.progress import PROGRESS, OnStage, write_progress
from textransfer.pretrain.run import OnProgress, TrainingRun
from textransfer.pretrain.start import Start
from textransfer.storage.kinds import EMBEDDINGS
from textransfer.storage.links import check_inside
from textransfer.storage.writing import claimed, staged_folder
from textransfer.text.reading.corpus import Documents, as_corpus


@dataclass(frozen=True)
class Output:
    """Where the result of a run is saved."""

    path: Path
    """The embeddings folder."""
    suffix: str
    """What the name of the checkpoint's folder beside it ends in: pretraining and updates differ in it."""
    source: Path | None = None
    """Folder of the vectors that the run begins with, whose records of progress are kept. If it is the output
    itself, the vectors are replaced by a result that is whole, and only by that."""

    @property
    def is_in_place(self) -> bool:
        """Whether the vectors that the run begins with stand there."""
        return self.source is not None and os.path.realpath(self.path) == os.path.realpath(self.source)

    def checkpoints(self, place: str | Path | Checkpoints | None) -> Checkpoints:
        """Return where the run is saved until it is finished: beside the output, unless a place is given."""
        return as_checkpoints(place) or Checkpoints(checkpoint_beside(self.path, self.suffix))

    def claimed(
        self, checkpoint: Path | None, *, resume: bool, force: bool
    ) -> AbstractContextManager[object]:
        """Keep other processes from the output within the block; see `storage.claimed`.

        Raises
        ------
        OutputError
            Also if the output is of a run that was interrupted, and neither going on with its checkpoint nor
            starting over was asked for.
        """
        is_unfinished = (
            checkpoint is not None
            and not self.is_in_place
            and has_checkpoint(checkpoint)
            and _was_interrupted(self.path)
        )
        if is_unfinished and not resume and not force:
            raise OutputError(
                f"{self.path} is of a run that was interrupted, and {checkpoint} its checkpoint; give "
                "resume=True to go on with it, or force=True to start over"
            )
        is_own = self.is_in_place or (is_unfinished and resume)
        return claimed(self.path, EMBEDDINGS, force=force, in_place=is_own)

    def check_apart(self, checkpoint: Path) -> None:
        """Refuse a checkpoint within a new output, in whose place the finished folder is put as a whole."""
        if not self.is_in_place and self.path.resolve() in checkpoint.resolve().parents:
            raise OutputError(f"{checkpoint} lies in the output; give the checkpoint another place")

    def earlier_progress(self) -> str:
        """Return the records of the training before this run, as they stand in the older folder.

        Raises
        ------
        FormatError
            If the file is no text, or a link out of its folder.
        """
        path = None if self.source is None else self.source / PROGRESS
        if path is None or not path.is_file():
            return ""
        check_inside(path)
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(f"{path} is damaged ({error}); restore it, or remove it") from error


def checkpoint_beside(output: Path, suffix: str) -> Path:
    """Return the folder in which a run is saved until its output is whole."""
    return output.parent / f"{output.name}{suffix}"


def train_vectors(
    make_start: Callable[[], Start],
    documents: Documents,
    output: Output | None,
    *,
    random_state: object,
    checkpoint: str | Path | Checkpoints | None,
    resume: bool,
    force: bool,
    team: Team | None,
    work_folder: Path | None,
    on_scan: OnScan | None,
    on_progress: OnProgress | None,
    on_stage: OnStage | None,
) -> WordVectors:
    """Run from the text to vectors and save them; see `pretrain_vectors` and `update_vectors`.

    What the run starts from is made once no other process can change the output.
    """
    team = Team() if team is None else team
    checkpoints = as_checkpoints(checkpoint) if output is None else output.checkpoints(checkpoint)
    is_first = team.rank == 0
    with ExitStack() as stack:
        with team.together():
            if output is not None and is_first:
                place = None if checkpoints is None else checkpoints.path
                stack.enter_context(output.claimed(place, resume=resume, force=force))
                if place is not None:
                    output.check_apart(place)
            start = make_start()
            corpus = as_corpus(documents)
        run = TrainingRun(corpus, start, team=team, on_stage=on_stage)
        stack.enter_context(run.begun(random_state, checkpoints, resume=resume, force=force))
        if output is not None and is_first:
            return _learn_and_save(run, output, work_folder, on_scan, on_progress)
        with run.prepared_in(work_folder, on_scan):
            return run.learn(on_progress)


def _learn_and_save(
    run: TrainingRun,
    output: Output,
    work_folder: Path | None,
    on_scan: OnScan | None,
    on_progress: OnProgress | None,
) -> WordVectors:
    """Train, and put what was learned in the output, after Ctrl-C too unless it is renewed in place."""
    interrupt = None
    earlier = output.earlier_progress()  # before the work, so that nothing is lost by it
    with staged_folder(output.path, EMBEDDINGS) as stage:
        work = stage / "work"
        work.mkdir()
        try:
            with run.prepared_in(work_folder or work, on_scan):
                vectors = run.learn(on_progress)
        except TrainingInterrupted as error:
            if output.is_in_place:
                raise
            vectors, interrupt = error.vectors, error
        finally:
            shutil.rmtree(work, ignore_errors=True)
        _check_is_gone(work)
        run.stages.begin("saving")
        folder.write_into(stage, vectors.contents())
        write_progress(stage / PROGRESS, run.history, update=run.start.update, earlier=earlier)
    if interrupt is not None:
        raise interrupt
    return vectors


def _was_interrupted(output: Path) -> bool:
    """Tell whether an output holds what was learned until Ctrl-C."""
    try:
        record = json.loads((output / "config.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(record, dict):
        return False
    updates = record.get("updates")
    latest = updates[-1] if isinstance(updates, list) and updates else record
    return isinstance(latest, dict) and latest.get("is_interrupted") is True


def _check_is_gone(work: Path) -> None:
    """Refuse to save with a folder of temporary files within, which must not become a part of the output."""
    if work.exists():
        try:
            shutil.rmtree(work)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(work)) from error  # its own names no folder
