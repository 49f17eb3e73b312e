"""Files that are cut, changed, replaced or removed while they are read are refused, of whatever kind."""

import gzip
import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.errors import CorpusError
from textransfer.pretrain.preparation import prepare
from textransfer.text.reading import compression
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import read_labelled
from textransfer.text.reading.readers import read_records
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import find_sources
from textransfer.text.tokenize import build_tokenizer
from textransfer.text.writing.columns import TEXT, Column
from textransfer.text.writing.tables import staged_table

ROWS = [
    {"text": f"a film of {row} hours, {row * 7919 % 1000} of them dull", "label": "a"} for row in range(3000)
]


def write_lines(path: Path) -> None:
    path.write_text("".join(f"{row['text']}\n" for row in ROWS))


def write_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress("".join(f"{row['text']}\n" for row in ROWS).encode(), 0))


def write_zstandard(path: Path) -> None:
    library = pytest.importorskip("zstandard")
    path.write_bytes(library.compress("".join(f"{row['text']}\n" for row in ROWS).encode()))


def write_table(path: Path) -> None:
    pytest.importorskip({".parquet": "pyarrow", ".xlsx": "python_calamine"}.get(path.suffix, "csv"))
    with staged_table(path, [Column("text", TEXT), Column("label", TEXT)], force=True) as table:
        table.write(ROWS)


WRITERS: dict[str, Callable[[Path], None]] = {
    "in.txt": write_lines,
    "in.txt.gz": write_gzip,
    "in.txt.zst": write_zstandard,
    **dict.fromkeys(("in.csv", "in.jsonl", "in.csv.xz", "in.parquet", "in.xlsx"), write_table),
}


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def append(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"more\n")


def overwrite(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        stream.write(b"\n")


def replace(path: Path) -> None:
    path.with_suffix(".new").write_bytes(path.read_bytes())
    path.with_suffix(".new").replace(path)


CHANGES = (cut, append, overwrite, replace, Path.unlink)


@pytest.fixture(params=WRITERS)
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compression, "BUFFER_BYTES", 1 << 13)
    path = tmp_path / request.param
    WRITERS[request.param](path)
    os.utime(path, ns=(0, 0))  # a clock that ticks too seldom would not tell the changes
    return path


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_during_a_pass_is_refused(path: Path, change: Callable[[Path], None]) -> None:
    records = read_records(find_sources(path)[0], ReadingSettings())
    assert next(records).text == ROWS[0]["text"]
    change(path)
    with pytest.raises(
        CorpusError, match=rf"{path.name} (had|was written to|is no longer).* being read; expected"
    ):
        list(records)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_between_two_passes_is_refused(path: Path, change: Callable[[Path], None]) -> None:
    corpus = Corpus(path)
    assert len(list(corpus)) == len(ROWS)
    change(path)
    for read in (lambda: list(corpus), lambda: list(corpus.batches()), corpus.fingerprint):
        with pytest.raises(CorpusError, match="being read; expected"):
            read()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_before_the_rows_that_are_wanted_end_is_refused(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "in.csv"
    write_table(path)
    os.utime(path, ns=(0, 0))
    texts = iter(Corpus(path, rows=slice(0, 10)))
    assert len(list(islice(texts, 3))) == 3
    change(path)
    with pytest.raises(CorpusError, match="being read; expected"):
        list(texts)


def test_a_change_before_the_fingerprint_is_taken_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    write_lines(path)

    def change(stage: str) -> None:
        assert stage == "counting"
        append(path)

    config, tokenizer = PretrainConfig(), build_tokenizer(TokenizerConfig(tokenizer="words"), [])
    with pytest.raises(CorpusError, match="being read; expected"):
        prepare(Corpus(path), tokenizer, config, tmp_path, on_stage=change)


def test_labelled_rows_of_a_file_that_changes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.csv"
    write_table(path)
    real = compression.open_text

    def changing(*arguments: object, **options: object) -> object:
        append(path)
        return real(*arguments, **options)

    monkeypatch.setattr("textransfer.text.reading.readers.open_text", changing)
    for rows in (None, slice(0, 5)):
        with pytest.raises(CorpusError, match="being read; expected"):
            read_labelled(path, rows=rows)
