"""Text transfer learning: word vectors from unlabelled text, carried over to a classifier with few labels.

The public names are loaded when first used, so that ``import textransfer`` costs next to nothing and
loads neither torch nor numba.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from textransfer.version import __version__

_MODULE_OF = {
    "CombinedClassifier": "textransfer.sentiment.combined",
    "Corpus": "textransfer.text.reading.corpus",
    "MeanEncoder": "textransfer.sentiment.sentences.encoders",
    "PretrainConfig": "textransfer.config",
    "SIFEncoder": "textransfer.sentiment.sentences.encoders",
    "SentimentClassifier": "textransfer.sentiment.classifier",
    "SkipGram": "textransfer.pretrain.skipgram",
    "TextransferError": "textransfer.errors",
    "WordVectors": "textransfer.embeddings.vectors",
    "compare": "textransfer.transfer.comparison",
    "update_vectors": "textransfer.pretrain.update",
}

__all__ = [
    "CombinedClassifier",
    "Corpus",
    "MeanEncoder",
    "PretrainConfig",
    "SIFEncoder",
    "SentimentClassifier",
    "SkipGram",
    "TextransferError",
    "WordVectors",
    "__version__",
    "compare",
    "update_vectors",
]

if TYPE_CHECKING:
    from textransfer.config import PretrainConfig
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.errors import TextransferError
    from textransfer.pretrain.skipgram import SkipGram
    from textransfer.pretrain.update import update_vectors
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier
    from textransfer.sentiment.sentences.encoders import MeanEncoder, SIFEncoder
    from textransfer.text.reading.corpus import Corpus
    from textransfer.transfer.comparison import compare


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use (PEP 562)."""
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module 'textransfer' has no attribute {name!r}") from None
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
