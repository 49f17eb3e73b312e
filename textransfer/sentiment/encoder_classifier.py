"""The classifier over an encoder that lies on disk: its vectors, one hidden layer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self, cast

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.arrays import unit_rows
from textransfer.encoders.encoder import Encoder, opened_once
from textransfer.encoders.encoding import encode_texts
from textransfer.encoders.recognising import recognised
from textransfer.errors import ConfigError
from textransfer.randomness import seed_of
from textransfer.sentiment import encoder_folder
from textransfer.sentiment.class_weights import by_code
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.folder import Records
from textransfer.sentiment.joined import held_out_vectors
from textransfer.sentiment.judging.calibration import CAUTION, best_temperature
from textransfer.sentiment.judging.explanation import ExplainedText
from textransfer.sentiment.judging.out_of_fold import OutOfFold
from textransfer.sentiment.labels import learn_classes
from textransfer.sentiment.sentences.texts import Texts, are_words, check_texts
from textransfer.sentiment.vector_head import Floats, VectorHead, fit_heads


@dataclass(frozen=True, eq=False)
class EncodedStrings:
    """What n texts are to an `EncoderClassifier`."""

    vectors: Floats
    """Of unit length, shape (n, D)."""

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def known_shares(self) -> npt.NDArray[np.float64]:
        """Ones, shape (n,): an encoder reads any text."""
        return np.ones(len(self))


class EncoderClassifier(TextClassifier):
    """Encode texts by an encoder that stays as it is, then classify the vectors with one hidden layer.

    Parameters
    ----------
    encoder : Encoder, str or Path
        The encoder, or its folder.
    config : ClassifierConfig, optional
        Settings of the head; what is about word vectors does not matter.
    cache : Path, optional
        Where vectors are kept; see `textransfer.encoders.cache`. One that was loaded keeps none.
    random_state : int, default=0
        Of the head and the folds.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
    head_ : VectorHead
    temperature_ : float
        What `fit` divided the logits by to calibrate the probabilities.
    out_of_fold_ : OutOfFold or None
        What cross-validation said of the labelled texts before that; None if a class has a single text.
    """

    _last_fitted = "head_"
    reads_words: ClassVar = False

    def __init__(
        self,
        encoder: Encoder | str | Path,
        *,
        config: ClassifierConfig | None = None,
        cache: Path | None = None,
        random_state: int = 0,
    ) -> None:
        self.encoder = encoder
        self.config = config
        self.cache = cache
        self.random_state = random_state

    def fit(self, texts: Texts, labels: Sequence[Any]) -> Self:
        """Encode labelled texts, which are strings, and fit the head to them."""
        config = ClassifierConfig() if self.config is None else self.config
        listed = _strings(texts)
        self.classes_, codes = learn_classes(listed, labels)
        config = by_code(config, self.classes_.tolist())
        encoder = self.encoder if isinstance(self.encoder, Encoder) else recognised(Path(self.encoder))
        self.encoder_ = opened_once(encoder)
        vectors = self._vectors(listed)
        seed, n_classes = seed_of(self.random_state), len(self.classes_)
        (fitted,) = fit_heads([vectors], [codes], n_classes, config, [seed])
        self.temperature_ = 1.0
        self.out_of_fold_: OutOfFold | None = None
        if config.calibrate:
            self.out_of_fold_ = held_out_vectors(vectors, codes, n_classes, config, seed)
        if self.out_of_fold_ is not None:
            truth = codes[self.out_of_fold_.positions]
            self.temperature_ = best_temperature(self.out_of_fold_.probabilities, truth, CAUTION)
            fitted = replace(fitted, head=fitted.head.tempered(self.temperature_))
        self.head_: VectorHead = fitted
        return self

    def encode(self, texts: Texts) -> EncodedStrings:
        """Encode texts; the result can stand in for them in `predict_proba`."""
        self._check_fitted()
        return EncodedStrings(self._vectors(_strings(texts)))

    def predict_proba(self, texts: Texts | EncodedStrings) -> npt.NDArray[np.float64]:
        """Return the probability of each class, shape (n, C), columns as in `classes_`."""
        encoded = texts if isinstance(texts, EncodedStrings) else self.encode(texts)
        self._check_fitted()
        return self.head_.predict_proba(encoded.vectors)

    def known_shares(self, texts: Texts | EncodedStrings) -> npt.NDArray[np.float64]:
        """Return ones, shape (n,): an encoder reads any text."""
        return np.ones(len(texts))

    def document_vectors(self, texts: Texts | EncodedStrings) -> Floats:
        """Return the vectors of texts, shape (n, D), of unit length."""
        return (texts if isinstance(texts, EncodedStrings) else self.encode(texts)).vectors

    def explain(self, texts: Texts) -> list[ExplainedText]:
        """Return the prediction for each text without any word: what one adds is not told."""
        listed = _strings(texts)
        p = self.predict_proba(listed)
        return [ExplainedText(text, (), self.classes_, row) for text, row in zip(listed, p, strict=True)]

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned: those of the head."""
        self._check_fitted()
        return self.head_.n_parameters

    def save(self, path: str | Path, *, force: bool = False, records: Records = None) -> Path:
        """Write a classifier folder, which needs the encoder's folder where it is now.

        Raises
        ------
        ConfigError
            If the encoder is a function.
        OutputError
            If the folder exists and `force` is false, or cannot be written.
        """
        self._check_fitted()
        config = ClassifierConfig() if self.config is None else self.config
        state = encoder_folder.EncoderState(
            config, self.classes_, self.head_, self.encoder_, self.temperature_
        )
        return encoder_folder.save(Path(path), state, force=force, records=records)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier folder, and look for its encoder.

        Raises
        ------
        FormatError
            If it is another kind of folder, or the encoder is gone or has changed.
        """
        state = encoder_folder.load(Path(path))
        classifier = cls(state.encoder.path, config=state.settings)
        classifier.classes_, classifier.head_ = state.classes, state.head
        classifier.encoder_, classifier.temperature_ = opened_once(state.encoder), state.temperature
        classifier.out_of_fold_ = None  # is not saved
        return classifier

    def _vectors(self, texts: list[str]) -> Floats:
        name = self.encoder_.path or "the encoder"
        if not texts:
            return np.zeros((0, len(self.head_.standard.center)), np.float32)
        return unit_rows(encode_texts(self.encoder_, texts, name=name, cache=self.cache).vectors)


def _strings(texts: Texts) -> list[str]:
    listed = check_texts(texts)
    if are_words(listed):
        raise ConfigError("got lists of words, but an encoder cuts texts itself; expected texts as strings")
    return cast("list[str]", listed)
