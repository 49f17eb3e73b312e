"""The compiled scanner gives the words of the definition, for any text."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import EMOJI, any_text, texts

from textransfer.text.encoding.compiled import CompiledWords
from textransfer.text.encoding.kernels.scanning import HARD
from textransfer.text.encoding.letters import ALPHABETS, character_tables
from textransfer.text.encoding.numbering import number_plainly
from textransfer.text.negation import ENGLISH_NEGATIONS, mark_negated
from textransfer.text.normalize import Normalization
from textransfer.text.reading.batches import batches_of
from textransfer.text.tokenizers.words import WordsTokenizer, split_unicode

# Pieces that make trouble side by side: what begins, ends, joins, splits or hides words and tags.
SIGNS = "aZiI9# '`<>/br\n\x1c_-\x85\u00e9\u0130\u03a3\u03c3\u017f\u212a\ufb01\U0001d400\u1100\u1161\ud800"
BETWEEN = "\u2019\u00b4\u00ad\u200d\u0301\u00b7\u3000\uff1c\uff42\u2026\u2033\uff07"
BETWEEN += "\u0307\u0323\ufe0f\u20e3\u314b\u0640\uff29"
PIECES = [" <br", "<br />", "<BR\t>", "<br\u00a0/>", "<b\u00adr>", "\u0939\u093f", " don't "]
awkward = st.lists(st.sampled_from([*SIGNS, *BETWEEN, *EMOJI, *PIECES]), max_size=30).map("".join)
NEGATED = ["not", "NOT", "don’t", "a", "The", "very", "good", "été", "é", "ſo"]
negated = st.lists(st.sampled_from(NEGATED), max_size=12).map(" ".join)
some_texts = st.lists(st.one_of(texts, any_text, awkward, negated), min_size=1, max_size=4)


def defined(text, tokenizer):
    stop_words, marks_negation = tokenizer.stop_words, tokenizer.marks_negation
    words = split_unicode(tokenizer.normalization(text), tokenizer.version)
    if marks_negation:
        kept = [word for word in words if word.lower() not in set(stop_words) - ENGLISH_NEGATIONS]
        words = mark_negated(kept)
    return [word for word in words if word.lower() not in stop_words]


def words_by_document(numbered):
    words = numbered.words.words()
    starts = [0, *numbered.ends.tolist()]
    return [[words[i] for i in numbered.ids[a:b]] for a, b in zip(starts, starts[1:], strict=False)]


@settings(deadline=None, max_examples=400)
@given(
    some_texts,
    st.booleans(),
    st.sampled_from([(), ("a", "don't", "\u00e9", "i\u0307", "good", "not")]),
    st.booleans(),
    st.sampled_from([{}, {"is_turkish": True}, {"version": 2}]),
)
@example(["a\u0301 b \U0001f600"], True, (), False, {})
@example(["<br", "/>"], True, (), False, {})
@example(["\u1100\u1161\u11a8 x\uac00\u11a8"], True, (), False, {})
@example(["\u03a3' \u0391\u03a3 a\u03a3 b"], True, (), False, {})
@example(["I", "\u0307I\u0307 I\u0302 \u0130I\u0323\u0307 FI"], True, (), False, {"is_turkish": True})
@example(["SI I", "", "I\u0307"], True, (), False, {"is_turkish": True})
@example(["not", "good not", "a very very good, good; good"], True, (), True, {})
@example(["not not a good never", "Not the NOT good good not good"], False, ("good",), True, {})
def test_batches_hold_the_words_of_the_definition(some, lowercase, stop_words, marks_negation, options):
    tokenizer = WordsTokenizer(
        lowercase=lowercase, stop_words=stop_words, marks_negation=marks_negation, **options
    )
    number = CompiledWords(tokenizer)
    for batch in batches_of(some):
        found, plain = number(batch), number_plainly(batch, tokenizer)
        assert words_by_document(found) == [defined(text, tokenizer) for text in some]
        assert found.words.words() == plain.words.words()
        assert found.counts.tolist() == plain.counts.tolist()
        assert found.document_counts.tolist() == plain.document_counts.tolist()
        np.testing.assert_array_equal(found.ids, plain.ids)
        np.testing.assert_array_equal(found.ends, plain.ends)


@pytest.mark.parametrize(
    ("options", "limit"),
    [
        ({}, 0x11000),
        ({"lowercase": False}, 0x3000),
        ({"version": 2}, 0x3000),
        ({"is_turkish": True}, 0x3000),
    ],
)
def test_every_character_between_every_kind_of_neighbour(options, limit):
    codes = [code for code in range(limit) if not 0xD800 <= code < 0xE000]
    # A space before a letter keeps the cases apart.
    some = [
        "{0} a{0}b \u00e9{0}\u00e8 a<b{0}r> a'{0}'a a<br{0}> I{0}i a {0} a".format(chr(code))
        for code in codes
    ]
    tokenizer = WordsTokenizer(**options)
    (batch,) = batches_of(some, 1 << 24)
    assert words_by_document(CompiledWords(tokenizer)(batch)) == [defined(text, tokenizer) for text in some]


def test_most_letters_need_no_definition():
    _, folds = character_tables(Normalization())
    easy = (
        "\u314b\u3160\u0131"
        "\u00e9\u0436\u0438\u03b1\u03b2\u05e9\u05dc\u4e2d\u6587\uac00\ub098\u201c\u2014\u2026\u2019"
    )
    assert [c for c in easy if ord(c) > 127 and folds[ord(c)] == 3] == []


def test_a_batch_with_more_words_than_expected():
    some = [
        " ".join(f"{i:x}\u00e9\u0301" for i in range(start, start + 30_000)) for start in (0, 20_000, 60_000)
    ]
    number = CompiledWords(WordsTokenizer())
    (batch,) = batches_of(some, 1 << 24)
    assert words_by_document(number(batch)) == [defined(text, WordsTokenizer()) for text in some]


@pytest.mark.parametrize("share", [0.001, 0.5])
def test_characters_beyond_the_alphabets_are_told_of_whether_they_are_many_or_few(share):
    """Few are left to the tokenizer, so that the table of all need not be made."""
    few, whole = character_tables(Normalization(), ALPHABETS), character_tables(Normalization())
    np.testing.assert_array_equal(few[1][:ALPHABETS], whole[1][:ALPHABETS])
    assert (few[1][ALPHABETS:] == HARD).all()
    tokenizer = WordsTokenizer()
    n_few = round(share * 3000)
    texts = ["Ein schönes Café, don’t you"] * (3000 - n_few) + ["好きなホテル 가나 ＡＢ東京", "a 東"] * n_few
    (batch,) = batches_of(texts)
    found = CompiledWords(tokenizer)(batch)
    assert words_by_document(found) == [defined(text, tokenizer) for text in texts]
