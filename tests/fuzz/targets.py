"""What is fuzzed: each target makes an input out of bytes, and either reads it or refuses it."""

import random
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferError
from textransfer.sentiment.loading import load_classifier
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import read_labelled

GOLDEN = Path(__file__).parents[1] / "golden/v1"
TOKENS = [
    b'"',
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"{",
    b"[",
    b"\\ud83d",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"-1",
    b"1e999",
]
TOKENS += [
    b"NaN",
    b"null",
    b"true",
    b"999999999999",
    b" ",
    b"\xe3\x81",
    b"\x1b[31m",
    b"=cmd|",
    b"../",
    b"\x80",
]


def changed(content: bytes, draws: random.Random) -> bytes:
    """Return bytes with some changed, put in, taken out, or cut off."""
    data = bytearray(content)
    for _ in range(draws.randint(1, 6)):
        place = draws.randint(0, len(data))
        kind = draws.randrange(4)
        if kind == 0 and data:
            data[place % len(data)] = draws.randrange(256)
        elif kind == 1:
            data[place:place] = draws.choice(TOKENS)
        elif kind == 2:
            del data[place : place + draws.randint(1, 8)]
        elif draws.random() < 0.2:
            del data[place:]
    return bytes(data)


def _read(path: Path) -> None:
    list(Corpus(path))
    read_labelled(path)


def _predict(folder: Path) -> None:
    if not np.isfinite(load_classifier(folder).predict_proba(["good film", "", "\U0001f600"])).all():
        raise AssertionError("a probability is not finite")


def seeds(folder: Path) -> dict[str, tuple[bytes, str, Callable[[Path], None]]]:
    """Return for each target sound bytes, the name of the file that they stand in, and what reads it."""
    texts, labels = ["good film", "bad film", "x y"], ["a", "b", "a"]
    pq.write_table(pa.table({"text": texts, "label": labels}), folder / "a.parquet")
    numbers = pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float32()))
    pq.write_table(pa.table({"word": ["a", "b"], "vector": numbers}), folder / "v.parquet")
    np.savez(folder / "v.npz", words=np.array(["a", "b"]), vectors=np.ones((2, 2), np.float32))
    save_file(
        {"words": np.frombuffer(b"a\nb", np.uint8), "vectors": np.ones((2, 2), np.float32)},
        folder / "v.safetensors",
    )
    binary = b"2 2\na " + np.ones(2, "<f4").tobytes() + b"\nb " + np.ones(2, "<f4").tobytes() + b"\n"
    table = b'text,label\n"good, film",a\nbad film,b\n'
    lines = b'{"text": "good film", "label": "a"}\n{"text": "bad", "label": 1}\n'
    plain: dict[str, tuple[bytes, str, Callable[[Path], None]]] = {
        "csv": (table, "x.csv", _read),
        "tsv": (b"text\tlabel\ngood film\ta\nbad\tb\n", "x.tsv", _read),
        "jsonl": (lines, "x.jsonl", _read),
        "txt": (b"good film\nbad film\n", "x.txt", lambda path: list(Corpus(path)) and None),
        "parquet": ((folder / "a.parquet").read_bytes(), "x.parquet", _read),
        "word2vec text": (b"2 2\na 1 2\nb 3 4\n", "x.vec", WordVectors.load),
        "word2vec binary": (binary, "x.bin", WordVectors.load),
        "GloVe": (b"a 1 2\nb 3 4\n", "x.txt", WordVectors.load),
        "npz": ((folder / "v.npz").read_bytes(), "x.npz", WordVectors.load),
        "safetensors": ((folder / "v.safetensors").read_bytes(), "x.safetensors", WordVectors.load),
        "vectors in Parquet": ((folder / "v.parquet").read_bytes(), "x.parquet", WordVectors.load),
    }
    for kind, read in (("embeddings", WordVectors.load), ("classifier", _predict), ("combined", _predict)):
        for path in sorted((GOLDEN / kind).iterdir()):
            if path.suffix in (".json", ".safetensors"):
                plain[f"{kind}/{path.name}"] = (path.read_bytes(), f"{kind}/{path.name}", read)
    return plain


def outcome_of(content: bytes, name: str, read: Callable[[Path], object], folder: Path) -> str:
    """Return whether a target refused bytes or accepted them; any other error goes on."""
    path = folder / name
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read(path.parent if "/" in name else path)
        except TextransferError:
            return "refused"
    return "accepted"
