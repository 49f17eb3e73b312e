"""HTML in texts is counted, and taken out if that is wanted."""

import logging

import pytest

from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import read_labelled
from textransfer.text.reading.markup import has_markup, without_markup

PLAIN = [
    "a < b and c > d",
    "I <3 it",
    "<unk> and <url>",
    "AT&T; Q&A",
    "x<y>z",
    "a <b",
    "R&D &c;",
    "<- here ->",
    ">:-< <:",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_markup_stays(text):
    assert not has_markup(text)
    assert without_markup(text) == text


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("fine<br /><br />film", "fine  film"),
        ("<p class='x'>Q&amp;A</p>", "Q&A"),
        ("un<b>believ</b>able", "unbelievable"),
        ("&lt;3 it&#8217;s &quot;so&quot;", '<3 it\u2019s "so"'),
        ('see <a href="http://x.y/?a=1&b=2">this</a> <IMG SRC=x.png>', "see this"),
        ("a<!-- note\nmore -->b<script>let x = '<b>'</script>c", "abc"),
    ],
)
def test_markup_is_taken_out(text, bare):
    assert has_markup(text)
    assert without_markup(text) == bare


def test_it_is_said_and_an_option_takes_it_out(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = tmp_path / "a.csv"
    path.write_text("text,label\nQ&amp;A,x\na < b,y\n")
    assert read_labelled(path).texts == ["Q&amp;A", "a < b"]
    assert "1 of 2 texts holds HTML tags or entities; strip_markup=True takes them out" in caplog.text
    caplog.clear()
    assert read_labelled(path, strip_markup=True).texts == ["Q&A", "a < b"]
    assert caplog.text == ""


def test_batches_say_it_too_and_are_stripped(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = tmp_path / "a.txt"
    path.write_text("fine<br />film\nplain\n")
    for _ in range(2):
        list(corpus.batches()) if (corpus := Corpus(path)) else None
    assert "1 of 2 texts holds HTML" in caplog.text
    batches = Corpus(path, strip_markup=True).batches()
    assert [text for batch in batches for text in batch.texts()] == ["fine film", "plain"]
