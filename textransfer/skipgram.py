"""The SkipGram estimator: from text to word vectors, the front door of pretraining."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self, cast

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.metadata_routing import UNUSED

from textransfer.config import (
    Casing,
    Checkpoints,
    EngineName,
    Initialization,
    Negation,
    Ngrams,
    Noise,
    NoiseSharing,
    Objective,
    PretrainConfig,
    Reduction,
    Schedule,
    TokenizerConfig,
    TokenizerName,
)
from textransfer.documenting import with_settings
from textransfer.peer_names import refusing_peer_names
from textransfer.pretrain.checkpoint import as_checkpoints
from textransfer.pretrain.initial import InitFrom, start_of
from textransfer.pretrain.preparation import OnScan
from textransfer.pretrain.processes.interrupt import TrainingInterrupted
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.progress import OnStage
from textransfer.pretrain.run import OnProgress, TrainingRun
from textransfer.sentiment.sentences.texts import Texts
from textransfer.sentiment.sentences.transformers import SIFEncoder
from textransfer.text.reading.corpus import Corpus, Documents, as_corpus
from textransfer.unfitted import UnfittedError

_P = PretrainConfig()
_T = TokenizerConfig()


@with_settings(PretrainConfig, TokenizerConfig)
@refusing_peer_names
@dataclass(kw_only=True, eq=False, repr=False)
class SkipGram(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Learn word vectors from unlabelled text; then turn documents into vectors, as `SIFEncoder` does.

    Parameters
    ----------
    {settings}
    init_from : WordVectors, str or Path, optional
        Vectors of other texts to start from, or the folder or file (word2vec, GloVe, fastText) that holds
        them; see `pretrain_vectors`.
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
        One record a block, those of a run that was resumed included.
    is_interrupted_ : bool

    n_empty_ : int
        Documents of the last `transform` that had no known word.

    Examples
    --------
    >>> from textransfer import SkipGram
    >>> reviews = ["a warm and funny film", "a dull and lifeless film", "warm, funny, a delight"]
    >>> model = SkipGram(vector_size=8, epochs=5).fit(reviews)
    >>> model.vectors_["film"].shape
    (8,)
    >>> model.transform(["a funny delight"]).shape
    (1, 8)
    """

    # Documents are what scikit-learn calls X; only other arguments are metadata to it.
    __metadata_request__fit: ClassVar = {"documents": UNUSED}
    __metadata_request__transform: ClassVar = {"documents": UNUSED}

    objective: Objective = _P.objective
    vector_size: int | None = _P.vector_size
    window: int | None = _P.window
    epochs: int | None = _P.epochs
    max_steps: int | None = _P.max_steps
    min_count: int | None = _P.min_count
    max_vocab_size: int | None = _P.max_vocab_size
    max_scan_words: int = _P.max_scan_words
    sample: float | None = _P.sample
    negative: int = _P.negative
    noise: Noise = _P.noise
    ns_exponent: float = _P.ns_exponent
    noise_sharing: NoiseSharing = _P.noise_sharing
    noise_replacement: bool = _P.noise_replacement
    skip_hits: bool = _P.skip_hits
    shuffle: bool = _P.shuffle
    shrink_window: bool = _P.shrink_window
    learning_rate: float = _P.learning_rate
    min_learning_rate: float = _P.min_learning_rate
    schedule: Schedule = _P.schedule
    batch_size: int | None = _P.batch_size
    reduction: Reduction = _P.reduction
    initialization: Initialization = _P.initialization
    ngrams: Ngrams = _P.ngrams
    engine: EngineName = _P.engine
    device: str = _P.device
    n_jobs: int = _P.n_jobs
    tokenizer: TokenizerName = _T.tokenizer
    lowercase: bool = _T.lowercase
    stop_words: str = _T.stop_words
    keep_negations: bool = _T.keep_negations
    negation: Negation = _T.negation
    casing: Casing = _T.casing
    subword_vocab_size: int = _T.subword_vocab_size
    subword_model: str = _T.subword_model
    init_from: InitFrom | None = None
    random_state: int | None = 0

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
        on_scan: OnScan | None = None,
        on_progress: OnProgress | None = None,
        on_stage: OnStage | None = None,
        checkpoint: str | Path | Checkpoints | None = None,
        resume: bool = False,
        force: bool = False,
        team: Team | None = None,
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
        on_stage : callable, optional
            Called with the name of each stage when it begins; see `pretrain_vectors`.
        checkpoint : str, Path or Checkpoints, optional
            Folder in which the run is saved every ten minutes, or folder and interval; none by default. It
            is removed when the run is finished.
        resume : bool, default=False
            Go on from the checkpoint; start from the beginning if there is none. The text is read again and
            must be the same, as must all parameters. On an engine that repeats exactly (one thread) the
            result is that of a run that was never stopped, bit for bit; else it goes on from the same place.
        force : bool, default=False
            Start over where there is a checkpoint.
        team : Team, optional
            The processes that train together, from `textransfer.team_of_torchrun`. All of them call this
            method; the first one's checkpoint and callbacks count.

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
        OutputError
            If there is a checkpoint and neither `resume` nor `force` says what to do, or none can be written.
        """
        parameters = self.get_params(deep=False)
        start = start_of(
            TokenizerConfig(**{name: parameters[name] for name in TokenizerConfig.names()}),
            PretrainConfig(**{name: parameters[name] for name in PretrainConfig.names()}),
            self.init_from,
        )
        run = TrainingRun(as_corpus(documents), start, team=team, on_stage=on_stage)
        self.history_, self.is_interrupted_ = run.history, False
        place = as_checkpoints(checkpoint)
        begun = run.begun(self.random_state, place, resume=resume, force=force)
        with begun, run.prepared_in(work_folder, on_scan):
            self.tokenizer_, self.config_ = run.prepared.tokenizer, run.prepared.config
            self.engine_ = run.choice
            try:
                self.vectors_ = run.learn(on_progress)
            except TrainingInterrupted as interrupt:
                self.is_interrupted_, self.vectors_ = True, interrupt.vectors
                raise
        return self

    def transform(self, documents: Documents) -> npt.NDArray[np.float32]:
        """Return the vectors of documents, float32 (n, D); zeros for one without a known word.

        Documents are what `fit` takes; blank ones of files are left out, those of lists are not.

        Raises
        ------
        NotFittedError
            If nothing was learned yet.
        CorpusError
            If the documents cannot be read.
        """
        if not hasattr(self, "vectors_"):
            raise UnfittedError("this SkipGram is not fitted yet; call fit(documents) first")
        encoder = SIFEncoder(self.vectors_)
        is_read = isinstance(documents, str | Path | Corpus)
        vectors = encoder.transform(list(as_corpus(documents)) if is_read else cast("Texts", documents))
        self.n_empty_ = encoder.n_empty_
        return vectors

    @property
    def _n_features_out(self) -> int:
        return self.vectors_.vector_size

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "vectors_")

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - a type of scikit-learn
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.non_deterministic = True  # with several threads
        return tags
