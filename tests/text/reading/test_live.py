import gzip
import io
import os

import pytest

from textransfer import Corpus
from textransfer.errors import CorpusError, TextransferWarning
from textransfer.text.reading.live import live_lines
from textransfer.text.reading.settings import ReadingSettings

SOME = {
    "plain": b"good film\nbad film\n",
    "no line end": b"good film\nbad film",
    "mark": b"\xef\xbb\xbfgood film\r\nbad film\r\n",
    "carriage returns": b"good film\rbad film\r",
    "blank lines": b"\n\r\n a \n\n",
    "UTF-8": "gut, schön\nmäßig\n".encode(),
    "UTF-16": "good film\nschön\n".encode("utf-16"),
    "cp1252 in the third line": b"good\nbad\n" + "schön und gut, größer\nauch schön\n".encode("cp1252"),
    "shift_jis": "良い映画でした\n悪い映画でした\n".encode("shift_jis"),
    "empty": b"",
    "gzip": gzip.compress(b"good film\nbad film\n"),
}


@pytest.mark.parametrize("name", SOME)
@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_lines_are_those_of_a_file_of_the_same_bytes(tmp_path, name):
    (tmp_path / f"lines.txt{'.gz' if name == 'gzip' else ''}").write_bytes(SOME[name])
    settings = ReadingSettings()
    try:
        expected = list(Corpus(tmp_path).texts())
    except CorpusError:
        with pytest.raises(CorpusError):
            list(live_lines(io.BytesIO(SOME[name]), settings, "standard input"))
    else:
        lines = live_lines(io.BytesIO(SOME[name]), settings, "standard input")
        assert [line.text for line in lines] == expected


@pytest.mark.parametrize(
    ("data", "place"), [(b"good\nbad\0 film\n", "line 2"), (b"\x1f\x8b\x08rest", "standard input")]
)
def test_what_is_no_text_is_refused_as_in_a_file(data, place):
    with pytest.raises(CorpusError, match=place):
        list(live_lines(io.BytesIO(data), ReadingSettings(), "standard input"))


def test_a_line_is_there_before_the_next_is_read():
    class Endless(io.RawIOBase):
        n_read = 0

        def readable(self):
            return True

        def readline(self, size=-1):
            self.n_read += 1
            return b"good film\n"

    stream = Endless()
    lines = live_lines(stream, ReadingSettings(), "standard input")
    assert next(lines).text == "good film"
    assert stream.n_read == 1


def test_a_table_is_not_taken_for_lines_unless_it_is_said_to_be():
    data = b"id,text\n7,good film\n"
    with pytest.raises(CorpusError, match='input_format="csv"'):
        list(live_lines(io.BytesIO(data), ReadingSettings(), "standard input"))
    lines = live_lines(io.BytesIO(data), ReadingSettings(input_format="txt"), "standard input")
    assert [line.text for line in lines] == ["id,text", "7,good film"]


def test_a_named_encoding():
    data = "schön\nmäßig\n".encode("cp1252")
    lines = live_lines(io.BytesIO(data), ReadingSettings(encoding="cp1252"), "standard input")
    assert [line.text for line in lines] == ["schön", "mäßig"]


def test_bytes_that_are_no_utf8_after_some_that_are_only_utf8_can_be(tmp_path):
    data = "schön und gut\n".encode() + b"na\xefve\n"
    lines = live_lines(io.BytesIO(data), ReadingSettings(), "standard input")
    with pytest.raises(CorpusError, match="standard input, line 2: byte 0xef is no valid utf-8"):
        list(lines)


@pytest.mark.parametrize("end", [b"", b"caf\xe9\n"])
@pytest.mark.filterwarnings("ignore:.*not UTF-8")
def test_markup_is_counted_and_taken_out_once(caplog, end):
    caplog.set_level("INFO")
    data = b"a &amp;lt; b<br/>\nplain\n" + end
    assert next(live_lines(io.BytesIO(data), ReadingSettings(strip_markup=True), "in")).text == "a &lt; b"
    records = list(live_lines(io.BytesIO(data), ReadingSettings(strip_markup=True), "in"))
    assert records[0].text == "a &lt; b"
    assert records[0].fields == {"text": "a &amp;lt; b<br/>"}
    list(live_lines(io.BytesIO(data), ReadingSettings(), "in"))
    assert f"1 of {3 if end else 2} texts holds HTML" in caplog.text


@pytest.fixture
def pipe():
    """A pipe whose writing end stays open, so that reading to its end would never return."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb", buffering=0) as sink:
        yield stream, sink


BAD = {
    b"caf\xe9\n": "byte 0xe9 is no valid utf-8",
    b"bad\0\n": "a NUL byte is binary data",
    b"\x1b$B1G\x1b(B\n": "begins text in ISO-2022-JP",
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("first", ["good film", "gr\u00fc\u00dfe"])
def test_a_line_of_a_pipe_that_cannot_be_decoded_is_an_error_at_once(pipe, first, bad):
    stream, sink = pipe
    sink.write(f"{first}\n".encode() + bad)
    lines = live_lines(stream, ReadingSettings(), "standard input")
    assert next(lines).text == first
    with pytest.raises(CorpusError, match=f"standard input, line 2: .*{BAD[bad]}.*encoding="):
        next(lines)


@pytest.mark.parametrize("bad", BAD)
def test_or_it_is_left_out_and_counted(pipe, bad):
    stream, sink = pipe
    sink.write(b"good film\n" + bad + "gr\u00fc\u00dfe\n".encode())
    lines = live_lines(stream, ReadingSettings(bad_rows="skip"), "standard input")
    assert [(line.place, line.text) for line in (next(lines), next(lines))] == [
        (1, "good film"),
        (3, "gr\u00fc\u00dfe"),
    ]
    sink.close()
    with pytest.warns(TextransferWarning, match="1 bad row is left out; the first: standard input, line 2"):
        assert list(lines) == []


@pytest.mark.filterwarnings("ignore:.*not UTF-8")
def test_a_pipe_that_begins_in_another_encoding_is_read_to_its_end_which_is_said(pipe, caplog):
    caplog.set_level("INFO")
    stream, sink = pipe
    sink.write(SOME["shift_jis"])
    sink.close()
    lines = live_lines(stream, ReadingSettings(), "standard input")
    assert [line.text for line in lines] == SOME["shift_jis"].decode("shift_jis").splitlines()
    assert "it is read to its end first; encoding=NAME" in caplog.text


@pytest.mark.filterwarnings("ignore:.*not UTF-8")
def test_a_pipe_that_ends_soon_is_read_like_a_file(pipe):
    stream, sink = pipe
    data = "a fine film\nun café très agréable, déjà vu à Orléans\nthe end\n".encode("cp1252")
    sink.write(data)
    lines = live_lines(stream, ReadingSettings(), "standard input")
    assert next(lines).text == "a fine film"
    sink.close()
    assert [line.text for line in lines] == data.decode("cp1252").splitlines()[1:]
