import pickle
import unicodedata

import pytest
from hypothesis import example, given
from strategies import ascii_text, texts

from textransfer.text.normalize import normalize
from textransfer.text.tokenizers.words import WordsTokenizer, split_ascii, split_unicode


@given(ascii_text)
@example("'a''b'''c' 'd'e'")
@example("''''")
@example("a' 'b _'_ x'9'y\x1c\x0bz")
def test_the_fast_path_gives_the_words_of_the_definition(text):
    assert split_ascii(text) == split_unicode(text)


@given(texts)
def test_no_letter_or_digit_is_lost(text):
    kept = "".join(WordsTokenizer().tokenize(text))
    expected = [c for c in normalize(text) if unicodedata.category(c)[0] in "LN"]
    assert [c for c in kept if unicodedata.category(c)[0] in "LN"] == expected


@given(texts)
def test_words_are_their_own_words(text):
    words = WordsTokenizer().tokenize(text)
    assert WordsTokenizer().tokenize(" ".join(words)) == words
    assert all(word and not any(c.isspace() for c in word) for word in words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don\u2019t MISS it: 10/10!", ["don't", "miss", "it", "10", "10"]),
        ("'quoted' the actors' rock 'n' roll", ["quoted", "the", "actors", "rock", "n", "roll"]),
        ("snake_case well-made 3.5", ["snake", "case", "well", "made", "3", "5"]),
        ("cafe\u0301 na\u00efve l'\u00e9t\u00e9", ["caf\u00e9", "na\u00efve", "l'\u00e9t\u00e9"]),
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            ["\u0939\u093f\u0928\u094d\u0926\u0940", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
        ),
        (
            "great\U0001f44d\U0001f3fd\u2764\ufe0f \u2605\u2605 \u00a9",
            ["great", "\U0001f44d", "\u2764", "\u2605", "\u2605"],
        ),
        ("one<br /><br />two", ["one", "two"]),
        ("", []),
        (" \u0301 ... ", []),
    ],
)
def test_examples(text, words):
    assert WordsTokenizer().tokenize(text) == words


def test_case_can_be_kept():
    assert WordsTokenizer(lowercase=False).tokenize("Don't Stop") == ["Don't", "Stop"]


@pytest.mark.parametrize("text", ["The film is not good", "The film is not g\u00f6\u00f6d"])
def test_stop_words_are_left_out_of_both_paths(text):
    assert len(WordsTokenizer(stop_words=["the", "is"]).tokenize(text)) == 3


def test_many_is_one_by_one_and_a_pickle_is_the_same():
    tokenizer = WordsTokenizer(lowercase=False, stop_words={"the"})
    some = ["A film", "", "the \u00e9t\u00e9"]
    assert list(tokenizer.tokenize_many(some)) == [tokenizer.tokenize(text) for text in some]
    assert pickle.loads(pickle.dumps(tokenizer)).spec() == tokenizer.spec()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\U0001f600\U0001f600\U0001f600", ["\U0001f600"] * 3),
        ("gut\u2764\ufe0f\u2764gut", ["gut", "\u2764", "\u2764", "gut"]),
        ("\U0001f469\U0001f3fd\u200d\U0001f4bb\U0001f600", ["\U0001f469\u200d\U0001f4bb", "\U0001f600"]),
        ("\u2764\ufe0f\u200d\U0001f525", ["\u2764\u200d\U0001f525"]),
        ("\U0001f642\u200d\u2194\ufe0f", ["\U0001f642\u200d\u2194"]),
        ("\U0001f1ef\U0001f1f5\U0001f1f9\U0001f1f7", ["\U0001f1ef\U0001f1f5", "\U0001f1f9\U0001f1f7"]),
        (
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f!",
            ["\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"],
        ),
        ("Platz 1\ufe0f\u20e32\u20e3#\ufe0f\u20e3 10", ["platz", "1\u20e3", "2\u20e3", "#\u20e3", "10"]),
        ("v1\u20e3", ["v", "1\u20e3"]),
        ("\u231a \u23f0 \u2194 \u2122 \u2705", ["\u231a", "\u23f0", "tm", "\u2705"]),
        ("\U0001f44d\U0001f3ff\U0001f44d", ["\U0001f44d", "\U0001f44d"]),
    ],
)
def test_a_run_of_emoji_is_its_emoji(text, words):
    assert WordsTokenizer().tokenize(text) == words
    for other in (text.replace("\ufe0f", ""), text.replace("\ufe0f", "\ufe0e")):
        assert WordsTokenizer().tokenize(other) == words


def test_turkish_folds_as_a_reader_expects():
    turkish = WordsTokenizer(is_turkish=True)
    assert turkish.tokenize("IŞIK Işık ışık İYİ İyi iyi") == ["ışık"] * 3 + ["iyi"] * 3
    assert (
        WordsTokenizer().tokenize("İyi film, iyi film, İYİ FİLM. IT it") == ["iyi", "film"] * 3 + ["it"] * 2
    )


def test_old_vectors_keep_their_rules():
    spec = {"name": "words", "version": 2, "lowercase": True, "stop_words": [], "marks_negation": False}
    old = WordsTokenizer.from_spec(spec)
    assert old.spec() == spec
    assert old.tokenize("İyi ❤️‍🔥 🇯🇵1️⃣ ㅋ") == ["i\u0307yi", "❤", "🔥", "1\ufe0f\u20e3", "\u110f"]
    assert WordsTokenizer.from_spec({**spec, "version": 1}).spec() == spec
