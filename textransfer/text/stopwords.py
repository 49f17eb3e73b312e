"""Lists of words that may be left out."""

import logging
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from textransfer.errors import ConfigError
from textransfer.text.negation import ENGLISH_NEGATIONS, NEGATIONS, words_in
from textransfer.text.reading.readers import read_records
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import find_sources

logger = logging.getLogger(__name__)


_ENGLISH_CONTRACTIONS = words_in("""
    i'm i've i'll i'd you're you've you'll you'd he's he'll he'd she's she'll she'd it's it'll it'd
    we're we've we'll we'd they're they've they'll they'd that's that'll that'd there's here's
    what's who's who'd who'll where's when's how's why's let's could've should've would've might've must've
    s t d m ll ve don doesn didn isn wasn aren weren hasn haven hadn
""")
"""Contractions, which the words tokenizer keeps whole, with what is left of them when written apart."""

JAPANESE = words_in("""
    は が を に で と も の へ から まで より や か ね よ な ば て って など だけ しか ばかり
    くらい 位 ほど 程 つつ ながら けど けれど けれども のに ので し ぞ わ さ だ です ます た
    てる とく れる られる せる させる たい らしい 様 そう ない 無い ず ぬ まい 居る 有る 為る
    成る 言う 事 物 者 所 此の 其の 彼の 此れ 其れ 彼れ 此処 其処 何 等 達 為 又 そして 其して
    及び しかし 然し でも こと もの ため よう その この あの それ これ あれ ここ そこ
    いる ある する なる いう ら たち なん んだ のだ
""")
"""Particles, auxiliaries and light words, in Sudachi's normalised form."""


def stop_words(named: str, *, keep_negations: bool, tokenize: Callable[[str], list[str]]) -> frozenset[str]:
    """Return the words that a tokenizer shall leave out, of which `tokenize` gives its form.

    `named` is "none", "english", "japanese", or the path of a file with a word a line.

    Raises
    ------
    ConfigError
        If the name is neither a known list nor a file.
    """
    if named == "none":
        return frozenset()
    if named == "english":
        words = english()
    elif named == "japanese":
        words = JAPANESE
    else:
        words = _from_file(named, tokenize)
    if not keep_negations:
        return words
    if kept := sorted(words & NEGATIONS):
        logger.info("kept %d negations of the stop-word list: %s", len(kept), ", ".join(kept))
    return words - NEGATIONS


def english() -> frozenset[str]:
    """Return scikit-learn's English stop words, with contractions and negations."""
    words: frozenset[str] = import_module("sklearn.feature_extraction.text").ENGLISH_STOP_WORDS
    return words | _ENGLISH_CONTRACTIONS | ENGLISH_NEGATIONS


def _from_file(named: str, tokenize: Callable[[str], list[str]]) -> frozenset[str]:
    path = Path(named)
    if not path.is_file():
        raise ConfigError(
            f"stop_words is {named!r}; expected none, auto, english, japanese, or a file with a word a line"
        )
    words: set[str] = set()
    for source in find_sources(path):
        for record in read_records(source, ReadingSettings()):
            words.update(word.lower() for word in tokenize(re.sub(r"\s*#.*", "", record.text)))
    return frozenset(words)
