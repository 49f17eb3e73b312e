"""One run from text to word vectors: started, gone on with, interrupted, saved on the way."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, NumericalError
from textransfer.pretrain.checkpoint import (
    Checkpoints,
    CheckpointWriter,
    RunIdentity,
    compared_settings,
    history_from_lines,
    history_to_lines,
    load_checkpoint,
)
from textransfer.pretrain.documents import moments_of
from textransfer.pretrain.engines import Engine, EngineChoice, build_engine, choose_engine
from textransfer.pretrain.interrupt import deferred_interrupt
from textransfer.pretrain.preparation import Prepared, prepare
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.team import Alone, Team
from textransfer.pretrain.trainer import Progress, Trainer
from textransfer.randomness import seed_of
from textransfer.text.corpus import Corpus
from textransfer.version import __version__


class Run:
    """A run of this process, or this process's part of a run of several.

    Parameters
    ----------
    corpus : Corpus
    tokenizer_config : TokenizerConfig
    config : PretrainConfig
    random_state : object
        See `seed_of`; None means that of the checkpoint, if the run goes on from one.
    checkpoints : Checkpoints, optional
        Where it is saved; only the first process of a team does so.
    resume : bool
        Go on from the checkpoint, if there is one.
    team : Team, optional

    Attributes
    ----------
    prepared : Prepared
    choice : EngineChoice
    engine : Engine
        The three are there after `prepare`.
    seed : int
    history : list of Progress
        One record a block, those before the checkpoint included.
    is_interrupted : bool

    Raises
    ------
    CheckpointError
        If the checkpoint is damaged.
    """

    prepared: Prepared
    choice: EngineChoice
    engine: Engine

    def __init__(
        self,
        corpus: Corpus,
        tokenizer_config: TokenizerConfig,
        config: PretrainConfig,
        random_state: object,
        *,
        checkpoints: Checkpoints | None = None,
        resume: bool = False,
        team: Team | None = None,
    ) -> None:
        self.corpus = corpus
        self.history: list[Progress] = []
        self.is_interrupted = False
        self._tokenizer_config, self._config = tokenizer_config, config
        self._team = Alone() if team is None else team
        self._checkpoints = checkpoints if self._team.rank == 0 else None
        self._saved = None
        with self._team.together():
            if config.max_steps is not None and self._team.size > 1:
                raise ConfigError(
                    f"max_steps counts updates one after the other, but there are {self._team.size} "
                    "processes; leave it out, or run one process"
                )
            if resume and self._checkpoints is not None:
                self._saved = load_checkpoint(self._checkpoints.path)
            is_open = random_state is None and self._saved is not None
            own = self._saved.identity.random_state if self._saved and is_open else seed_of(random_state)
        self.seed = int(self._team.from_first(str(own)))
        self._started = time.perf_counter() - (self._saved.seconds if self._saved else 0.0)

    @property
    def seconds(self) -> float:
        """Time spent so far, before the checkpoint too."""
        return time.perf_counter() - self._started

    def prepare(self, folder: Path, on_scan: Callable[[int, int], None] | None = None) -> None:
        """Read the text and make the engine, at the start or at the checkpoint.

        Parameters
        ----------
        folder : Path
            Where the encoded corpus lies while training.
        on_scan : callable, optional
            Called now and then with the documents and tokens read so far.

        Raises
        ------
        CheckpointError
            If the checkpoint is of another text or other settings.
        """
        self.prepared = self._team.read_once(lambda: self._read(folder, on_scan), folder)
        config, encoded = self.prepared.config, self.prepared.encoded
        with self._team.together():
            n_tokens = encoded.tokens.size
            self.choice = self._team.choose(choose_engine(config, n_tokens, self._team.local_size))
            identity = RunIdentity.of(
                self.prepared, self._tokenizer_config, self.choice, self._team, self.seed
            )
            if self._saved is not None:
                self._saved.check(identity)
            self.engine = build_engine(self.choice, config, encoded.vocabulary.counts, self.seed)
        self._team.check_same(identity.facts())
        self._team.attach(
            self.engine, self.choice, self.prepared, self._saved.tables if self._saved else None
        )
        lines = self._team.from_first(history_to_lines(self._saved.history if self._saved else []))
        self.history += history_from_lines(lines.splitlines())
        self._saved = None  # its tables are a second copy
        self._writer = CheckpointWriter(self._checkpoints, identity, self.engine, self.history, self._started)

    @contextmanager
    def prepared_in(
        self, work_folder: Path | None, on_scan: Callable[[int, int], None] | None = None
    ) -> Iterator[None]:
        """Be prepared within the block; the encoded corpus lies in a folder of its own inside another one."""
        with tempfile.TemporaryDirectory(prefix="textransfer-", dir=work_folder) as folder:
            self.prepare(Path(folder), on_scan)
            yield

    def train(self, on_progress: Callable[[Progress], None] | None = None) -> None:
        """Train to the end or to Ctrl-C, keeping the records and saving checkpoints.

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C, when the tables are whole and saved.
        NumericalError
            If training leaves the finite numbers.
        """
        config = self.prepared.config
        trainer = Trainer(
            engine=self.engine,
            corpus=self.prepared.encoded,
            epochs=config.epochs or 1,
            learning_rate=LearningRate(config.learning_rate, config.min_learning_rate, config.schedule),
            max_steps=config.max_steps,
            shuffle_seed=self.seed if config.shuffle else None,
            team=self._team,
        )
        with deferred_interrupt() as interrupt:
            self._team.interrupt = interrupt
            try:
                for record in trainer.run(self.history[-1] if self.history else None):
                    self.history.append(record)
                    if on_progress is not None:
                        on_progress(record)
                    self._look_around()
            except KeyboardInterrupt:
                self.is_interrupted = True
                if interrupt.n_times < 2 and self._team.is_whole:  # else a block may be half done
                    self._writer.save()
                raise
        self._writer.finish()

    def vectors(self) -> WordVectors:
        """Put what the engine has learned so far together with the words and the facts of the run.

        Raises
        ------
        NumericalError
            If it is not finite.
        """
        config, vocabulary, tables = (
            self.prepared.config,
            self.prepared.encoded.vocabulary,
            self.engine.tables(),
        )
        if not np.isfinite(tables.in_vectors).all():
            raise NumericalError(
                f"the vectors left the finite numbers with learning rate {config.learning_rate:g}; "
                "give a smaller learning_rate"
            )
        metadata = {
            "textransfer_version": __version__,
            "settings": config.to_dict(),
            "engine": self.choice._asdict() | {"is_deterministic": self.engine.is_deterministic},
            "n_dropped_words": vocabulary.n_dropped_words,
            "n_dropped_tokens": vocabulary.n_dropped_tokens,
            "training": self.history[-1].to_dict() if self.history else None,
            "random_state": self.seed,
            "is_interrupted": self.is_interrupted,
            "corpus": {
                "sources": [source.name for source in self.corpus.files],
                "fingerprint": self.prepared.fingerprint,
            },
            "seconds": self.seconds,
        }
        return WordVectors(
            vocabulary.words,
            tables.in_vectors,
            counts=vocabulary.counts,
            document_counts=vocabulary.document_counts,
            n_tokens=vocabulary.n_tokens,
            n_documents=vocabulary.n_documents,
            out_matrix=tables.out_vectors,
            out_bias=tables.out_bias if config.objective == "nce" else None,
            moments=moments_of(tables.in_vectors, self.prepared.encoded),
            tokenizer_spec=self.prepared.tokenizer.spec(),
            metadata=metadata,
        )

    def _look_around(self) -> None:
        """Between two blocks, if all processes have the same tables: stop, save, or go on."""
        if not self._team.is_whole:
            return
        if self._team.is_stopping:
            raise KeyboardInterrupt
        self._writer.save_if_due()

    def _read(self, folder: Path, on_scan: Callable[[int, int], None] | None) -> Prepared:
        """Read the text, once it is known to be that of the checkpoint."""
        learned = None
        if self._saved is not None:
            self._saved.check_text(self.corpus.fingerprint())
            self._saved.check_given(compared_settings(self._tokenizer_config, self._config), self.seed)
            learned = self._saved.identity.tokenizer
        return prepare(
            self.corpus,
            self._tokenizer_config,
            self._config,
            folder,
            learned=learned,
            on_scan=on_scan,
        )
