"""The encoding of a file, as its bytes tell it."""

import io
import re
from unicodedata import normalize

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
    with pytest.warns(TextransferWarning, match="not UTF-8, read as .*encoding=NAME overrules"):
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


TOUCHING = [
    ("cp932", "ID,レビュー本文\n1,部屋にTVがない。冷蔵庫もない。\n2,とても良い。"),
    ("cp932", "Wi-Fiが遅い"),
    ("cp932", "とても良い宿でした"),
    ("cp932", "ありがとうございました"),
    ("cp932", "氏名,住所\n山田太郎,東京都\n佐藤 花子,京都市"),
    ("cp932", "ID,ﾚﾋﾞｭｰ\n1,ﾎﾃﾙ ｻｲｺｳ"),
    ("cp932", "ｽﾀｯﾌが親切、ﾊﾞｽﾀｵﾙが臭い"),
    ("euc-jp", "USBケーブルが壊れた"),
    ("euc-jp", "ありがとうございました"),
    ("cp949", "나쁜xx"),
    ("cp949", "TV가 안 나와요."),
    ("cp949", "0,가성비good 최고"),
    ("cp949", "뻔뻔했어요ㅠㅠ wifi도 느려요"),
    ("gb18030", "房间wifi很好"),
    ("gb18030", "ID,评论\n1,APP闪退，差评"),
    ("big5", "房間wifi很好"),
]


@pytest.mark.parametrize(("encoding", "text"), TOUCHING)
@pytest.mark.parametrize("before", ["", "id,text,label\n"])
def test_east_asian_text_that_touches_latin_letters_is_read(encoding, text, before):
    raw = (before + text).encode(encoding)
    assert raw.decode(find_encoding(io.BytesIO(raw))[0]) == before + text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Name;Stadt\nMüller;Köln\nMeyer;Bonn"),
        ("cp1252", "id,text\n1,café\n2,plain"),
        ("cp1252", "El niño comió\nhabitación pequeña"),
        ("cp1252", "la qualità è pessima\nperò più bella"),
        ("cp1252", "Søren Kierkegaard\nPå gensyn i Århus"),
        ("cp1252", "don’t, won’t\n“so so”\n£5 only"),
        ("cp1252", "A long line with many words and no other letter " * 20 + "schmeißt"),
        ("cp1258", "phong sạch sẽ, nhân viên"),
        ("cp737", "το δωμάτιο ήταν μικρό\nευχαριστώ"),
        ("cp850", "Das Gerät ist schön\nDie Hülle war für die Tür zu groß"),
        ("mac-roman", "Das Gerät ist schön\nDie Hülle war für die Tür zu groß"),
        ("cp1250", "Bardzo miła obsługa\nPokój był mały, ale czysty"),
        ("cp1250", "Pokoj byl špinavý\nvýborná snídaně\nJiří Dvořák"),
        ("cp1250", "Köszönöm szépen\nárvíztűrő tükörfúrógép"),
        ("cp1254", "odalar küçüktü\nhiç beğenmedim\nAyşe Yılmaz"),
        ("cp1257", "Labai geras viešbutis, ačiū\nžmonės draugiški"),
        ("cp1251", "id,отзыв\n1,Wi-Fi медленный\n2,USB кабель не работает"),
        ("koi8-r", "Отличный фильм\nВсем советую"),
        ("cp866", "Отличный фильм\nВсем советую"),
        ("iso8859-5", "Отличный фильм\nВсем советую"),
        ("mac-cyrillic", "Отличный фильм\nВсем советую"),
        ("cp1253", "το δωμάτιο ήταν μικρό\nευχαριστώ"),
        ("cp1255", "השירות היה גרוע\nמלון טוב מאוד\nלא מומלץ"),
        ("cp1256", "فندق جميل جدا\nغرفة نظيفة"),
        ("cp874", "ห้องพักสะอาด\nอาหารอร่อย wifi ช้า"),
    ],
)
def test_a_few_lines_in_one_byte_a_letter_are_not_read_as_east_asian(encoding, text):
    if encoding == "cp1258":  # holds tones as marks of their own
        text = re.sub("[ạẽ]", lambda letter: normalize("NFD", letter[0]), text)
    raw = text.encode(encoding)
    assert raw.decode(find_encoding(io.BytesIO(raw))[0]) == text


@pytest.mark.parametrize(
    ("encoding", "text", "options"),
    [
        ("cp1255", "שלום", ['encoding="cp1255" ("שלום")', 'encoding="cp1251" ("щмен")']),
        ("cp1254", "a plain line\nid,İstanbul", ['encoding="cp1254" ("İstanbul")', '("Ýstanbul")']),
    ],
)
def test_an_encoding_that_is_not_clear_is_asked_for(tmp_path, encoding, text, options):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(CorpusError, match="a.txt is no UTF-8, and its encoding is not clear") as caught:
        list(Corpus(path))
    assert "\n" not in str(caught.value)
    for option in options:
        assert option in str(caught.value)
    assert list(Corpus(path, encoding=encoding)) == text.split("\n")


def test_what_reads_as_no_text_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("방이 깨끗하고 직원도 친절했어요".encode("johab"))
    with pytest.raises(CorpusError, match="reads as text in no other encoding"):
        list(Corpus(path))


def test_an_error_in_a_file_whose_encoding_is_a_guess_says_so(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("ID,レビュー本文\n1,とても良い。\n".encode("cp932"))
    with pytest.raises(
        CorpusError, match=r"'レビュー本文'.*\(read as cp932, a guess: encoding=NAME overrules it\)"
    ):
        list(Corpus(path))
    with pytest.raises(CorpusError) as caught:
        list(Corpus(path, encoding="cp932"))
    assert "guess" not in str(caught.value)


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
