import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import texts

from textransfer.text.normalize import normalize


@given(texts, st.booleans())
@example("\u00b4\u0301e\u00ad\u0301", True)
def test_twice_is_once(text, lowercase):
    once = normalize(text, lowercase=lowercase)
    assert normalize(once, lowercase=lowercase) == once


@pytest.mark.parametrize("lowercase", [True, False])
def test_twice_is_once_for_every_character_of_the_basic_plane(lowercase):
    for code in range(0x10000):
        once = normalize(f"a{chr(code)}\u0301", lowercase=lowercase)
        assert normalize(once, lowercase=lowercase) == once, hex(code)


@given(texts)
def test_the_unicode_form_is_what_was_asked_for(text):
    assert unicodedata.is_normalized("NFKC", normalize(text))


@pytest.mark.parametrize("apostrophe", "\u2019\u2018\u02bc\u00b4\u0060\uff07")
def test_apostrophes_are_one(apostrophe):
    assert normalize(f"don{apostrophe}t") == "don't"


@pytest.mark.parametrize("mark", ["<br>", "<br/>", "<br />", "<BR  />", "\uff1cbr\uff1e"])
def test_html_line_breaks_are_spaces(mark):
    assert normalize(f"end{mark}start") == "end start"


def test_case_is_kept_when_asked():
    assert normalize("\u00c9t\u00e9 ABC", lowercase=False) == "\u00c9t\u00e9 ABC"


def test_widths_and_ligatures_are_one():
    assert normalize("\uff21\uff11 \uff76\uff9e \ufb01") == "a1 \u30ac fi"


def test_invisible_characters_do_not_cut_words():
    assert normalize("co\u00adop\ufeff \u200fשלום") == "coop שלום"


def test_half_surrogates_are_replaced_and_can_be_written():
    assert normalize("a\ud83d b").encode() == "a\ufffd b".encode()
