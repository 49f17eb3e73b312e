"""Files and folders of every kind that is read, with some of their bytes changed."""

import bz2
import datetime
import gzip
import io
import json
import lzma
import random
import shutil
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from fuzz.changing import changed
from fuzz.target import Target, outcome_of
from safetensors.numpy import save_file

from textransfer import SkipGram, WordVectors, describe, export_model, load_classifier, read_labelled
from textransfer.embeddings.formats.fasttext_reader import MAGIC
from textransfer.encoders.encoding import encode_texts
from textransfer.encoders.recognising import recognised
from textransfer.presets import read_settings
from textransfer.sentiment.sentences.seeds import read_seed_words
from textransfer.text.reading.corpus import Corpus
from textransfer.text.writing.excel import ExcelWriter

GOLDEN = Path(__file__).parents[1] / "golden/v1"
RELEASE = Path(__file__).parents[1] / "golden/release-0.2.0"
TEXTS = ["good film", "", "\U0001f600"]
REVIEWS = ["a good film", "a bad film", "a fine film"] * 10
TABLE = b'text,label\n"good, film",a\nbad film,b\n'
LINES = b'{"text": "good film", "label": "a"}\n{"text": "bad", "label": 1}\n'
Read = Callable[[Path], object]


def file_targets(place: Path) -> Iterator[Target]:
    """Yield a target for each kind of file, and for each file of each kind of folder, which it writes."""
    for name, content, ending, read in _files(place):
        yield _target(name, _group_of(ending, read), place / f"x{ending}", content, read)
    for name, ending, read in (("xlsx", ".xlsx", _read_table), ("npz", ".npz", WordVectors.load)):
        content = (place / f"sound{ending}").read_bytes()
        path = place / f"x{ending}"
        yield _target(f"a part of {name}", _group_of(ending, read), path, content, read, _with_a_part_changed)
    for folder, read in _folders(place):
        group = "encoders" if read in (recognised, _encode) else "saved folders"
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name != "README.md":
                name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                yield _target(name, group, path, path.read_bytes(), read, folder=folder)


def _group_of(ending: str, read: Read) -> str:
    if read in (WordVectors.load, _look_up):
        return "word vectors"
    return "settings" if ending in (".toml", ".json") else "texts and tables"


def _target(
    name: str,
    group: str,
    path: Path,
    sound: bytes,
    read: Read,
    change: Callable[[bytes, random.Random], bytes] = changed,
    folder: Path | None = None,
) -> Target:
    def run(content: bytes) -> str:
        path.write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                outcome_of(partial(describe, folder or path))
                return outcome_of(partial(read, folder or path))
        finally:
            path.write_bytes(sound)

    return Target(name, group, lambda draws: change(sound, draws), run, sound)


def _files(place: Path) -> Iterator[tuple[str, bytes, str, Read]]:
    """Yield names of targets, sound bytes, the ending of the file, and what reads it."""
    yield "csv", TABLE, ".csv", _read_table
    yield "tsv", b"text\tlabel\ngood film\ta\nbad\tb\n", ".tsv", _read_table
    yield "jsonl", LINES, ".jsonl", _read_table
    yield "txt", b"good film\nbad film\n", ".txt", _read_texts
    pq.write_table(pa.table({"text": ["good", "bad", "x"], "label": ["a", "b", "a"]}), place / "a.parquet")
    yield "parquet", (place / "a.parquet").read_bytes(), ".parquet", _read_table
    packed = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstandard.compress}
    for ending, pack in packed.items():
        yield f"csv{ending}", pack(TABLE * 9), f".csv{ending}", _read_table
        yield f"txt{ending}", pack(b"good film\n" * 99), f".txt{ending}", _read_texts
        yield f"vec{ending}", pack(b"2 2\na 1 2\nb 3 4\n"), f".vec{ending}", WordVectors.load
    book = ExcelWriter(place / "sound.xlsx", ["text", "label"])
    book.write([{"text": "good film", "label": 1}, {"text": "bad", "label": datetime.date(2020, 1, 2)}])
    book.close()
    yield "xlsx", (place / "sound.xlsx").read_bytes(), ".xlsx", _read_table
    yield "settings.toml", b"window = 5\nepochs = 2\n", ".toml", read_settings
    yield "settings.json", b'{"window": 5, "sample": 0.1}', ".json", read_settings
    yield (
        "seed words",
        b'a = ["good", "fine"]\nb = ["bad"]\n',
        ".toml",
        lambda path: read_seed_words([str(path)]),
    )
    yield from _vectors(place)


def _vectors(place: Path) -> Iterator[tuple[str, bytes, str, Read]]:
    load = WordVectors.load
    binary = b"2 2\na " + np.ones(2, "<f4").tobytes() + b"\nb " + np.ones(2, "<f4").tobytes() + b"\n"
    yield "word2vec text", b"2 2\na 1 2\nb 3 4\n", ".vec", load
    yield "word2vec binary", binary, ".bin", load
    yield "GloVe", b"a 1 2\nb 3 4\n", ".txt", load
    np.savez(place / "sound.npz", words=np.array(["a", "b"]), vectors=np.ones((2, 2), np.float32))
    yield "npz", (place / "sound.npz").read_bytes(), ".npz", load
    save_file(
        {"words": np.frombuffer(b"a\nb", np.uint8), "vectors": np.ones((2, 2), np.float32)},
        place / "v.safetensors",
    )
    yield "safetensors", (place / "v.safetensors").read_bytes(), ".safetensors", load
    numbers = pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float32()))
    pq.write_table(pa.table({"word": ["a", "b"], "vector": numbers}), place / "v.parquet")
    yield "vectors in Parquet", (place / "v.parquet").read_bytes(), ".parquet", load
    for is_quantised in (False, True):
        for n_kept in (-1, 2) if is_quantised else (-1,):
            pruned = ", pruned" * (n_kept > 0)
            name = f"fastText .ftz{pruned}" if is_quantised else "fastText .bin"
            yield name, fasttext_model(n_kept, is_quantised=is_quantised), ".ftz", _look_up


def fasttext_model(n_kept: int, *, is_quantised: bool) -> bytes:
    """Return a model of two words and four hashes of n-grams, of two dimensions; `n_kept` of them, if any."""
    n_rows = 2 + (4 if n_kept < 0 else n_kept)
    content = MAGIC + struct.pack("<i12id", 12, 2, 5, 5, 1, 5, 1, 2, 2, 4, 2, 3, 100, 1e-4)
    content += struct.pack("<iiiqq", 2, 2, 0, 9, n_kept)
    content += b"".join(word + b"\0" + struct.pack("<qb", 3, 0) for word in (b"film", b"plot"))
    content += b"".join(struct.pack("<ii", 2 * row, row) for row in range(n_kept))
    if is_quantised:
        codes = bytes(range(n_rows))
        content += struct.pack("<??qqi", True, False, n_rows, 2, n_rows) + codes
        content += struct.pack("<4i", 2, 1, 2, 2) + np.linspace(0, 1, 512, dtype="<f4").tobytes()
    else:
        content += (
            struct.pack("<?qq", False, n_rows, 2) + np.linspace(0, 1, 2 * n_rows, dtype="<f4").tobytes()
        )
    return content + struct.pack("<?qq", False, 2, 2) + np.zeros(4, "<f4").tobytes()


def _with_a_part_changed(content: bytes, draws: random.Random) -> bytes:
    """Return an archive one member of which was changed, with a checksum that fits."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = draws.choice(sorted(parts))
    parts[chosen] = changed(parts[chosen], draws)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()


def _folders(place: Path) -> Iterator[tuple[Path, Read]]:
    for kind, read in (("embeddings", WordVectors.load), ("classifier", _predict), ("combined", _predict)):
        yield Path(shutil.copytree(GOLDEN / kind, place / kind)), read
    for kind in ("classified", "fine-tuned", "tfidf", "vectors", "without-vectors"):
        yield Path(shutil.copytree(RELEASE / kind, place / kind)), _predict
    yield Path(shutil.copytree(RELEASE / "embeddings", place / "embeddings 0.2")), _with_phrases
    vectors = WordVectors.load(GOLDEN / "embeddings")
    for name in ("projector", "sentence-transformers", "model2vec"):
        export_model(vectors, name, place / name)
        yield place / name, WordVectors.load if name == "projector" else recognised
    yield _checkpoint(place / "checkpoint"), _resume
    yield _onnx_encoder(place / "onnx"), _encode


def _checkpoint(folder: Path) -> Path:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    try:
        _trained(folder, on_progress=stop)
    except KeyboardInterrupt:
        shutil.copytree(folder, folder.with_name("checkpoint-sound"))
    return folder


def _resume(folder: Path) -> None:
    sound = folder.with_name("checkpoint-sound")
    try:
        _trained(folder, resume=True)
    finally:  # a run that comes to its end removes it
        for path in sound.iterdir():
            folder.mkdir(exist_ok=True)
            shutil.copyfile(path, folder / path.name)


def _trained(folder: Path, **options: object) -> object:
    model = SkipGram(vector_size=4, epochs=20, n_jobs=1)
    return model.fit(REVIEWS, checkpoint=folder, **options)  # type: ignore[arg-type]


def _onnx_encoder(folder: Path) -> Path:
    import onnx
    from onnx import helper, numpy_helper

    folder.mkdir()
    shutil.copyfile(folder.with_name("model2vec") / "tokenizer.json", folder / "tokenizer.json")
    n_words = len(WordVectors.load(GOLDEN / "embeddings")) + 10
    table = numpy_helper.from_array(np.linspace(0, 1, 2 * n_words, dtype=np.float32).reshape(-1, 2), "table")
    integers, floats = onnx.TensorProto.INT64, onnx.TensorProto.FLOAT
    inputs = [
        helper.make_tensor_value_info(name, integers, ["n", "l"]) for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("pieces", floats, ["n", "l", 2])
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["pieces"])]
    graph = helper.make_graph(nodes, "encoder", inputs, [output], [table])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 8}))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling/config.json").write_text(json.dumps({"pooling_mode_mean_tokens": True}))
    return folder


def _encode(folder: Path) -> None:
    vectors = encode_texts(recognised(folder), TEXTS, name="encoder").vectors
    if len(vectors) != len(TEXTS) or not np.isfinite(vectors).all():
        raise AssertionError("a text has no vector")


def _read_table(path: Path) -> None:
    list(Corpus(path))
    list(Corpus(path).batches())
    read_labelled(path)


def _read_texts(path: Path) -> None:
    if list(Corpus(path)) != [text for batch in Corpus(path).batches() for text in batch.texts()]:
        raise AssertionError("batches hold other texts than the stream")


def _look_up(path: Path) -> None:
    vectors = WordVectors.load(path)
    for word in ("film", "plots", ""):
        if word in vectors and not np.isfinite(vectors[word]).all():
            raise AssertionError("a number is not finite")


def _with_phrases(folder: Path) -> None:
    vectors = WordVectors.load(folder)
    for word in (vectors.words[0], "zzqx"):
        if word in vectors and not np.isfinite(vectors[word]).all():
            raise AssertionError("a number is not finite")


def _predict(folder: Path) -> None:
    classifier = load_classifier(folder)
    classifier.explain(TEXTS)
    if not np.isfinite(classifier.predict_proba(TEXTS)).all():
        raise AssertionError("a probability is not finite")
