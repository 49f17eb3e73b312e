"""tokenizer.json gives the words of our tokenizers, whatever the text."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textransfer.errors import ConfigError
from textransfer.exchange.tokenizer_json import UNKNOWN, subword_json, tokenizer_json
from textransfer.text.tokenizers.subword import train_subwords
from textransfer.text.tokenizers.words import WordsTokenizer

tokenizers = pytest.importorskip("tokenizers")

PIECES = [
    *"aAtTnNiIoO'’`´-_.,!?/0129 \n",
    *"éßΣσςİıǰ\u0307\u0323\u0301ﬁ½²®㋿ｱア映画가ㅋㄱก็ำء\u0640\u064e",
    *"🎬👍🏽💻★☆♥❤\ufe0f\u20e3\u200d\u200c\u00ad\u2060🇯🇵",
    "<br/>",
    "<BR />",
    "👩‍💻",
    "1️⃣",
    "\u3164",
    "\U000f0000",
]
WORDS = ["not", "No", "never", "don't", "WITHOUT", "a", "very", "so", "to", "be", "good", "film", "Plot", "."]
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join),
    # The library's form NFKC does not know letters of phonetic writing that Unicode has since 2014.
    st.text(st.characters(exclude_categories=["Cs", "Cn", "Lm"], max_codepoint=0x1FBFF), max_size=20),
)
TOKENIZERS = {
    "plain": WordsTokenizer(),
    "marked": WordsTokenizer(marks_negation=True),
    "cased": WordsTokenizer(lowercase=False, marks_negation=True),
    "turkish": WordsTokenizer(is_turkish=True),
    "stop words": WordsTokenizer(stop_words=["a", "not", "film"], marks_negation=True),
}


def written(tokenizer, *, is_distinct):
    # The letter of Hangul asks for the steps that keep such letters.
    record = tokenizer_json(tokenizer, ["ㅋ"], is_distinct=is_distinct)
    return tokenizers.Tokenizer.from_str(json.dumps(record))


WRITTEN = {
    (name, is_distinct): written(tokenizer, is_distinct=is_distinct)
    for name, tokenizer in TOKENIZERS.items()
    for is_distinct in (False, True)
}


@pytest.mark.parametrize("name", TOKENIZERS)
@settings(max_examples=100, deadline=None)
@given(text=texts)
@example("to FILM, not so. without not isn't without never not the no <br /> never")
@example("not the plot really to don't very . to")
@example("not a very so very good very bad film, isn't a to be")
def test_words_are_ours(name, text):
    words = TOKENIZERS[name].tokenize(text)
    assert WRITTEN[name, False].normalizer.normalize_str(text).split() == words
    assert sorted(WRITTEN[name, True].normalizer.normalize_str(text).split()) == sorted(set(words))


@pytest.mark.parametrize("name", TOKENIZERS)
def test_signs_that_stand_for_letters_meanwhile_are_none_themselves(name):
    tokenizer = TOKENIZERS[name]
    normalizer = written(tokenizer, is_distinct=False).normalizer
    for text in ("film\U000f0000plot \U000f0099 \U000f008bㅋ", "a\u3164b \u3164", "ㄱㅤㅎ \uffa0 \uffa1"):
        assert normalizer.normalize_str(text).split() == list(tokenizer.tokenize(text))


@pytest.mark.parametrize("vocabulary", [[], ["가", "no"]], ids=["pieces", "syllables"])
def test_lone_letters_of_hangul_are_no_syllables(vocabulary):
    # Where pieces of unknown words count, and where such a syllable is a word.
    tokenizer = WordsTokenizer()
    theirs = tokenizers.Tokenizer.from_str(json.dumps(tokenizer_json(tokenizer, vocabulary)))
    text = "no\u3131\u314f \u3131\u314f 가"
    words = theirs.normalizer.normalize_str(text).split()
    assert words == tokenizer.tokenize(text)
    assert words[1] != words[2]


def test_rows_are_those_of_the_words():
    record = tokenizer_json(WordsTokenizer(marks_negation=True), ["film", "not_good", "not"])
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(record))
    assert tokenizer.encode("Not good FILM, film!").ids == [2, 1, 3, 0]
    assert tokenizer.id_to_token(3) == UNKNOWN


def test_subwords_keep_their_pieces():
    texts = ["映画を見たがつまらなかった", "面白い映画だった", "つまらない映画"] * 20
    ours = train_subwords(texts, 60, "bpe")
    record, pieces = subword_json(ours)
    theirs = tokenizers.Tokenizer.from_str(json.dumps(record))
    for text in ["面白い映画", "ＡＢＣ、つまらない。"]:
        encoding = theirs.encode(text)
        known = [pieces[row] for row in encoding.ids if pieces[row] != "<unk>"]
        assert known == [piece for piece in ours.tokenize(text) if piece in set(pieces)]


def test_other_tokenizers_are_refused():
    class Spaces:
        name = "spaces"

    with pytest.raises(ConfigError, match="'spaces' cannot be written"):
        tokenizer_json(Spaces(), ["a"])
