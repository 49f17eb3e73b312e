import json
import pickle
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from strategies import texts

from textransfer.errors import ConfigError, CorpusError, FormatError, MissingExtraError
from textransfer.text.normalize import normalize
from textransfer.text.tokenize import tokenizer_from_spec
from textransfer.text.tokenizers.subword import train_subwords

CORPUS = ["unbelievable unthinkable unbearable", "believable thinkable bearable", "able 映画が面白い"] * 20


@pytest.fixture(scope="module", params=["bpe", "unigram"])
def tokenizer(request):
    pytest.importorskip("tokenizers")
    return train_subwords(CORPUS, vocab_size=60, model=request.param)


def test_frequent_pieces_are_learned(tokenizer):
    assert max(map(len, tokenizer.tokenize(CORPUS[0]))) > 1


@settings(max_examples=100, deadline=None)
@given(text=texts)
def test_no_letter_or_digit_is_lost_though_never_seen(tokenizer, text):
    kept = "".join(tokenizer.tokenize(text))
    expected = [c for c in normalize(text) if unicodedata.category(c)[0] in "LN"]
    assert [c for c in kept if unicodedata.category(c)[0] in "LN"] == expected


def test_pieces_span_neither_words_nor_punctuation(tokenizer):
    assert not [piece for piece in tokenizer.tokenize("believable, able! able") if not piece.isalpha()]


def test_many_is_one_by_one(tokenizer):
    some = [*CORPUS[:3], "", "unable 面"] * 120
    assert list(tokenizer.tokenize_many(some)) == [tokenizer.tokenize(text) for text in some]
    assert tokenizer.tokenize("") == []


def test_a_pickle_and_the_saved_spec_give_the_same_tokenizer(tokenizer):
    saved = json.loads(json.dumps(tokenizer.spec()))
    for copy in (pickle.loads(pickle.dumps(tokenizer)), tokenizer_from_spec(saved)):
        assert copy.spec() == tokenizer.spec()
        assert [copy.tokenize(text) for text in CORPUS] == [tokenizer.tokenize(text) for text in CORPUS]


def test_bpe_learns_the_same_pieces_again():
    pytest.importorskip("tokenizers")
    first, second = (train_subwords(CORPUS, vocab_size=60, model="bpe").spec() for _ in range(2))
    assert first == second


def test_case_is_kept_when_asked():
    pytest.importorskip("tokenizers")
    kept = train_subwords(["Abc abc ABC"] * 9, vocab_size=30, model="bpe", lowercase=False)
    assert "".join(kept.tokenize("AbC")) == "AbC"


def test_too_few_pieces_for_the_characters_say_how_many_there_are():
    pytest.importorskip("tokenizers")
    with pytest.raises(ConfigError, match=r"subword_vocab_size is 16.* \d+ different"):
        train_subwords(["".join(map(chr, range(0x4E00, 0x4E80)))], vocab_size=16, model="unigram")


@pytest.mark.parametrize("model", ["bpe", "unigram"])
def test_texts_without_a_word_are_refused(model):
    pytest.importorskip("tokenizers")
    with pytest.raises(CorpusError, match="no letter or digit"):
        train_subwords(["...", "!"], vocab_size=60, model=model)


def test_a_damaged_model_is_refused():
    pytest.importorskip("tokenizers")
    spec = {"name": "subword", "version": 1, "lowercase": True, "model": {"version": "1.0", "model": {}}}
    with pytest.raises(FormatError, match="cannot be read"):
        tokenizer_from_spec(spec)


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"textransfer\[subword\]"):
        train_subwords(CORPUS, vocab_size=60, model="bpe")


@pytest.mark.parametrize("model", ["bpe", "unigram"])
def test_a_small_corpus_is_not_learned_by_heart(model):
    from textransfer.bundled import bundled_corpora
    from textransfer.text.reading.corpus import Corpus
    from textransfer.text.reading.labelled import read_labelled

    folder = bundled_corpora("ja")
    corpus = Corpus(folder / "unlabeled.txt")
    tokenizer = train_subwords(corpus, vocab_size=8000, model=model)
    known = {piece for pieces in tokenizer.tokenize_many(corpus) for piece in pieces}
    pieces = [p for text in read_labelled(folder / "few.csv").texts for p in tokenizer.tokenize(text)]
    assert sum(piece in known for piece in pieces) > 0.6 * len(pieces)


CLAUSES = [
    f"{thing}{praise}，"
    for thing in ("房间", "早餐", "前台", "服务员")
    for praise in ("很干净", "太差了", "不好吃")
]


def test_clauses_of_a_small_text_are_cut(caplog):
    pytest.importorskip("tokenizers")
    with caplog.at_level("INFO"):
        tokenizer = train_subwords(CLAUSES * 4, vocab_size=8000, model="bpe")
    assert max(map(len, tokenizer.tokenize("".join(CLAUSES)))) <= 3
    assert "enough for" in caplog.text


def test_a_large_text_has_all_pieces_that_are_asked_for(caplog):
    pytest.importorskip("tokenizers")
    with caplog.at_level("INFO"):
        tokenizer = train_subwords(CLAUSES * 80, vocab_size=40, model="bpe")
    assert len(tokenizer.spec()["model"]["model"]["vocab"]) == 40
    assert "enough for" not in caplog.text


def test_emoji_are_whole(tokenizer):
    pieces = tokenizer.tokenize("able😀😀👩🏽\u200d💻❤️🇯🇵映画")
    assert [piece for piece in pieces if not piece.isalpha()] == ["😀", "😀", "👩\u200d💻", "❤", "🇯🇵"]


def test_a_mark_stays_with_its_letter(tokenizer):
    pieces = tokenizer.tokenize("able หนังเรื่องนี้ดีมาก हिन्दी e\u0323\u0302\u0330x")
    assert "".join(pieces) == "able หนังเรื่องนี้ดีมาก हिन्दी \u1ec7\u0330x".replace(" ", "")
    assert not [piece for piece in pieces if unicodedata.category(piece[0]).startswith("M")]


@pytest.mark.parametrize("word", ["น้ำ", "ນ້ຳ", "ดำ"])
def test_a_vowel_that_normalisation_takes_apart_stays_whole(tokenizer, word):
    apart = unicodedata.normalize("NFKC", word)
    assert tokenizer.tokenize(word) == [apart]
    assert [word[token.start : token.end] for token in tokenizer.locate(word)] == [word]
    second = tokenizer_from_spec({**tokenizer.spec(), "version": 2})
    assert second.tokenize(word) in ([apart[:-1], apart[-1]], [apart])


def test_turkish_capitals_and_the_first_version():
    pytest.importorskip("tokenizers")
    tokenizer = train_subwords(["IŞIK ışık iyi"] * 9, vocab_size=30, model="bpe", is_turkish=True)
    assert tokenizer.tokenize("IŞIK İYİ") == tokenizer.tokenize("ışık iyi")
    assert tokenizer_from_spec(tokenizer.spec()).is_turkish
    old = {name: value for name, value in tokenizer.spec().items() if name != "is_turkish"}
    first = tokenizer_from_spec({**old, "version": 1})
    assert first.spec() == {**old, "version": 1}
    assert "".join(first.tokenize("İ")) == "i\u0307"
