import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import texts

from textransfer.text.normalize import Normalization, normalize


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
    # But for letters of Hangul that stand for themselves.
    assert unicodedata.is_normalized("NFKC", re.sub("[\u3131-\u318e]+", "|", normalize(text)))


@given(texts)
@example("I\u0307 \u0130\u0323 I\u0331 \uff29")
def test_twice_is_once_in_turkish(text):
    turkish = Normalization(is_turkish=True)
    assert turkish(turkish(text)) == turkish(text)


@pytest.mark.parametrize(
    "text",
    ["\u0130YI", "I\u0307y\u0130", "i\u0307yi\u0307", "\u0130\u0323", "\u0131\u0323\u0307", "\u012e\u0307"],
)
def test_no_dot_is_left_over(text):
    for is_turkish in (False, True):
        assert "\u0307" not in unicodedata.normalize("NFD", Normalization(is_turkish=is_turkish)(text))


def test_other_letters_keep_their_dot():
    assert normalize("\u017bE \u0116 \u010a") == "\u017ce \u0117 \u010b"


@pytest.mark.parametrize(
    ("capitals", "small"),
    [
        ("\u0130Y\u0130", "iyi"),
        ("ISPARTA", "\u0131sparta"),
        ("I\u0307stanbul", "istanbul"),
        ("\uff29LIK", "\u0131l\u0131k"),
        ("\u00ceK\u0302", "\u00eek\u0302"),
        ("I\u0302", "\u00ee"),
    ],
)
def test_turkish_capitals(capitals, small):
    assert Normalization(is_turkish=True)(capitals) == small


@pytest.mark.parametrize(
    ("capitals", "small"),
    [
        ("ΟΔΟΣ", "οδος"),
        ("ΟΔΟΣ.ΚΑΙ ΣΑΣ", "οδος.και σας"),
        ("ΜΕΣ'ΑΠΟ", "μεσ'απο"),
        ("Σ' ΑΓΑΠΩ", "σ' αγαπω"),
        ("ΤΟΥΣ\u00ad!", "τους!"),
        ("STRASSE Straße STRAẞE", "strasse straße straße"),
        ("Ǆ ǅ", "dž dž"),
        ("ᲐᲑ", "აბ"),
        ("ÀJ̌", "àǰ"),
    ],
)
def test_capitals_become_what_a_reader_would_write(capitals, small):
    assert normalize(capitals) == small


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("❤\ufe0f", "❤"),
        ("☺\ufe0e", "☺"),
        ("👍🏽", "👍"),
        ("辻\U000e0100", "辻"),
        ("جميــــل", "جميل"),
        (unicodedata.normalize("NFD", "각하"), "각하"),
        ("ﾎﾃﾙ ｶﾞ ｰ", "ホテル ガ ー"),
        ("น\u0e33", "นํา"),
        ("ﾡㅏ", "ㄱㅏ"),
    ],
)
def test_what_reads_the_same_is_the_same(one, other):
    assert normalize(one) == normalize(other)


def test_letters_of_hangul_that_stand_for_themselves_stay_so():
    assert normalize("ㅋㅋㅋ 그ㅏ ㄱㅏ ㅠㅠ 가") == "ㅋㅋㅋ 그ㅏ ㄱㅏ ㅠㅠ 가"


def test_the_rules_of_the_first_release():
    first = Normalization(version=1)
    assert first("\u0130yi ㅋ ❤\ufe0f ΑΣ") == "i\u0307yi \u110f ❤\ufe0f ας"


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
