"""What a vocabulary shows of how its text was cut."""

import pytest

from textransfer.config import TokenizerConfig
from textransfer.errors import ConfigError
from textransfer.text.guessing import are_cased, guess_tokenizer, tokenizer_of_words, unmet_words
from textransfer.text.tokenize import build_tokenizer

ENGLISH = ["the", "film", "good", "not", "and"]


@pytest.mark.parametrize(
    ("words", "name", "lowercase", "negation"),
    [
        (ENGLISH, "words", True, "none"),
        ([*ENGLISH, "not_good"], "words", True, "english"),
        ([*ENGLISH, "The", "Film"], "words", False, "none"),
        (["映画", "とても", "面白い", "です", "ました"], "japanese", True, "none"),
        (["кино", "хороший", "и"], "words", True, "none"),
    ],
)
def test_script_case_and_marks_are_seen(words: list[str], name: str, lowercase: bool, negation: str) -> None:
    config = guess_tokenizer(words)
    assert (config.tokenizer, config.lowercase, config.negation) == (name, lowercase, negation)


def test_a_named_tokenizer_is_taken() -> None:
    assert guess_tokenizer(["映画", "です"], "words").tokenizer == "words"
    assert guess_tokenizer(ENGLISH, "japanese").tokenizer == "japanese"


@pytest.mark.parametrize("name", ["subword", None])
def test_subwords_cannot_be_guessed(name: str | None) -> None:
    with pytest.raises(ConfigError, match='tokenizer="words" or '):
        guess_tokenizer(["電影", "很好", "看"], name)


def test_a_few_capitals_are_no_case() -> None:
    assert not are_cased(["word"] * 99 + ["Word"])
    assert are_cased(["word"] * 9 + ["Word"])


def test_words_that_a_tokenizer_never_gives() -> None:
    words = [*ENGLISH, "Film", "special_effects", ".", "don't", "not_good", "a b"]
    tokenizer = tokenizer_of_words(words, "words")
    assert not tokenizer.spec()["lowercase"]
    assert unmet_words(words, tokenizer) == ["special_effects", ".", "a b"]
    pieces = build_tokenizer(TokenizerConfig(tokenizer="subword", subword_vocab_size=30), ["电影 好"] * 9)
    assert unmet_words(["电影", "难看"], pieces) == ["难看"]
