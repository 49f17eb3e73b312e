"""Checkpoints: all that a killed run needs to go on, saved whole or not at all."""

import hashlib
import json
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from textransfer.config import Checkpoints
from textransfer.embeddings.formats.files import read_record, read_tensors, write_record, write_tensors
from textransfer.errors import CheckpointError, FormatError, OutputError, TextransferWarning
from textransfer.pretrain.engines import Engine, EngineChoice
from textransfer.pretrain.preparation import PreparedCorpus
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.progress import PROGRESS, Progress, read_progress, write_progress
from textransfer.pretrain.start import Start
from textransfer.pretrain.tables import Tables
from textransfer.storage.kinds import CHECKPOINT
from textransfer.storage.links import check_inside
from textransfer.storage.writing import remove_folder, staged_folder
from textransfer.text.vocabulary import Vocabulary
from textransfer.version import __version__

TABLES = "tables.safetensors"
RECORD = "checkpoint.json"

_CHOSEN = ("engine", *EngineChoice._fields)
"""Settings that are compared as they were resolved, not as they were given."""
_OPEN = ("noise_sharing", "auto")
"""A setting that the size of the text decides, as it decides those that are None."""


def as_checkpoints(place: str | Path | Checkpoints | None) -> Checkpoints | None:
    """Turn what a user may pass as a place for checkpoints into one with its interval."""
    return place if place is None or isinstance(place, Checkpoints) else Checkpoints(Path(place))


@dataclass(frozen=True)
class RunIdentity:
    """What must be the same for a run to go on."""

    fingerprint: str
    """Of the corpus, see `Corpus.fingerprint`."""
    settings: dict[str, Any]
    """Of tokenizer and training, with everything open filled in; nothing of engine and threads."""
    engine: dict[str, Any]
    """The engine that was chosen, its device, threads and batch size, and how processes share the work."""
    random_state: int
    tokenizer: dict[str, Any]
    """All that rebuilds the tokenizer."""
    vocabulary: str
    """SHA-256 of words and counts."""
    vectors: str = ""
    """SHA-256 of the vectors that the run began with, after a word if it was pretraining; empty for none."""

    @classmethod
    def of(
        cls, start: Start, prepared: PreparedCorpus, engine: EngineChoice, team: Team, seed: int
    ) -> "RunIdentity":
        """Gather it from the parts of a run."""
        return cls(
            prepared.fingerprint,
            _compared(start.settings(prepared.config)),
            engine._asdict() | team.settings(),
            seed,
            json.loads(json.dumps(prepared.tokenizer.spec())),  # as it comes back from a file
            _vocabulary_hash(prepared.encoded.vocabulary),
            start.vectors_hash,
        )

    @classmethod
    def before_reading(cls, start: Start, fingerprint: str, seed: int) -> "RunIdentity":
        """Gather what is known before the text is read; the rest is empty."""
        settings = _compared(start.known_settings())
        known = {n: value for n, value in settings.items() if value is not None and (n, value) != _OPEN}
        return cls(fingerprint, known, {}, seed, {}, "", start.vectors_hash)

    def facts(self) -> dict[str, str]:
        """Return it in short texts, for comparing processes."""
        return {
            "text (SHA-256)": self.fingerprint,
            "start (SHA-256 of vectors)": self.vectors,
            "vocabulary (SHA-256)": self.vocabulary,
            "tokenizer": json.dumps(self.tokenizer, sort_keys=True),
            "settings": json.dumps([self.settings, self.random_state], sort_keys=True),
            "version of textransfer": __version__,
        }


def _compared(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in _CHOSEN}


def _vocabulary_hash(vocabulary: Vocabulary) -> str:
    """Return the SHA-256 of the words and their counts, as hexadecimal digits."""
    digest = hashlib.sha256("\n".join(vocabulary.words).encode("utf-8", "surrogatepass"))
    digest.update(np.ascontiguousarray(vocabulary.counts, dtype="<i8").tobytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Checkpoint:
    """A run between two blocks of its work."""

    identity: RunIdentity
    tables: Tables
    history: list[Progress]
    """All records so far; the last one says where the run stands."""
    seconds: float
    """Spent so far, reading included."""
    path: Path
    """Where it lies, for messages."""

    def check(self, present: RunIdentity) -> None:
        """Refuse to go on with anything else than the run that was saved; what is empty is not known yet.

        Raises
        ------
        CheckpointError
            If anything differs.
        """
        saved = self.identity
        if present.fingerprint != saved.fingerprint:
            raise CheckpointError(
                f"{self.path} was written for another text: its fingerprint is {saved.fingerprint[:12]}..., "
                f"that of the text given is {present.fingerprint[:12]}...; expected the same files in the "
                "same order: give them, or start over with force=True"
            )
        writer, command = (_command_of(identity.vectors) for identity in (saved, present))
        if writer != command:
            raise CheckpointError(
                f"{self.path} was written by {writer}, but {command} is to go on; expected a checkpoint of "
                "the same command: give another place, or start over with force=True"
            )
        if saved.vectors != present.vectors:
            raise CheckpointError(
                f"{self.path} was written for other vectors: fingerprint {saved.vectors[-64:-52]}..., "
                f"that of the vectors given is {present.vectors[-64:-52]}...; expected those that the run "
                "began with (if it has reached its end since, remove the checkpoint): give them, or start "
                "over with force=True"
            )
        states = ({"random_state": identity.random_state} for identity in (saved, present))
        differences = [
            *_differences(saved.settings, present.settings),
            *_differences(*states),
            *_differences(saved.engine, present.engine, prefix="engine "),
            *_differences(saved.tokenizer, present.tokenizer, prefix="tokenizer "),
        ]
        if differences:
            raise CheckpointError(
                f"{self.path} was written with {', '.join(differences)}; expected the same to go on: "
                "repeat the options of the first run, or start over with force=True"
            )
        if present.vocabulary not in ("", saved.vocabulary):
            raise CheckpointError(
                f"{self.path} knows other words or counts than were now found in the same text; expected the "
                "same: go on with the releases of textransfer and its libraries that began the run, or start "
                "over with force=True"
            )

    def check_tables(self, present: Tables) -> None:
        """Refuse tables of another shape than the words and the vector size ask for.

        Raises
        ------
        CheckpointError
            If the file was changed since it was written.
        """
        for name, table in asdict(self.tables).items():
            expected = getattr(present, name)
            if (table.shape, table.dtype) != (expected.shape, expected.dtype):
                raise CheckpointError(
                    f"cannot go on from {self.path}: {TABLES} holds {name} of {table.dtype} and shape "
                    f"{table.shape}; expected {expected.dtype} and {expected.shape}: start over "
                    "with force=True"
                )


def _command_of(vectors_hash: str) -> str:
    """Name the command that begins with such vectors."""
    if not vectors_hash:
        return "pretraining"
    return "pretraining from other vectors (init_from)" if " " in vectors_hash else "an update"


def _differences(saved: Mapping[str, Any], present: Mapping[str, Any], *, prefix: str = "") -> list[str]:
    """Name what differs, with both values if they are short."""
    differences = []
    for name, value in present.items():
        if saved.get(name) != value:
            values = f" {saved.get(name)!r} (now {value!r})"
            differences.append(f"{prefix}{name}" + (values if len(values) <= 60 else " of another kind"))
    return differences


def save_checkpoint(
    path: Path, identity: RunIdentity, tables: Tables, history: Sequence[Progress], seconds: float
) -> None:
    """Write a checkpoint in the place of an older one, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written; the older one stays.
    """
    with staged_folder(path.resolve(), CHECKPOINT, force=True, has_spare=False) as stage:
        write_tensors(stage / TABLES, asdict(tables))
        write_progress(stage / PROGRESS, history)
        write_record(
            stage / RECORD,
            {
                "textransfer_version": __version__,
                "seconds": seconds,
                "training": history[-1].to_dict(),
                **asdict(identity),
            },
        )


def has_checkpoint(path: Path) -> bool:
    """Tell whether anything lies where a run is to be saved; an empty folder may be made beforehand."""
    return path.is_dir() and any(path.iterdir())


def look_for_checkpoint(checkpoint: Path, *, resume: bool, force: bool) -> None:
    """Refuse to choose between going on with an unfinished run and starting over.

    Raises
    ------
    OutputError
        If there is a checkpoint and neither was asked for.
    """
    if not has_checkpoint(checkpoint):
        if resume:
            warnings.warn(
                f"there is no checkpoint {checkpoint}: starting from the beginning",
                TextransferWarning,
                stacklevel=2,
            )
    elif not resume and not force:
        CHECKPOINT.check(checkpoint)
        raise OutputError(
            f"{checkpoint} is left of an unfinished run; give resume=True to go on with it, "
            "or force=True to start over"
        )
    elif not resume:
        remove_folder(checkpoint, CHECKPOINT)


def load_checkpoint(path: Path) -> Checkpoint | None:
    """Read a checkpoint; None if there is none.

    Raises
    ------
    CheckpointError
        If it is damaged, foreign, or of a newer release.
    """
    if not has_checkpoint(path):
        return None
    try:
        record = read_record(path / RECORD)
        record.setdefault("vectors", "")  # written before an update had checkpoints
        identity = RunIdentity(**{field.name: record[field.name] for field in fields(RunIdentity)})
        tensors = read_tensors(path / TABLES, *Tables.__dataclass_fields__)
        tables = Tables(**{name: tensors[name] for name in Tables.__dataclass_fields__})
        check_inside(path / PROGRESS)
        history = read_progress(path / PROGRESS)
        if not history or history[-1].to_dict() != record["training"]:
            raise FormatError(f"{path / PROGRESS} does not end where {RECORD} says")
        return Checkpoint(identity, tables, history, float(record["seconds"]), path)
    except (FormatError, OSError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"cannot go on from {path}: {error}; expected a whole checkpoint: start over with force=True"
        ) from error


@dataclass
class CheckpointWriter:
    """Saves a run now and then."""

    checkpoints: Checkpoints | None
    """None saves nothing."""
    identity: RunIdentity
    engine: Engine
    history: list[Progress]
    """It grows outside."""
    began: float
    """When the run began, by `time.perf_counter`, or would have begun in one go."""
    _last_moment: float = field(default_factory=time.monotonic)
    _last_tokens: int = 0

    def __post_init__(self) -> None:
        self._last_tokens = self.history[-1].n_tokens if self.history else 0

    def save_if_due(self) -> None:
        """Save if the interval has passed since the last time."""
        interval = self.checkpoints
        if interval is None:
            return
        is_due = (interval.minutes and time.monotonic() - self._last_moment >= 60 * interval.minutes) or (
            interval.tokens and self.history[-1].n_tokens - self._last_tokens >= interval.tokens
        )
        if is_due:
            self.save()

    def save(self) -> None:
        """Save now, if checkpoints are wanted and anything was done; a full disk does not end the run."""
        place = self.checkpoints
        if place is None or not (place.minutes or place.tokens) or not self.history:
            return
        seconds = time.perf_counter() - self.began
        try:
            save_checkpoint(place.path, self.identity, self.engine.tables(), self.history, seconds)
        except OutputError as error:
            warnings.warn(f"no checkpoint was saved: {error}", TextransferWarning, stacklevel=2)
        self._last_moment = time.monotonic()
        self._last_tokens = self.history[-1].n_tokens

    def remove(self) -> None:
        """Remove the checkpoint, if there is one; what was learned is not lost if that fails."""
        if self.checkpoints is not None and self.checkpoints.path.exists():
            try:
                remove_folder(self.checkpoints.path, CHECKPOINT)
            except OutputError as error:
                warnings.warn(f"the checkpoint was not removed: {error}", TextransferWarning, stacklevel=2)
