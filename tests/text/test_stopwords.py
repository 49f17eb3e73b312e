import pytest
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from textransfer.errors import ConfigError
from textransfer.text.stopwords import JAPANESE, stop_words
from textransfer.text.tokenizers.words import WordsTokenizer

TOKENIZE = WordsTokenizer().tokenize


def named(name, *, keep_negations=True):
    return stop_words(name, keep_negations=keep_negations, tokenize=TOKENIZE)


def test_none_is_empty():
    assert named("none") == frozenset()


def test_english_has_the_words_of_scikit_learn():
    assert named("english", keep_negations=False) >= ENGLISH_STOP_WORDS


@pytest.mark.parametrize("sentence", ["It's what you'd've seen", "I'm there, that's it"])
def test_english_has_contractions_as_they_are_tokenized(sentence):
    assert not set(TOKENIZE(sentence)) - named("english") - {"seen", "you'd've"}


@pytest.mark.parametrize(
    "word", ["not", "no", "never", "nobody", "don't", "isn't", "couldn't", "can't", "won't"]
)
def test_negations_are_kept_unless_told_otherwise(word):
    assert word not in named("english")
    assert word in named("english", keep_negations=False)


def test_japanese_negations_are_kept_unless_told_otherwise():
    assert "無い" not in named("japanese")
    assert "無い" in named("japanese", keep_negations=False)


def test_japanese_words_have_the_form_that_sudachi_gives():
    pytest.importorskip("sudachipy")
    from textransfer.text.tokenizers.japanese import JapaneseTokenizer

    found = JapaneseTokenizer().tokenize("これは私の映画です。それがあるので、そのことを言うのだ。")
    assert [word for word in found if word not in JAPANESE] == ["私", "映画"]


def test_a_file_has_a_word_a_line(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("Film  # the topic\n\nMovie\nnot\n", encoding="utf-8")
    assert named(str(path)) == {"film", "movie"}
    assert named(str(path), keep_negations=False) == {"film", "movie", "not"}


def test_an_unknown_name_is_refused():
    with pytest.raises(ConfigError, match="expected none, .*english, japanese, or a file"):
        named("klingon")
