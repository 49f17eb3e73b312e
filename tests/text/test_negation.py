"""Words that a negation turns round, and the languages in which it is looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textransfer.config import TokenizerConfig
from textransfer.errors import ConfigError
from textransfer.text.languages import is_english
from textransfer.text.negation import (
    ENGLISH_BRIDGES,
    MOST_BRIDGES,
    N_TURNED,
    NEGATIONS,
    PREFIX,
    are_marked,
    mark_negated,
)
from textransfer.text.tokenize import build_tokenizer, tokenizer_from_spec
from textransfer.text.tokenizers.words import WordsTokenizer

words = st.sampled_from(["not", "Never", "doesn't", "a", "very", "THE", "good", "film", "not_good", "7"])
ENGLISH = ["The cast is fine, but the plot is not.", "I did not like the end of the film."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a good film", "a good film"),
        ("not good", "not not_good"),
        ("this is not a good film", "this is not a not_good not_film"),
        ("not a very good film at all", "not a very not_good not_film at all"),
        ("not as very so very bad", "not as very so not_very not_bad"),
        ("not bad as a film", "not not_bad as a not_film"),
        ("I don't really like it", "I don't really not_like not_it"),
        ("not not good", "not not not_good"),
        ("not a a a not a a a good", "not a a a not a a a not_good"),
        ("not a a a a good", "not a a a not_a not_good"),
        ("never a not bad idea now", "never a not not_bad not_idea now"),
        ("Not A Good film", "Not A not_Good not_film"),
        ("did n't work", "did n't not_work"),
        ("it is not", "it is not"),
        ("not the", "not the"),
        ("", ""),
    ],
)
def test_examples(text, expected):
    assert mark_negated(text.split()) == expected.split()


@given(st.lists(words, max_size=20))
def test_words_keep_their_places_and_two_after_a_negation_at_most_are_marked(given_words):
    marked_words = mark_negated(given_words)
    assert len(marked_words) == len(given_words)
    marked = [place for place, word in enumerate(marked_words) if word != given_words[place]]
    assert all(marked_words[place] == PREFIX + given_words[place] for place in marked)
    for place in marked:
        before = [word.lower() in NEGATIONS for word in given_words[:place]]
        assert any(before[-N_TURNED - MOST_BRIDGES :])
        assert given_words[place].lower() not in NEGATIONS
    negations = [word for word in given_words if word.lower() in NEGATIONS]
    assert len(marked) <= N_TURNED * len(negations)
    assert [word for word in marked_words if word.lower() in NEGATIONS] == negations


def test_a_bridge_is_no_negation():
    assert not ENGLISH_BRIDGES & NEGATIONS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" ".join(ENGLISH), True),
        ("A warm and funny film from the first minute to the last.", True),
        ("omg just got home and this was so not what i wanted lol", True),
        ("No me gust\u00f3 nada la pel\u00edcula, no es buena.", False),
        ("Das war nicht gut, und der Ton war nur Not und Elend.", False),
        ("O filme foi no cinema da cidade, no centro.", False),
        ("Ce n'est pas un bon film, et le th\u00e9 \u00e9tait froid.", False),
        ("The Beatles, the Who, " + "das Konzert war gut und lang " * 30, False),
        ("film film film", False),
        ("", False),
    ],
)
def test_english_is_told_by_its_little_words(text, expected):
    assert is_english([text]) is expected
    assert is_english(["...", text]) is expected


def test_only_the_first_documents_and_the_start_of_each_tell():
    german = "das Konzert war gut und lang "
    assert is_english([german] * 9 + [" ".join(ENGLISH)] * 9)
    assert not is_english([german] * 1000 + ENGLISH * 1000)
    assert not is_english([german * 40 + "the and it " * 400])


def test_auto_marks_in_english_alone():
    tokenizer = build_tokenizer(TokenizerConfig(), ENGLISH)
    assert tokenizer.tokenize("It's not good!") == ["it's", "not", "not_good"]
    spanish = build_tokenizer(TokenizerConfig(), ["No es buena la pel\u00edcula"])
    assert spanish.tokenize("no good") == ["no", "good"]


@pytest.mark.parametrize(("negation", "last"), [("english", "not_good"), ("none", "good")])
def test_the_setting_overrules_the_language(negation, last):
    for sample in (ENGLISH, ["No es buena la pel\u00edcula"]):
        tokenizer = build_tokenizer(TokenizerConfig(negation=negation), sample)
        assert tokenizer.tokenize("not good")[-1] == last


def test_stop_words_neither_are_marked_nor_count():
    config = TokenizerConfig(stop_words="english", keep_negations=False, negation="english")
    tokenizer = build_tokenizer(config, ["x"])
    assert tokenizer.tokenize("It is not a good film") == ["not_good", "not_film"]
    found = tokenizer.tokenize("I do not think that it is good, nor bad")
    assert found == ["not_think", "not_good", "not_bad"]


def test_another_tokenizer_refuses():
    pytest.importorskip("sudachipy")
    with pytest.raises(ConfigError, match="'japanese', which knows no English"):
        build_tokenizer(TokenizerConfig(tokenizer="japanese", negation="english"), ["x"])


def test_a_tokenizer_saved_before_marks_nothing():
    spec = {"name": "words", "version": 1, "lowercase": True, "stop_words": []}
    assert tokenizer_from_spec(spec).tokenize("not good") == ["not", "good"]


def test_a_marked_word_written_out_is_the_same_word():
    tokenizer = WordsTokenizer(marks_negation=True)
    assert tokenizer.tokenize("not_good") == tokenizer.tokenize("not good")


def test_a_vocabulary_tells_whether_it_is_marked():
    words = [f"word{i}" for i in range(190)]
    assert are_marked([*words, "not_word1", "not_word2"])
    assert not are_marked([*words, "not_word1"])
    assert not are_marked([*words, "not_only", "not_surprisingly", "not_so"])  # phrases of another making
    assert not are_marked([])
