"""Choose, build and rebuild tokenizers."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from textransfer.config import TokenizerConfig
from textransfer.errors import ConfigError, CorpusError, FormatError, TextransferWarning
from textransfer.text.languages import TOLERABLE_STRETCHES, is_english, is_turkish, script_shares
from textransfer.text.spans import Token
from textransfer.text.stopwords import stop_words
from textransfer.text.tokenizers.japanese import JapaneseTokenizer
from textransfer.text.tokenizers.spaces import SpacesTokenizer
from textransfer.text.tokenizers.subword import SubwordTokenizer, train_subwords
from textransfer.text.tokenizers.words import WordsTokenizer


class Tokenizer(Protocol):
    """What cuts text into words, the same way each time, from several threads at once if asked to."""

    @property
    def name(self) -> str:
        """Name by which saved files know it."""

    def tokenize(self, text: str) -> list[str]:
        """Return the words of one text, in order."""

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Yield the words of each text."""

    def spec(self) -> dict[str, Any]:
        """Return all that rebuilds this tokenizer, as JSON can hold it."""


STOP_WORDS_OF = {"words": "english", "spaces": "english", "japanese": "japanese"}
"""The list that ``stop_words="auto"`` means; subwords have none."""

_SWITCHES = {"lowercase", "is_turkish", "marks_negation"}
"""Entries of a saved tokenizer that are true or false; another value would be read as one of them."""

_KNOWN: Mapping[str, tuple[range, Callable[[dict[str, Any]], Tokenizer]]] = {
    tokenizer.name: (range(1, tokenizer.version + 1), tokenizer.from_spec)
    for tokenizer in (WordsTokenizer, SpacesTokenizer, JapaneseTokenizer, SubwordTokenizer)
}


def build_tokenizer(config: TokenizerConfig, sample: Iterable[str]) -> Tokenizer:
    """Build the tokenizer that the settings ask for.

    The sample can be read again: "auto" chooses by the script of its start, subwords are learned from all.
    Lists of words in a `Corpus` are to "auto" words as they are.

    Raises
    ------
    MissingExtraError
        If the tokenizer needs a library that is not installed.
    ConfigError
        If stop words or negations are asked for where none are known.
    CorpusError
        If the sample can be read only once.
    """
    if iter(sample) is sample:
        raise CorpusError("found a generator, which can be read only once; pass a list or a Corpus")
    if config.tokenizer == "auto" and getattr(sample, "is_cut", False):
        config = replace(config, tokenizer="spaces", lowercase=False)
    shares = script_shares(sample) if config.tokenizer in ("auto", "words") else None
    name = shares.tokenizer if shares is not None and config.tokenizer == "auto" else config.tokenizer
    if shares is not None and name == "words" and shares.in_stretches > TOLERABLE_STRETCHES:
        warnings.warn(
            f"{shares.in_stretches:.0%} of the letters stand in long stretches without a space, as Chinese, "
            "Japanese or Thai is written: to the tokenizer words each is one word; tokenizer subword, or "
            "japanese, cuts them",
            TextransferWarning,
            stacklevel=2,
        )
    if config.negation == "english" and name != "words":
        raise ConfigError(
            f"negation is 'english', but the tokenizer is {name!r}, which knows no English negations; "
            "set negation to auto or none, or tokenizer to words"
        )
    if name == "subword":
        if config.stop_words not in ("none", "auto"):
            raise ConfigError(
                f"stop_words is {config.stop_words!r}, but the subword tokenizer knows pieces, not words; "
                "set stop_words to none or choose another tokenizer"
            )
        return train_subwords(
            sample,
            config.subword_vocab_size,
            config.subword_model,
            lowercase=config.lowercase,
            is_turkish=_is_turkish(config, sample),
        )
    if name == "japanese":
        if config.casing == "turkish":
            raise ConfigError(
                "casing is 'turkish', but the tokenizer is 'japanese'; set casing to auto, or choose another "
                "tokenizer"
            )
        plain = JapaneseTokenizer(lowercase=config.lowercase)
        return JapaneseTokenizer(lowercase=config.lowercase, stop_words=_left_out(config, plain))
    if name == "spaces":
        spaces = SpacesTokenizer(lowercase=config.lowercase, is_turkish=_is_turkish(config, sample))
        left_out = _left_out(config, spaces)
        return SpacesTokenizer(lowercase=spaces.lowercase, is_turkish=spaces.is_turkish, stop_words=left_out)
    words = WordsTokenizer(lowercase=config.lowercase, is_turkish=_is_turkish(config, sample))
    return WordsTokenizer(
        lowercase=words.lowercase,
        stop_words=_left_out(config, words),
        is_turkish=words.is_turkish,
        marks_negation=config.negation == "english" or (config.negation == "auto" and is_english(sample)),
    )


def _is_turkish(config: TokenizerConfig, sample: Iterable[str]) -> bool:
    return config.casing == "turkish" or (config.casing == "auto" and config.lowercase and is_turkish(sample))


def _left_out(
    config: TokenizerConfig, tokenizer: JapaneseTokenizer | WordsTokenizer | SpacesTokenizer
) -> frozenset[str]:
    """Return the stop words that the settings ask for, in the form of a tokenizer that has none yet."""
    return stop_words(
        STOP_WORDS_OF[tokenizer.name] if config.stop_words == "auto" else config.stop_words,
        keep_negations=config.keep_negations,
        tokenize=tokenizer.tokenize,
    )


def locate(tokenizer: Tokenizer, text: str) -> list[Token]:
    """Return the words of a text with their places, by whatever tokenizer.

    One without a method `locate` of its own gives its words; each is looked for in the text behind the one
    before, and has an empty place if it does not stand there as it is.
    """
    own = getattr(tokenizer, "locate", None)
    if own is not None:
        tokens: list[Token] = own(text)
        return tokens
    lowered = text.lower()
    searched = lowered if len(lowered) == len(text) else text
    tokens = []
    latest = 0
    for word in tokenizer.tokenize(text):
        places = [place for place in (text.find(word, latest), searched.find(word, latest)) if place >= 0]
        start = min(places, default=latest)
        latest = start + len(word) if places else latest
        tokens.append(Token(word, start, latest))
    return tokens


def without_negation(tokenizer: Tokenizer) -> Tokenizer:
    """Return a tokenizer that leaves words after a negation as they are, for what knows no marked ones."""
    spec = tokenizer.spec()
    return tokenizer_from_spec({**spec, "marks_negation": False}) if spec.get("marks_negation") else tokenizer


def tokenizer_from_spec(spec: dict[str, Any]) -> Tokenizer:
    """Rebuild the tokenizer that a saved model was made with.

    Raises
    ------
    FormatError
        If the name or version is unknown, an entry is missing, or the installed dictionary is another one.
    MissingExtraError
        If it needs a library that is not installed.
    """
    name, version = spec.get("name"), spec.get("version")
    if not isinstance(name, str) or name not in _KNOWN:
        raise FormatError(f"the saved tokenizer is {name!r}; expected one of {', '.join(_KNOWN)}")
    known, from_spec = _KNOWN[name]
    if version not in known:
        raise FormatError(
            f"the saved tokenizer {name!r} has version {version!r}; this release knows up to {known[-1]}: "
            "use the release of textransfer that wrote it, or a newer one"
        )
    for entry in _SWITCHES & spec.keys():
        if not isinstance(spec[entry], bool):
            raise FormatError(
                f"the saved tokenizer {name!r} is damaged: {entry} is {spec[entry]!r}; expected true or false"
            )
    left_out = spec.get("stop_words", [])
    if not isinstance(left_out, list) or not all(isinstance(word, str) for word in left_out):
        raise FormatError(f"the saved tokenizer {name!r} is damaged: stop_words are no list of words")
    try:
        return from_spec(spec)
    except (KeyError, TypeError) as error:
        raise FormatError(f"the saved tokenizer {name!r} is damaged: no usable entry {error}") from error
