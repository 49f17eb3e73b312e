"""Whether words are cut into pieces before anything is learned of them."""

import warnings

from textransfer.config import TokenizerConfig
from textransfer.errors import TextransferWarning
from textransfer.extras import is_installed
from textransfer.text.growth import bends_words
from textransfer.text.languages import detect_tokenizer
from textransfer.text.reading.corpus import Corpus


def wants_subwords(config: TokenizerConfig, corpus: Corpus) -> bool:
    """Tell whether the tokenizer "auto" takes subwords because distinct words grow too fast.

    Not if settings ask for what subwords cannot do, or their library is missing, which a warning says: words
    do without it, those outside the vocabulary with vectors from their n-grams.
    """
    is_open = config.tokenizer == "auto" and config.negation != "english" and not corpus.is_cut
    if not is_open or config.stop_words not in ("none", "auto") or detect_tokenizer(corpus) != "words":
        return False
    if not bends_words(corpus):
        return False
    if is_installed("tokenizers"):
        return True
    warnings.warn(
        "two in five words of this text occur once: pieces of words would do better, which need "
        'pip install "textransfer[subword]"; words are taken, rare and unknown ones with vectors from '
        "their n-grams",
        TextransferWarning,
        stacklevel=2,
    )
    return False
