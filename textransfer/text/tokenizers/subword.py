"""Cut text into pieces of words learned from the user's own corpus."""

import json
import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

import regex

from textransfer.errors import ConfigError, CorpusError, FormatError
from textransfer.extras import require
from textransfer.text.spans import Aligned, Token, align
from textransfer.text.tokenizers.words import EMOJI, WordsTokenizer, word_pattern

logger = logging.getLogger(__name__)

MAX_TRAINING_CHARACTERS = 20_000_000
"""Text that the pieces are learned from; more changes them little and takes memory in proportion."""

BATCH_TEXTS = 256
_PURPOSE = "the subword tokenizer"
_UNKNOWN = "<unk>"

_MARKED = regex.compile(rf"{EMOJI.pattern}|[^\p{{M}}\s]\p{{M}}+", regex.VERSION1)
_AM = r"\p{M}*(?:\u0e4d\u0e32|\u0ecd\u0eb2)"  # a vowel of Thai and Lao, which normalisation takes apart
_INSEPARABLE = regex.compile(rf"{EMOJI.pattern}|[^\p{{M}}\s]{_AM}|[^\p{{M}}\s]\p{{M}}+", regex.VERSION1)

LEAST_FREQUENCY = 2
LONGEST_PIECE = 16
"""Occurrences that a merge of two pieces needs, and characters of a piece."""
CHARACTERS_A_PIECE = 100
"""Characters of text for each piece of "bpe" beyond single characters: with fewer, pieces are whole clauses,
which occur a few times, so that their vectors are poor and new texts lack them."""


class SubwordTokenizer:
    """Pieces of words, for languages without spaces or dictionary; made by `train_subwords`.

    The trained model is in the JSON form of the `tokenizers` library. Pieces never span two words or a
    punctuation mark. A run of characters that the training text did not have is a piece of its own, so no
    letter or digit is lost.
    """

    name = "subword"
    version = 3

    def __init__(
        self, model: dict[str, Any], *, lowercase: bool = True, is_turkish: bool = False, version: int = 3
    ) -> None:
        library = require("tokenizers", extra="subword", purpose=_PURPOSE)
        self.lowercase = lowercase
        self.is_turkish = is_turkish
        self.version = version
        self._words = _words(lowercase=lowercase, is_turkish=is_turkish, version=version)
        self._model = model
        try:
            self._pieces = library.Tokenizer.from_str(json.dumps(model))
        except Exception as error:  # the library raises bare Exception
            raise FormatError(f"the saved subword model cannot be read ({error}); train it again") from error

    def tokenize(self, text: str) -> list[str]:
        """Return the pieces of one text, in order."""
        return next(self.tokenize_many([text]))

    def locate(self, text: str) -> list[Token]:
        """Return the pieces of one text as `tokenize` does, with their places in it."""
        aligned = align(text, self._words.normalization)
        spans = [
            match.span() for match in word_pattern(aligned.text, self._words.version).finditer(aligned.text)
        ]
        # Each letter's place, and that of the space behind each word.
        places = [place for start, end in spans for place in (*range(start, end), end - 1)]
        spaced = Aligned(
            " ".join(aligned.text[start:end] for start, end in spans),
            [aligned.starts[place] for place in places],
            [aligned.ends[place] for place in places],
        )
        offsets = self._whole(spaced.text, self._pieces.encode(spaced.text).offsets)
        return spaced.tokens((spaced.text[start:end], start, end) for start, end in offsets)

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Yield the pieces of each text."""
        waiting = iter(texts)
        while batch := [" ".join(self._words.tokenize(text)) for text in islice(waiting, BATCH_TEXTS)]:
            for text, encoding in zip(batch, self._pieces.encode_batch(batch), strict=True):
                yield [text[start:end] for start, end in self._whole(text, encoding.offsets)]

    def _whole(self, text: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the places of pieces, none of which begins within an emoji or with a combining mark."""
        if self.version == 1 or text.isascii():
            return offsets
        bound = {
            place: match.span()
            for match in (_INSEPARABLE if self.version > 2 else _MARKED).finditer(text)
            for place in range(match.start() + 1, match.end())
        }
        if not bound:
            return offsets
        # A sign goes to the piece in which it begins.
        ends = [bound[end][1] if end in bound else end for _, end in offsets]
        whole = zip([bound[start][1] if start in bound else start for start, _ in offsets], ends, strict=True)
        return [(start, end) for start, end in whole if start < end]

    def spec(self) -> dict[str, Any]:
        """Return all that rebuilds this tokenizer, the trained pieces included, as JSON can hold it."""
        general = {"name": self.name, "version": self.version, "lowercase": self.lowercase}
        if self.version > 1:
            general["is_turkish"] = self.is_turkish
        return {**general, "model": self._model}

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> "SubwordTokenizer":
        """Rebuild a tokenizer from its `spec`; version 1 kept to the rules of the first release."""
        version = spec["version"]
        is_turkish = spec["is_turkish"] if version > 1 else False
        return cls(spec["model"], lowercase=spec["lowercase"], is_turkish=is_turkish, version=version)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_spec, (self.spec(),)


def train_subwords(
    texts: Iterable[str],
    vocab_size: int,
    model: Literal["unigram", "bpe"],
    *,
    lowercase: bool = True,
    is_turkish: bool = False,
) -> SubwordTokenizer:
    """Learn pieces of words, single characters included, from the first `MAX_TRAINING_CHARACTERS` of texts.

    Emoji are whole: nothing is learned of them. Of a small text "bpe" learns fewer pieces
    (`CHARACTERS_A_PIECE`).

    The library breaks ties of "unigram", a language model, at random; "bpe", byte-pair encoding over
    characters, gives the same pieces each time.

    Raises
    ------
    CorpusError
        If the texts hold no word.
    ConfigError
        If there are more different characters than pieces.
    """
    library = require("tokenizers", extra="subword", purpose=_PURPOSE)
    sample = _Sample(texts, _words(lowercase=lowercase, is_turkish=is_turkish))
    n_pieces = vocab_size if model == "unigram" else sample.n_pieces(vocab_size)
    options = {"vocab_size": n_pieces, "special_tokens": [_UNKNOWN], "show_progress": False}
    if model == "unigram":
        untrained = library.Tokenizer(library.models.Unigram())
        trainer = library.trainers.UnigramTrainer(unk_token=_UNKNOWN, **options)
    else:
        untrained = library.Tokenizer(library.models.BPE(unk_token=_UNKNOWN))
        # Without these bounds a small corpus is learned by heart: whole clauses become one piece each.
        trainer = library.trainers.BpeTrainer(
            min_frequency=LEAST_FREQUENCY, max_token_length=LONGEST_PIECE, **options
        )
    untrained.pre_tokenizer = library.pre_tokenizers.WhitespaceSplit()
    try:
        untrained.train_from_iterator(sample, trainer)
    except Exception as error:  # the library raises bare Exception
        raise ConfigError(
            f"subword_vocab_size is {vocab_size}, but the texts have {len(sample.characters)} different "
            f"characters ({error}); raise it above that"
        ) from error
    if not sample.n_characters:
        raise CorpusError("the texts hold no letter or digit to learn subwords from; expected text")
    return SubwordTokenizer(json.loads(untrained.to_str()), lowercase=lowercase, is_turkish=is_turkish)


class _Sample:
    """The start of a corpus, as words set apart by spaces."""

    def __init__(self, texts: Iterable[str], tokenizer: WordsTokenizer) -> None:
        self.n_characters = 0
        self.characters: set[str] = set()
        self._texts = texts
        self._tokenizer = tokenizer

    def n_pieces(self, most: int) -> int:
        """Return how many pieces the text is enough for, up to so many."""
        for _ in self:
            enough = len(self.characters) + 1 + self.n_characters // CHARACTERS_A_PIECE
            if enough >= most:
                return most
        if not self.n_characters:
            return most
        logger.info("the text is enough for %d subwords, not for %d", enough, most)
        return enough

    def __iter__(self) -> Iterator[str]:
        self.n_characters = 0
        self.characters = set()
        for text in self._texts:
            listed = self._tokenizer.tokenize(text)
            if words := " ".join(word for word in listed if not EMOJI.fullmatch(word)):
                self.n_characters += len(words)
                self.characters.update(words)
                yield words
            if self.n_characters >= MAX_TRAINING_CHARACTERS:
                logger.info("subwords are learned from the first %d characters", self.n_characters)
                return


def _words(*, lowercase: bool, is_turkish: bool, version: int = 2) -> WordsTokenizer:
    """Return what parts words before they are cut into pieces."""
    return WordsTokenizer(lowercase=lowercase, is_turkish=is_turkish, version=3 if version > 1 else 2)
