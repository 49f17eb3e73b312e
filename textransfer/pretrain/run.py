"""One run from text to word vectors: started, gone on with, interrupted, saved on the way."""

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from textransfer.config import Checkpoints, Ngrams
from textransfer.embeddings.ngrams import NgramVectors
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError, NumericalError, TextransferWarning
from textransfer.pretrain.checkpoint import (
    Checkpoint,
    CheckpointWriter,
    RunIdentity,
    load_checkpoint,
    look_for_checkpoint,
)
from textransfer.pretrain.engines import Engine, EngineChoice, choose_engine
from textransfer.pretrain.preparation import OnScan, PreparedCorpus
from textransfer.pretrain.processes.interrupt import TrainingInterrupted, deferred_interrupt
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.progress import (
    OnStage,
    Progress,
    Stages,
    progress_from_lines,
    progress_to_lines,
)
from textransfer.pretrain.rare_words import drawn_to_ngrams, ngrams_for, ngrams_of_tables
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.start import Start
from textransfer.pretrain.tables import Tables
from textransfer.pretrain.trainer import Trainer
from textransfer.randomness import seed_of
from textransfer.storage.kinds import CHECKPOINT
from textransfer.storage.spelling import writable
from textransfer.storage.temporary import temporary_folder
from textransfer.storage.writing import check_writable, claimed
from textransfer.text.reading.corpus import Corpus
from textransfer.version import __version__

OnProgress = Callable[[Progress], None]
"""Called with a record after each block of training."""


class TrainingRun:
    """A run of this process, or this process's part of a run of several."""

    prepared: PreparedCorpus
    """There in the block of `prepared_in`, as are the next two."""
    choice: EngineChoice
    engine: Engine

    def __init__(
        self, corpus: Corpus, start: Start, *, team: Team | None = None, on_stage: OnStage | None = None
    ) -> None:
        self.corpus = corpus
        self.start = start
        self.history: list[Progress] = []
        """One record a block, those before the checkpoint included."""
        self.is_interrupted = False
        self.stages = Stages(on_stage)
        self._team = Team() if team is None else team
        self._saved: Checkpoint | None = None

    @contextmanager
    def begun(
        self,
        random_state: object,
        checkpoints: Checkpoints | None = None,
        *,
        resume: bool = False,
        force: bool = False,
    ) -> Iterator[None]:
        """Within the block no other process writes the checkpoint, which is removed at the end.

        The first process of a team alone saves checkpoints. `resume` goes on from the one that is there, and
        `force` starts over. A random state that is None is that of the checkpoint then; else see `seed_of`.

        Raises
        ------
        CheckpointError
            If the checkpoint is damaged.
        OutputError
            If no checkpoint can be written in this place, or there is one and it was not said what to do.
        """
        self._checkpoints = checkpoints if self._team.rank == 0 else None
        with ExitStack() as stack:
            with self._team.together():
                if self.start.config.max_steps is not None and self._team.size > 1:
                    raise ConfigError(
                        f"max_steps counts updates one after the other, but there are {self._team.size} "
                        "processes; leave it out, or run one process"
                    )
                if self._checkpoints is not None:
                    place = self._checkpoints.path
                    look_for_checkpoint(place, resume=resume, force=force)
                    stack.enter_context(claimed(place, CHECKPOINT, in_place=True))
                    self._saved = load_checkpoint(place) if resume else None
                    check_writable(place.resolve(), CHECKPOINT, force=True)
                is_open = random_state is None and self._saved is not None
                own = self._saved.identity.random_state if self._saved and is_open else seed_of(random_state)
            self.random_state = int(self._team.from_first(str(own)))
            self._began = time.perf_counter() - (self._saved.seconds if self._saved else 0.0)
            yield
            self._writer.remove()

    @contextmanager
    def prepared_in(self, work_folder: Path | None, on_scan: OnScan | None = None) -> Iterator[None]:
        """Within the block the text is read and the engine made, at the start or at the checkpoint.

        The encoded corpus lies in a folder of its own in `work_folder` while training.

        Raises
        ------
        CheckpointError
            If the checkpoint is of another text, other vectors or other settings.
        """
        place = temporary_folder() if work_folder is None else work_folder
        work = tempfile.TemporaryDirectory(prefix="textransfer-", dir=place, ignore_cleanup_errors=True)
        with work as folder:
            self._prepare(Path(folder), on_scan)
            yield

    def _prepare(self, folder: Path, on_scan: OnScan | None) -> None:
        self.prepared = self._team.read_once(lambda: self._read(folder, on_scan), folder)
        config, encoded = self.prepared.config, self.prepared.encoded
        self._seed = self.start.seed_of_draws(self.random_state)
        with self._team.together():
            choice = choose_engine(config, encoded.tokens.size, self._team.local_size)
            self.choice = self._team.choose(choice)
            identity = RunIdentity.of(self.start, self.prepared, self.choice, self._team, self.random_state)
            if self._saved is not None:
                self._saved.check(identity)
            self.engine = self.start.engine(self.choice, self.prepared, self._seed)
            if self._saved is not None:
                self._saved.check_tables(self.engine.tables())
        self._team.check_same(identity.facts())
        tables, history = (self._saved.tables, self._saved.history) if self._saved else (None, [])
        self._team.attach(self.engine, self.choice, self.prepared, tables)
        lines = self._team.from_first(progress_to_lines(history))
        self.history += progress_from_lines(lines.splitlines())
        self._saved = None  # its tables are a second copy
        self._writer = CheckpointWriter(self._checkpoints, identity, self.engine, self.history, self._began)

    def learn(self, on_progress: OnProgress | None = None) -> WordVectors:
        """Train to the end, and return what was learned.

        Raises
        ------
        TrainingInterrupted
            After Ctrl-C, with what was learned until then. KeyboardInterrupt if that is nothing.
        NumericalError
            If training leaves the finite numbers.
        CorpusError
            If subsampling has left no pair of words to train on.
        """
        try:
            self._train(on_progress)
        except KeyboardInterrupt as interrupt:
            if not self.history:
                raise
            self.is_interrupted = True  # also where a run that goes on was stopped before its first block
            raise TrainingInterrupted(self._vectors()) from interrupt
        return self._vectors()

    def _train(self, on_progress: OnProgress | None) -> None:
        """Train to the end or to Ctrl-C, which is raised when the tables are whole and saved."""
        config = self.prepared.config
        trainer = Trainer(
            engine=self.engine,
            corpus=self.prepared.encoded,
            epochs=config.epochs or 1,
            learning_rate=LearningRate(config.learning_rate, config.min_learning_rate, config.schedule),
            max_steps=config.max_steps,
            shuffle_seed=self._seed if config.shuffle else None,
            team=self._team,
        )
        self.stages.begin("compiling")
        self.engine.compile()
        self.stages.begin("training")
        with deferred_interrupt() as interrupt:
            self._team.interrupt = interrupt
            try:
                for record in trainer.run(self.history[-1] if self.history else None):
                    self.history.append(record)
                    if on_progress is not None:
                        on_progress(record)
                    self._stop_or_save()
            except KeyboardInterrupt:
                if interrupt.n_times < 2 and self._team.is_whole:  # else a block may be half done
                    self._writer.save()
                raise
        self._check_pairs()

    def _vectors(self) -> WordVectors:
        """Put what the engine has learned so far together with the words and the facts of the run."""
        config, vocabulary = self.prepared.config, self.prepared.encoded.vocabulary
        tables = self.engine.tables()
        if not np.isfinite(tables.in_vectors).all():
            raise NumericalError(
                f"the vectors left the finite numbers with learning rate {config.learning_rate:g}; "
                "give a smaller learning_rate"
            )
        wanted = ngrams_for(self.prepared)
        tables, ngrams = self._with_ngrams(tables, wanted)
        moments = self.start.moments(tables, self.prepared, self.random_state, self.stages.begin)
        phrases = self.start.phrases(tables, self.prepared, moments, self.random_state, self.stages.begin)
        facts = {
            "textransfer_version": __version__,
            "settings": {**config.to_dict(), "ngrams": wanted},
            "reasons": dict(self.prepared.reasons),
            "engine": self.choice._asdict() | {"is_deterministic": self.engine.is_deterministic},
            "n_dropped_words": vocabulary.n_dropped_words,
            "n_dropped_tokens": vocabulary.n_dropped_tokens,
            "training": self.history[-1].to_dict() if self.history else None,
            "random_state": self.random_state,
            "is_interrupted": self.is_interrupted,
            "corpus": {
                "sources": [writable(source.name) for source in self.corpus.files],
                "fingerprint": self.prepared.fingerprint,
            },
            "stages": self.stages.seconds(),
            "seconds": time.perf_counter() - self._began,
        }
        return self.start.vectors(tables, self.prepared, moments, ngrams, phrases, facts)

    def _with_ngrams(self, tables: Tables, wanted: Ngrams) -> tuple[Tables, NgramVectors | None]:
        """Draw the vectors of new rare words towards what n-grams say; return these for unknown words."""
        if wanted == "none":
            return tables, None
        self.stages.begin("ngrams")
        known = self.start.known_words(self.prepared.tokenizer)
        n_known = 0 if known is None else len(known)
        ngrams = ngrams_of_tables(tables, self.prepared, n_known)
        drawn = drawn_to_ngrams(tables, ngrams, self.prepared, n_known)
        return drawn, ngrams if wanted == "all" else None

    def _stop_or_save(self) -> None:
        """Between two blocks, if all processes have the same tables: stop, save, or go on."""
        if not self._team.is_whole:
            return
        if self._team.is_stopping:
            raise KeyboardInterrupt
        self._writer.save_if_due()

    def _check_pairs(self) -> None:
        """Refuse a run that had nothing to train on; warn if it was next to nothing."""
        config, n_words = self.prepared.config, np.count_nonzero(self.prepared.counts)
        if not self.history or not config.sample:
            return
        n_pairs = self.history[-1].n_pairs
        if not n_pairs:
            self._writer.remove()
            raise CorpusError(
                f"no pair of words was left to train on with sample {config.sample:g}, which drops frequent "
                "words; give a larger one, or 0 to keep all"
            )
        if config.max_steps is None and n_pairs < n_words * (config.epochs or 1):
            warnings.warn(
                f"only {n_pairs:,} pairs of words were left to train on with sample {config.sample:g}, fewer "
                f"an epoch than the {n_words:,} words: the vectors are hardly other than at the start; "
                "give a larger sample, or 0 to keep all words",
                TextransferWarning,
                stacklevel=2,
            )

    def _read(self, folder: Path, on_scan: OnScan | None) -> PreparedCorpus:
        """Read the text, once it is known to be that of the checkpoint."""
        if self._saved is None:
            return self.start.read(self.corpus, folder, None, on_scan, self.stages.begin)
        self.stages.begin("checking")
        fingerprint = self.corpus.fingerprint()
        self._saved.check(RunIdentity.before_reading(self.start, fingerprint, self.random_state))
        return self.start.read(
            self.corpus, folder, self._saved.identity.tokenizer, on_scan, self.stages.begin
        )
