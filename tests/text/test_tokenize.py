import json
import sys
import unicodedata

import pytest

from textransfer.config import TokenizerConfig
from textransfer.errors import ConfigError, CorpusError, FormatError, MissingExtraError, TextransferWarning
from textransfer.text.languages import detect_tokenizer
from textransfer.text.tokenize import build_tokenizer, tokenizer_from_spec


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A film I loved.", "words"),
        ("Очень хороший фильм", "words"),
        ("영화가 재미있다", "words"),
        ("この映画は面白い", "japanese"),
        ("ﾀﾉｼｲ ｴｲｶﾞ", "japanese"),
        ("这部电影很好看", "subword"),
        ("ภาพยนตร์เรื่องนี้ดีมาก", "subword"),
        ("An English review that quotes 映画 and アニメ once.", "words"),
        ("...", "words"),
        ("", "words"),
    ],
)
def test_auto_goes_by_the_script(text, name):
    assert detect_tokenizer([text]) == name


def test_auto_looks_at_all_of_the_sample():
    assert detect_tokenizer(["OK", *["この映画は面白い"] * 20]) == "japanese"


ENGLISH = "This is a good film and it was great"
CHINESE = "这部电影非常好看,演员的表演很精彩。"
THAI = "หนังเรื่องนี้สนุกมาก นักแสดงเล่นดีมาก"


@pytest.mark.parametrize(
    ("documents", "name"),
    [
        ([ENGLISH] * 70 + [CHINESE] * 30, "subword"),
        ([ENGLISH] * 80 + ["この映画はとても面白い、最高です"] * 20, "japanese"),
        ([ENGLISH] * 75 + [THAI] * 25, "subword"),
        (["ភាពយន្តនេះល្អណាស់ រឿងគួរឱ្យធុញ"], "subword"),
        (["ຮູບເງົາເລື່ອງນີ້ດີຫຼາຍ"], "subword"),
        (["ဒီရုပ်ရှင်က အရမ်းကောင်းတယ်"], "subword"),
        (["太差了", "好看 ok"], "subword"),
        (["이 영화는 정말 재미있어요 ㅋㅋㅋ", "大韓民國 영화"], "words"),
        (["हिन्दी फिल्म बहुत अच्छी है"], "words"),
    ],
)
def test_no_sentence_becomes_one_word(documents, name):
    assert detect_tokenizer(documents) == name


def test_stretches_that_become_one_word_are_said():
    some = [ENGLISH] * 95 + [CHINESE] * 5
    with pytest.warns(
        TextransferWarning, match=r"3% of the letters .* tokenizer subword, or japanese, cuts them"
    ):
        assert build_tokenizer(TokenizerConfig(), some).name == "words"
    with pytest.warns(TextransferWarning, match=r"100% of the letters"):
        build_tokenizer(TokenizerConfig(tokenizer="words"), [CHINESE, THAI])


def test_a_missing_library_is_named_where_the_script_asks_for_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"textransfer\[subword\]"):
        build_tokenizer(TokenizerConfig(), [THAI])


def test_auto_builds_what_it_found():
    assert build_tokenizer(TokenizerConfig(), ["A film"]).name == "words"
    pytest.importorskip("tokenizers")
    chinese = build_tokenizer(TokenizerConfig(subword_vocab_size=100), ["这部电影很好看", "电影不好看"] * 9)
    assert chinese.name == "subword"
    pytest.importorskip("sudachipy")
    assert build_tokenizer(TokenizerConfig(), ["この映画は面白い"]).name == "japanese"


@pytest.mark.parametrize("lowercase", [True, False])
def test_settings_reach_the_tokenizer(lowercase):
    config = TokenizerConfig(tokenizer="words", lowercase=lowercase, stop_words="english")
    words = build_tokenizer(config, ["x"]).tokenize("It is not Good")
    assert words[-2:] == (["not", "good"] if lowercase else ["not", "Good"])


@pytest.mark.parametrize("name", ["words", "japanese", "subword"])
def test_the_spec_survives_json_and_builds_the_same(name):
    pytest.importorskip({"words": "regex", "japanese": "sudachipy", "subword": "tokenizers"}[name])
    stop_words = "none" if name == "subword" else "english"
    config = TokenizerConfig(
        tokenizer=name, stop_words=stop_words, subword_vocab_size=40, subword_model="bpe"
    )
    texts = ["This film isn't good, it's 面白い"] * 3
    tokenizer = build_tokenizer(config, texts)
    copy = tokenizer_from_spec(json.loads(json.dumps(tokenizer.spec())))
    assert copy.tokenize(texts[0]) == tokenizer.tokenize(texts[0])
    assert copy.spec() == tokenizer.spec()


def test_stop_words_go_by_the_tokenizer_if_auto():
    english = build_tokenizer(TokenizerConfig(tokenizer="words", stop_words="auto"), ["x"])
    assert english.tokenize("The film") == ["film"]
    pytest.importorskip("sudachipy")
    japanese = build_tokenizer(TokenizerConfig(tokenizer="japanese", stop_words="auto"), ["x"])
    assert japanese.tokenize("この映画は良い") == ["映画", "良い"]


def test_stop_words_are_left_out_whatever_their_case():
    config = TokenizerConfig(tokenizer="words", lowercase=False, stop_words="english")
    assert build_tokenizer(config, ["x"]).tokenize("The Film THE") == ["Film"]


def test_stop_words_and_subwords_contradict_each_other():
    with pytest.raises(ConfigError, match="pieces, not words"):
        build_tokenizer(TokenizerConfig(tokenizer="subword", stop_words="english"), ["abc"])


def test_a_generator_is_refused():
    with pytest.raises(CorpusError, match="only once"):
        build_tokenizer(TokenizerConfig(), (text for text in ["abc"]))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "None"),
        ({"name": "spacy", "version": 1}, "spacy"),
        ({"name": ["words"], "version": 1}, "expected one of words"),
        ({"name": "words", "version": 4}, "version 4"),
        (
            {"name": "words", "version": 3, "lowercase": True, "stop_words": [], "marks_negation": True},
            "is_turkish",
        ),
        ({"name": "words", "version": 1}, "lowercase"),
        ({"name": "words", "version": 2, "lowercase": True, "stop_words": []}, "marks_negation"),
    ],
)
def test_foreign_specs_are_refused(spec, message):
    with pytest.raises(FormatError, match=message):
        tokenizer_from_spec(spec)


TURKISH = ["Işık çok güzel, bu film için ağladım.", "İYİ BİR FİLM, ama kısa"]
MOSTLY_ENGLISH = ["This is a fine film, and it is by Fatih Akın with IBM in it", "It is not so good"] * 5


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        (TURKISH, True),
        ([unicodedata.normalize("NFD", text) for text in TURKISH], True),
        (["bu i\u0307yi bir film, kisa ve yi\u0307ne"], True),  # what a program without Turkish wrote
        (["İyi film", "iyi film", "İYİ FİLM"], True),
        (["Bu çox yaxşı filmdir, hamı üçün"], True),
        (MOSTLY_ENGLISH, False),
        (["Această poveste este așa şi așa"], False),
        (["Über den Film", "IHR SEID TOLL"], False),
        (["12 34"], False),
    ],
)
def test_turkish_is_told_by_its_letters(documents, expected):
    tokenizer = build_tokenizer(TokenizerConfig(), documents)
    assert tokenizer.spec()["is_turkish"] is expected
    assert tokenizer_from_spec(tokenizer.spec()).spec() == tokenizer.spec()


def test_the_casing_can_be_said():
    general = build_tokenizer(TokenizerConfig(casing="general"), TURKISH)
    assert general.tokenize("IŞIK İYİ") == ["işik", "iyi"]
    turkish = build_tokenizer(TokenizerConfig(casing="turkish"), MOSTLY_ENGLISH)
    assert turkish.tokenize("IT") == ["ıt"]
    pytest.importorskip("sudachipy")
    with pytest.raises(ConfigError, match="casing is 'turkish', but the tokenizer is 'japanese'"):
        build_tokenizer(TokenizerConfig(tokenizer="japanese", casing="turkish"), TURKISH)
