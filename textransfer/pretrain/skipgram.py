"""The SkipGram estimator: from text to word vectors, the front door of pretraining."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator

from textransfer import __version__
from textransfer.config import (
    EngineName,
    Initialization,
    Noise,
    NoiseSharing,
    Objective,
    PretrainConfig,
    Reduction,
    Schedule,
    TokenizerConfig,
    TokenizerName,
)
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import CorpusError, NumericalError
from textransfer.pretrain.checkpoint import (
    Checkpoint,
    Checkpoints,
    CheckpointWriter,
    RunIdentity,
    as_checkpoints,
    compared_settings,
    load_checkpoint,
)
from textransfer.pretrain.engines import Engine, build_engine, choose_engine
from textransfer.pretrain.interrupt import deferred_interrupt
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.trainer import Progress, Trainer
from textransfer.randomness import seed_of
from textransfer.text.corpus import Corpus
from textransfer.text.encoded import EncodedCorpus, scan_corpus
from textransfer.text.tokenize import Tokenizer, build_tokenizer, tokenizer_from_spec

_P = PretrainConfig()
_T = TokenizerConfig()

Documents = str | Path | Sequence[str] | Corpus


class SkipGram(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Learn word vectors from unlabelled text.

    The parameters are those of `PretrainConfig` and `TokenizerConfig`, which document them; None means: by
    the size of the corpus.

    Parameters
    ----------
    random_state : int or None, default=0
        Seed of all draws. With one thread (`n_jobs=1`, and by default for small corpora) the same seed
        gives the same vectors bit for bit.

    Attributes
    ----------
    vectors_ : WordVectors
        The result. After a KeyboardInterrupt during training: what was learned until then.
    config_ : PretrainConfig
        The settings with everything open filled in.
    tokenizer_ : Tokenizer
    engine_ : EngineChoice
        Engine, device, threads and batch size that were used.
    history_ : list of Progress
        One record a block.
    is_interrupted_ : bool

    Examples
    --------
    >>> from textransfer import SkipGram
    >>> reviews = ["a warm and funny film", "a dull and lifeless film", "warm, funny, a delight"]
    >>> vectors = SkipGram(vector_size=8, epochs=5).fit(reviews).vectors_
    >>> vectors["film"].shape
    (8,)
    """

    def __init__(
        self,
        *,
        objective: Objective = _P.objective,
        vector_size: int | None = _P.vector_size,
        window: int | None = _P.window,
        epochs: int | None = _P.epochs,
        max_steps: int | None = _P.max_steps,
        min_count: int | None = _P.min_count,
        max_vocab_size: int | None = _P.max_vocab_size,
        sample: float | None = _P.sample,
        negative: int = _P.negative,
        noise: Noise = _P.noise,
        ns_exponent: float = _P.ns_exponent,
        noise_sharing: NoiseSharing = _P.noise_sharing,
        noise_replacement: bool = _P.noise_replacement,
        skip_hits: bool = _P.skip_hits,
        shuffle: bool = _P.shuffle,
        shrink_window: bool = _P.shrink_window,
        learning_rate: float = _P.learning_rate,
        min_learning_rate: float = _P.min_learning_rate,
        schedule: Schedule = _P.schedule,
        batch_size: int | None = _P.batch_size,
        reduction: Reduction = _P.reduction,
        initialization: Initialization = _P.initialization,
        engine: EngineName = _P.engine,
        device: str = _P.device,
        n_jobs: int = _P.n_jobs,
        tokenizer: TokenizerName = _T.tokenizer,
        lowercase: bool = _T.lowercase,
        stop_words: str = _T.stop_words,
        keep_negations: bool = _T.keep_negations,
        subword_vocab_size: int = _T.subword_vocab_size,
        subword_model: str = _T.subword_model,
        random_state: int | None = 0,
    ) -> None:
        self.objective = objective
        self.vector_size = vector_size
        self.window = window
        self.epochs = epochs
        self.max_steps = max_steps
        self.min_count = min_count
        self.max_vocab_size = max_vocab_size
        self.sample = sample
        self.negative = negative
        self.noise = noise
        self.ns_exponent = ns_exponent
        self.noise_sharing = noise_sharing
        self.noise_replacement = noise_replacement
        self.skip_hits = skip_hits
        self.shuffle = shuffle
        self.shrink_window = shrink_window
        self.learning_rate = learning_rate
        self.min_learning_rate = min_learning_rate
        self.schedule = schedule
        self.batch_size = batch_size
        self.reduction = reduction
        self.initialization = initialization
        self.engine = engine
        self.device = device
        self.n_jobs = n_jobs
        self.tokenizer = tokenizer
        self.lowercase = lowercase
        self.stop_words = stop_words
        self.keep_negations = keep_negations
        self.subword_vocab_size = subword_vocab_size
        self.subword_model = subword_model
        self.random_state = random_state

    @classmethod
    def from_configs(
        cls, tokenizer: TokenizerConfig, pretrain: PretrainConfig, *, random_state: int | None = 0
    ) -> Self:
        """Make the estimator from settings, such as those of a preset."""
        return cls(**tokenizer.to_dict(), **pretrain.to_dict(), random_state=random_state)

    def fit(
        self,
        documents: Documents,
        y: object = None,
        *,
        work_folder: Path | None = None,
        on_scan: Callable[[int, int], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        checkpoint: str | Path | Checkpoints | None = None,
        resume: bool = False,
    ) -> Self:
        """Learn the vectors.

        Ctrl-C ends it after the block under way, with a checkpoint if there is a place for one; pressed
        again, it ends at once.

        Parameters
        ----------
        documents : str, Path, sequence of str, or Corpus
            A file (or glob, or folder) of documents, the documents themselves, or a corpus.
        y : ignored
            So that the estimator fits into scikit-learn's tools.
        work_folder : Path, optional
            Where the encoded corpus lies while training (4 bytes a token); a temporary folder by default.
        on_scan : callable, optional
            Called with the documents and tokens read so far, while the text is read.
        on_progress : callable, optional
            Called with a record after each block of training.
        checkpoint : str, Path or Checkpoints, optional
            Folder in which the run is saved every ten minutes, or folder and interval; none by default. It
            is removed when the run is finished.
        resume : bool, default=False
            Go on from the checkpoint; start from the beginning if there is none. The text is read again and
            must be the same, as must all parameters. On an engine that repeats exactly (one thread) the
            result is that of a run that was never stopped, bit for bit; else it goes on from the same place.

        Raises
        ------
        ConfigError
            If the settings cannot be obeyed.
        CorpusError
            If the text cannot be read, or nothing can be learned from it.
        NumericalError
            If training leaves the finite numbers.
        CheckpointError
            If the checkpoint is damaged, or of another text or other parameters.
        """
        given = self.get_params(deep=False)
        tokenizer_config = TokenizerConfig(**{name: given[name] for name in TokenizerConfig.names()})
        config = PretrainConfig(**{name: given[name] for name in PretrainConfig.names()})
        checkpoints = as_checkpoints(checkpoint)
        saved = load_checkpoint(checkpoints.path) if resume and checkpoints is not None else None
        corpus = as_corpus(documents)
        is_seed_open = self.random_state is None
        seed = saved.identity.random_state if saved and is_seed_open else seed_of(self.random_state)
        self.history_: list[Progress] = []
        self.is_interrupted_ = False
        started = time.perf_counter() - (saved.seconds if saved else 0.0)
        with tempfile.TemporaryDirectory(prefix="textransfer-", dir=work_folder) as folder:
            fingerprint = corpus.fingerprint()
            if saved is not None:
                saved.check_text(fingerprint)
                saved.check_given(compared_settings(tokenizer_config, config), seed)
            self.tokenizer_ = _tokenizer(tokenizer_config, corpus, saved)
            raw = scan_corpus(corpus, self.tokenizer_, Path(folder), progress=on_scan)
            self.config_ = config = config.resolve(raw.n_tokens)
            encoded = raw.finish(config.min_count or 1, config.max_vocab_size)
            _check_learnable(encoded, raw.n_tokens, config)
            self.engine_ = choose_engine(config, encoded.tokens.size)
            identity = RunIdentity.of(
                fingerprint,
                tokenizer_config,
                config,
                self.engine_,
                seed,
                self.tokenizer_.spec(),
                encoded.vocabulary,
            )
            engine = build_engine(self.engine_, config, encoded.vocabulary.counts, seed)
            if saved is not None:
                saved.check(identity)
                engine.load(saved.tables)
                self.history_ += saved.history
            writer = CheckpointWriter(checkpoints, identity, engine, self.history_, started)
            try:
                self._train(engine, encoded, seed, writer, on_progress)
            finally:
                facts = {
                    "random_state": seed,
                    "is_interrupted": self.is_interrupted_,
                    "corpus": {
                        "sources": [source.name for source in corpus.files],
                        "fingerprint": fingerprint,
                    },
                    "seconds": time.perf_counter() - started,
                }
                self.vectors_ = self._collect(engine, encoded, facts)
        return self

    def _train(
        self,
        engine: Engine,
        encoded: EncodedCorpus,
        seed: int,
        writer: CheckpointWriter,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        """Run the trainer to the end or to Ctrl-C, keeping its records and saving checkpoints."""
        config = self.config_
        trainer = Trainer(
            engine=engine,
            corpus=encoded,
            epochs=config.epochs or 1,
            learning_rate=LearningRate(config.learning_rate, config.min_learning_rate, config.schedule),
            max_steps=config.max_steps,
            shuffle_seed=seed if config.shuffle else None,
        )
        with deferred_interrupt() as interrupt:
            try:
                for record in trainer.run(self.history_[-1] if self.history_ else None):
                    self.history_.append(record)
                    if on_progress is not None:
                        on_progress(record)
                    if interrupt.is_wanted:
                        raise KeyboardInterrupt
                    writer.save_if_due()
            except KeyboardInterrupt:
                self.is_interrupted_ = True
                if interrupt.n_times < 2:  # else a block may be half done
                    writer.save()
                raise
        writer.finish()

    def _collect(self, engine: Engine, encoded: EncodedCorpus, facts: dict[str, Any]) -> WordVectors:
        """Put what the engine has learned so far together with the words and the facts of the run."""
        tables = engine.tables()
        if not np.isfinite(tables.in_vectors).all():
            raise NumericalError(
                f"the vectors left the finite numbers with learning rate {self.config_.learning_rate:g}; "
                "give a smaller learning_rate"
            )
        vocabulary = encoded.vocabulary
        last = self.history_[-1] if self.history_ else None
        metadata = {
            "textransfer_version": __version__,
            "settings": self.config_.to_dict(),
            "engine": self.engine_._asdict() | {"is_deterministic": engine.is_deterministic},
            "n_dropped_words": vocabulary.n_dropped_words,
            "n_dropped_tokens": vocabulary.n_dropped_tokens,
            "training": None if last is None else last.to_dict(),
            **facts,
        }
        return WordVectors(
            vocabulary.words,
            tables.in_vectors,
            counts=vocabulary.counts,
            document_counts=vocabulary.document_counts,
            n_tokens=vocabulary.n_tokens,
            n_documents=vocabulary.n_documents,
            out_matrix=tables.out_vectors,
            out_bias=tables.out_bias if self.config_.objective == "nce" else None,
            tokenizer_spec=self.tokenizer_.spec(),
            metadata=metadata,
        )


def as_corpus(documents: Documents) -> Corpus:
    """Turn what a user may pass as documents into a corpus."""
    if isinstance(documents, Corpus):
        return documents
    if isinstance(documents, str | Path):
        return Corpus(documents)
    return Corpus.from_texts(documents)


def _tokenizer(config: TokenizerConfig, corpus: Corpus, saved: Checkpoint | None) -> Tokenizer:
    """Build the tokenizer; one that was learned is taken from the checkpoint."""
    if saved is not None and saved.identity.tokenizer.get("name") == "subword":
        return tokenizer_from_spec(saved.identity.tokenizer)
    return build_tokenizer(config, corpus)


def _check_learnable(encoded: EncodedCorpus, n_tokens: int, config: PretrainConfig) -> None:
    """Refuse a corpus from which no pair of words can be drawn."""
    n_words = len(encoded.vocabulary.words)
    longest = int((encoded.offsets[1:] - encoded.offsets[:-1]).max(initial=0))
    if n_words < 2 or longest < 2:
        raise CorpusError(
            f"found {n_tokens} words in {encoded.vocabulary.n_documents} documents, of which {n_words} "
            f"distinct ones occur at least {config.min_count} times; expected documents of two known words "
            "or more: give more text, or a smaller min_count"
        )
