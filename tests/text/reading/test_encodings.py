"""The encoding of a file, as its bytes tell it."""

import io

import pytest

from textransfer.errors import CorpusError, TextransferWarning
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.encodings import SAMPLE_BYTES, find_encoding

TEXTS = {
    "cp1252": "Der Film war großartig, aber die Hülle fehlte: „nicht gut“ – schön.",
    "cp1250": "Świetny film, polecam każdemu. Żenujące wykonanie.",
    "cp1251": "Отличный фильм, всем советую. Товар пришёл сломанный.",
    "cp1253": "Πολύ καλή ταινία, τη συνιστώ.",
    "iso-8859-9": "Çok güzel bir film, herkese öneririm, şu ışığı hiç beğenmedim.",
    "shift_jis": "とても面白い映画でした。商品が壊れて届きました。",
    "euc-jp": "とても面白い映画でした。商品が壊れて届きました。",
    "euc-kr": "정말 재미있는 영화였습니다. 다시는 안 삽니다.",
    "gb18030": "这部电影非常好看，推荐给大家。",
    "big5": "這部電影非常好看，推薦給大家。",
    "cp874": "ภาพยนตร์ดีมาก แนะนำเลย",
    "iso2022_jp": "とても面白い映画でした。",
}


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("n_rows", [1, 300])
@pytest.mark.parametrize("n_before", [0, 40_000])
def test_a_guess_gives_the_text_back_and_is_said(tmp_path, encoding, n_rows, n_before):
    rows = ["plain text"] * n_before + [TEXTS[encoding]] * n_rows
    if encoding == "iso2022_jp":  # told by its first bytes alone
        rows.reverse()
    path = tmp_path / "a.txt"
    path.write_bytes("\n".join(rows).encode(encoding))
    corpus = Corpus(path)
    with pytest.warns(TextransferWarning, match="not UTF-8, read as .*--encoding NAME overrules"):
        assert list(corpus) == rows
    assert [text for batch in corpus.batches() for text in batch.texts()] == rows


@pytest.mark.parametrize(
    "text",
    ["café rest", "it’s", "“so”", "£5 only", "20°C", "naïve, café", "5€", "a – b", "¿Qué más?", "Perché no"],
)
def test_a_few_letters_are_western_european(text):
    encoding, is_guess = find_encoding(io.BytesIO(text.encode("cp1252")))
    assert is_guess
    assert text.encode("cp1252").decode(encoding) == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("text", ["text,label\ngood,pos\n", "id\ttext\n1\tとても　良い\n", "caf\u00e9\n\n"])
def test_unicode_is_no_guess(tmp_path, encoding, text):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert find_encoding(path.open("rb"))[1] is False
    assert list(Corpus(path, input_format="txt")) == text.split() or encoding
    assert list(Corpus(path, input_format="txt").texts()) == text.splitlines()


def test_damaged_utf8_is_refused_not_guessed(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("naïve café Größe\n".encode() + b"a stray \xe9\n")
    with pytest.raises(CorpusError, match="line 2: byte 0xe9 is no valid utf-8"):
        list(Corpus(path))


def test_a_guess_that_fails_later_is_an_error(tmp_path):
    path = tmp_path / "a.txt"
    line = "ein schönes Gerät für die Küche\n".encode("cp1252")
    path.write_bytes(line * (3 * SAMPLE_BYTES // len(line)) + b"\x81\n")
    with (
        pytest.warns(TextransferWarning),
        pytest.raises(CorpusError, match=r"byte 0x81 is no valid cp1252 text; expected cp1252, as its first"),
    ):
        list(Corpus(path))
    with pytest.raises(CorpusError, match="byte 0xf6 is no valid utf-8"):
        list(Corpus(path, encoding="utf-8"))
