"""The parameters of classifiers over word vectors, with their types and defaults."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from textransfer.config import Activation, ClassifierConfig, ClassWeight, EncoderName, Solver
from textransfer.embeddings.vectors_like import VectorsLike
from textransfer.peer_names import refusing_peer_names
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.sentences.seeds import SeedWords
from textransfer.settings import LabelWeights

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

_C = ClassifierConfig()


@refusing_peer_names
@dataclass(kw_only=True, eq=False, repr=False)
class ClassifierParameters(TextClassifier):
    """A classifier over word vectors that is not fitted yet; see `SentimentClassifier`."""

    vectors: VectorsLike | None = field(default=None, kw_only=False)
    tokenizer: "Tokenizer | str | None" = None
    seed_words: SeedWords | None = None
    vector_size: int | None = None
    encoder: EncoderName = _C.encoder
    component_power: float | None = _C.component_power
    emphasis: bool = _C.emphasis
    phrases: bool = _C.phrases
    hidden_size: int | None = _C.hidden_size
    activation: Activation = _C.activation
    fine_tune: bool = _C.fine_tune
    solver: Solver = _C.solver
    epochs: int = _C.epochs
    learning_rate: float = _C.learning_rate
    vector_learning_rate: float | None = _C.vector_learning_rate
    l2: float | None = _C.l2
    batch_size: int = _C.batch_size
    standardize: bool = _C.standardize
    early_stopping: bool = _C.early_stopping
    class_weight: ClassWeight | LabelWeights | None = _C.class_weight
    calibrate: bool = _C.calibrate
    random_state: int | np.random.Generator | np.random.RandomState | None = 0

    @classmethod
    def from_config(
        cls,
        config: ClassifierConfig,
        vectors: VectorsLike | None = None,
        **parameters: Any,  # noqa: ANN401 - passed on to parameters that have types
    ) -> Self:
        """Make a classifier with the settings of a config."""
        settings = config.to_dict()
        if isinstance(config.class_weight, tuple):
            settings["class_weight"] = dict(config.class_weight)
        return cls(vectors, **settings, **parameters)

    def settings(self) -> ClassifierConfig:
        """Return the settings, checked."""
        return ClassifierConfig(**{name: getattr(self, name) for name in ClassifierConfig.names()})
