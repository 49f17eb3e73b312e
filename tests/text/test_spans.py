import unicodedata

import pytest
from hypothesis import example, given, settings
from strategies import texts

from textransfer.text.normalize import Normalization, normalize
from textransfer.text.spans import align, locate_listed
from textransfer.text.tokenize import locate
from textransfer.text.tokenizers.japanese import JapaneseTokenizer
from textransfer.text.tokenizers.subword import train_subwords
from textransfer.text.tokenizers.words import WordsTokenizer

AWKWARD = [
    "İSTANBUL'da ﬁlm ½ ㍿ Cafe\u0301 co\u00adop",
    "1½ \u1100\u1161\u11a8\u11a8 ｶﾞｯｶﾞ ＡＢＣ",
    "don´t<br />stop＜ｂｒ＞now",
    "\ufeff\u00ad\u0301a ΟΔΟΣ 👩🏽\u200d💻❤️",
]


@pytest.fixture(scope="module")
def tokenizers():
    pytest.importorskip("sudachipy")
    pytest.importorskip("tokenizers")
    corpus = ["unbelievable thinkable 映画が面白い", "น้ำตก สวยงาม cafe"] * 9
    return [
        WordsTokenizer(),
        WordsTokenizer(is_turkish=True),
        WordsTokenizer(version=2),
        WordsTokenizer(lowercase=False, stop_words=["a", "good"], marks_negation=True),
        JapaneseTokenizer(form="surface"),
        JapaneseTokenizer(stop_words=["が"]),
        train_subwords(corpus, vocab_size=70, model="bpe"),
    ]


@pytest.mark.parametrize("lowercase", [True, False])
@given(text=texts)
@example("e\u00ad\u0301 \ud800\udc00")
def test_an_aligned_text_is_the_normalised_one(lowercase, text):
    aligned = align(text, Normalization(lowercase))
    assert aligned.text == normalize(text, lowercase=lowercase)
    assert len(aligned.starts) == len(aligned.ends) == len(aligned.text)


def test_every_character_is_aligned_whatever_stands_beside_it():
    for start in range(0, 0x30000, 0x400):
        codes = [code for code in range(start, start + 0x400) if not 0xD800 <= code < 0xE000]
        text = "".join(f" a{chr(code)}\u0301 \u1100{chr(code)}{chr(code)}" for code in codes)
        assert align(text, Normalization()).text == normalize(text), hex(start)


@settings(deadline=None)
@given(text=texts)
def test_places_are_in_order_apart_and_hold_what_the_word_was_made_of(tokenizers, text):
    for tokenizer in tokenizers:
        check(tokenizer, text)


@pytest.mark.parametrize("text", [*AWKWARD, "not a very good, GOOD film"])
def test_awkward_texts(tokenizers, text):
    for tokenizer in tokenizers:
        check(tokenizer, text)


def check(tokenizer, text):
    tokens = locate(tokenizer, text)
    assert [token.word for token in tokens] == tokenizer.tokenize(text)
    first = latest = 0
    for word, start, end in tokens:
        assert latest <= start <= end <= len(text)
        # A word may begin in the characters of the one before, as 2 does in ½.
        first = first if start == latest else start
        latest = end
        if getattr(tokenizer, "form", "surface") == "surface" and start < end:
            assert letters(word.removeprefix("not_")) in letters(text[first:end])


def letters(text):
    # Which sigma, and which i, depends on what stands beside it, and on the language.
    small = normalize(text).replace("ς", "σ").replace("ı", "i").replace("\u0307", "")
    small = unicodedata.normalize("NFKD", small)  # a letter of Hangul may be part of a syllable, or not
    return "".join(c for c in small if unicodedata.category(c)[0] in "LN")


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("Das ＡＢＣ, don\u2019t!", ["Das", "ＡＢＣ", "don\u2019t"]),
        ("cafe\u0301s ﬁne co\u00adop", ["cafe\u0301s", "ﬁne", "co\u00adop"]),
        ("one<br>two", ["one", "two"]),
        ("½ cup", ["½", "", "cup"]),
        ("ΟΔΟΣ İyi", ["ΟΔΟΣ", "İyi"]),
    ],
)
def test_what_stands_in_the_text(text, surfaces):
    assert [text[start:end] for _, start, end in WordsTokenizer().locate(text)] == surfaces


def test_dictionary_forms_are_found_where_they_stand():
    pytest.importorskip("sudachipy")
    text = "ホテルはとても ｷﾚｲ で、面白かった"
    found = {word: text[start:end] for word, start, end in JapaneseTokenizer().locate(text)}
    assert (found["迚も"], found["奇麗"], found["面白い"]) == ("とても", "ｷﾚｲ", "面白かっ")


def test_long_japanese_text_goes_on_counting():
    pytest.importorskip("sudachipy")
    text = "あの映画は良い。" * 4000
    tokens = JapaneseTokenizer(form="surface").locate(text)
    assert all(text[start:end] == word for word, start, end in tokens)


def test_a_negated_word_stands_where_the_word_stands():
    text = "not a GOOD film"
    tokens = WordsTokenizer(marks_negation=True).locate(text)
    assert [(word, text[start:end]) for word, start, end in tokens] == [
        ("not", "not"), ("a", "a"), ("not_good", "GOOD"), ("not_film", "film")
    ]  # fmt: skip


def test_any_other_tokenizer_serves():
    class Plain:
        name = "plain"

        def tokenize(self, text):
            return text.lower().split()

    assert locate(Plain(), "Ab ab  c") == [("ab", 0, 2), ("ab", 3, 5), ("c", 7, 8)]

    class Changing(Plain):
        def tokenize(self, text):
            return ["x", *text.split()]

    assert locate(Changing(), "a b") == [("x", 0, 0), ("a", 0, 1), ("b", 2, 3)]


def test_lists_of_words_stand_apart():
    assert locate_listed(["a", "bc"]) == ("a bc", [("a", 0, 1), ("bc", 2, 4)])
