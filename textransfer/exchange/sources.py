"""What can be exported: word vectors, or a classifier with the vectors in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Union

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_tokenizer, as_vectors
from textransfer.errors import ConfigError
from textransfer.exchange.sentence_table import averaging_of_vectors
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.storage.kinds import CLASSIFIER, EXPORT_RECORD

if TYPE_CHECKING:
    from textransfer.config import EncoderName
    from textransfer.sentiment.predictor import TextPredictor
    from textransfer.text.tokenize import Tokenizer

Source = Union[VectorsLike, "TextPredictor"]
"""Word vectors or a classifier, or the path of either."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """A source, loaded: one of the two is there."""

    vectors: WordVectors | None = None
    classifier: "TextPredictor | None" = None

    def contents(self) -> Contents:
        """Return words and vectors; those of a classifier are the ones that it averages."""
        if self.vectors is not None:
            return self.vectors.contents()
        averaging = self._averaging_of_classifier()
        return Contents(
            list(averaging.index),
            averaging.table,
            tokenizer_spec=self._classifier().tokenizer_.spec(),
            spellings=averaging.spellings,
            ngrams=None if averaging.unknown is None else averaging.unknown.ngrams,
        )

    def averaging(self, encoder: "EncoderName") -> Averaging:
        """Return how words become a sentence vector; a classifier says so itself."""
        if self.vectors is not None:
            return averaging_of_vectors(self.vectors, encoder)
        return self._averaging_of_classifier()

    def tokenizer(self, name: str | None) -> "Tokenizer":
        """Return the tokenizer; one that is named is for vectors that do not tell theirs."""
        if self.vectors is not None:
            return as_tokenizer(name, self.vectors)
        return self._classifier().tokenizer_

    def _classifier(self) -> "TextPredictor":
        if self.classifier is None:
            raise ValueError("neither vectors nor a classifier were loaded")
        return self.classifier

    def _averaging_of_classifier(self) -> Averaging:
        averaging = getattr(self._classifier(), "averaging_", None)
        if not isinstance(averaging, Averaging):
            raise ConfigError(
                "the classifier is over TF-IDF or an encoder, and has no word vectors; expected one over "
                "word vectors, or a folder from textransfer pretrain"
            )
        return averaging


def loaded(source: Source) -> Loaded:
    """Return a source, loaded from its path if it is one.

    Raises
    ------
    FormatError
        If nothing is there, or it cannot be read.
    ConfigError
        If it is something else.
    """
    from textransfer.sentiment.predictor import TextPredictor

    if isinstance(source, TextPredictor):
        return Loaded(classifier=source)
    if isinstance(source, str | Path) and is_classifier(Path(source)):
        from textransfer.sentiment.loading import load_classifier

        return Loaded(classifier=load_classifier(source))
    return Loaded(vectors=as_vectors(source))


def is_classifier(path: Path) -> bool:
    """Tell whether a folder holds a classifier of ours, perhaps with a damaged record."""
    if not path.is_dir():
        return False
    has_tensors = (path / "network.safetensors").is_file() or (path / "words.safetensors").is_file()
    return CLASSIFIER.is_marked(path) or (has_tensors and not (path / EXPORT_RECORD).is_file())
