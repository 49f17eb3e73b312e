import pickle
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from strategies import texts

from textransfer.errors import FormatError, MissingExtraError
from textransfer.text.normalize import normalize
from textransfer.text.tokenize import tokenizer_from_spec
from textransfer.text.tokenizers.japanese import JapaneseTokenizer, split_long
from textransfer.text.tokenizers.words import WordsTokenizer


@pytest.fixture(scope="module")
def tokenizer():
    pytest.importorskip("sudachipy")
    pytest.importorskip("sudachidict_core")
    return JapaneseTokenizer()


@pytest.fixture(scope="module")
def surface(tokenizer):
    """Leave words as they stand in the text."""
    return JapaneseTokenizer(form="surface", lowercase=False)


def test_inflections_and_spellings_are_one_word(tokenizer):
    assert tokenizer.tokenize("面白くなかった。") == ["面白い", "無い", "た"]
    assert "面白い" in tokenizer.tokenize("おもしろい映画")


def test_punctuation_goes_emoji_and_numbers_stay(tokenizer):
    words = tokenizer.tokenize("最高！ ♪ 😀 「2023年」 ＡＢＣ")
    assert {"♪", "😀", "2023", "abc"} <= set(words)
    assert not {"！", "!", "「", "」", " "} & set(words)


def test_stop_words_are_left_out(tokenizer):
    assert JapaneseTokenizer(stop_words=["は", "た"]).tokenize("映画は良かった") == ["映画", "良い"]


@settings(max_examples=200, deadline=None)
@given(text=texts)
def test_no_letter_or_digit_is_lost(surface, text):
    kept = "".join(surface.tokenize(text))
    expected = [c for c in normalize(text, lowercase=False) if is_kept(c)]
    assert [c for c in kept if is_kept(c)] == expected


def is_kept(character):
    """Tell whether a character is a letter or digit, but for the stroke that draws a vowel out."""
    return unicodedata.category(character)[0] in "LN" and character != "ー"


@pytest.mark.parametrize("hyphen", ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212", "\uff0d"])
def test_a_word_is_the_same_with_any_hyphen(tokenizer, hyphen):
    assert (
        tokenizer.tokenize(f"無料Wi{hyphen}Fi") == tokenizer.tokenize("無料Ｗｉ－Ｆｉ") == ["無料", "wi-fi"]
    )
    text = f"無料Wi{hyphen}Fi"
    assert [text[token.start : token.end] for token in tokenizer.locate(text)] == ["無料", text[2:]]
    assert WordsTokenizer().tokenize(f"Wi{hyphen}Fi") == ["wi", "fi"]


@pytest.mark.parametrize("text", ["ー", "最高 ー ！", "。。ーー。", "ｰ"])
def test_a_lone_stroke_is_no_word(tokenizer, text):
    assert not any(set(word) <= set("ーｰ") for word in tokenizer.tokenize(text))
    assert tokenizer.tokenize("サービス") == ["サービス"]


def test_the_second_version_keeps_its_words(tokenizer):
    second = JapaneseTokenizer.from_spec({**tokenizer.spec(), "version": 2})
    assert second.spec()["version"] == 2
    assert second.tokenize("Wi\u2010Fi ー 最高😀😀 İ") == ["wi", "fi", "ー", "最高", "😀", "😀", "i"]


@pytest.mark.parametrize(
    "text", ["あの映画は良い。" * 9000, "あ" * 40_000, "\U00020000" * 20_000, "良い、" * 9000]
)
def test_text_beyond_the_limit_of_sudachi_is_read_whole(surface, text):
    words = surface.tokenize(text)
    assert "".join(words) == text.replace("。", "").replace("、", "")


@pytest.mark.parametrize("text", ["一文。" * 10, "語、" * 15, "字" * 31, "ab cd " * 9, ""])
def test_long_text_is_cut_into_pieces_that_are_the_whole(text):
    pieces = split_long(text, 10)
    assert "".join(pieces) == text
    assert all(len(piece) <= 10 for piece in pieces)


def test_long_text_is_cut_where_a_sentence_ends():
    assert split_long("良い映画。でも長い、話", 8) == ["良い映画。", "でも長い、話"]


def test_a_pickle_and_the_spec_give_the_same_tokenizer(tokenizer):
    text = "この映画は面白くなかった"
    for copy in (pickle.loads(pickle.dumps(tokenizer)), tokenizer_from_spec(tokenizer.spec())):
        assert copy.tokenize(text) == tokenizer.tokenize(text)
        assert copy.spec() == tokenizer.spec()


def test_another_dictionary_is_refused(tokenizer):
    with pytest.raises(FormatError, match="pip install sudachidict_core==19990101"):
        tokenizer_from_spec({**tokenizer.spec(), "dictionary_version": "19990101"})


@pytest.mark.parametrize("module", ["sudachipy", "sudachidict_core"])
def test_a_missing_extra_is_named(monkeypatch, module):
    if module == "sudachidict_core":
        pytest.importorskip("sudachipy")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"textransfer\[ja\]"):
        JapaneseTokenizer()


def test_a_run_of_emoji_is_its_emoji(tokenizer):
    words = ["最高", "😀", "😀", "👩\u200d💻", "❤", "映画", "🇯🇵"]
    assert tokenizer.tokenize("最高😀😀👩🏽\u200d💻❤️映画🇯🇵") == words
    assert tokenizer.tokenize("最高😀😀👩🏽\u200d💻❤映画🇯🇵") == words


def test_the_first_version_stays_as_it_was(tokenizer):
    first = JapaneseTokenizer.from_spec({**tokenizer.spec(), "version": 1})
    assert first.spec()["version"] == 1
    assert first.tokenize("最高😀😀 İ") == ["最高", "😀😀", "i\u0307"]
    assert tokenizer.tokenize("İ") == ["i"]
