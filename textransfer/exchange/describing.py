"""What a file or folder is, told by its content, and how to load it; nothing large is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from textransfer.config import LABEL_COLUMN, TEXT_COLUMN
from textransfer.embeddings.formats import array_files, fasttext, parquet, projector
from textransfer.embeddings.formats.completeness import is_checked_to_its_end
from textransfer.embeddings.formats.files import read_record, read_tensors, tokenizer_path
from textransfer.embeddings.formats.folder import TENSORS, VOCABULARY
from textransfer.embeddings.formats.layouts import recognise
from textransfer.embeddings.formats.opening import opened
from textransfer.errors import FormatError, TextransferError
from textransfer.exchange.sources import is_classifier
from textransfer.formats import FORMATS, Format, readable_titles
from textransfer.records import Record
from textransfer.storage.kinds import (
    CHECKPOINT,
    CURVE,
    DEMO,
    EMBEDDINGS,
    EXPERIMENT,
    EXPORT_RECORD,
)
from textransfer.storage.links import check_inside
from textransfer.storage.mapping import cannot_map
from textransfer.storage.reading import read_as_one
from textransfer.text.reading.compression import split_endings
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.readers import read_records
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import find_sources

CONFIG = "config.json"
_TABLES = {".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".xls", ".ods"}
_OUTPUTS = (
    (CHECKPOINT, "a pretraining that is not done: the same run with resume=True goes on"),
    (CURVE, "a learning curve: curve.json has the numbers"),
    (EXPERIMENT, "an experiment: experiment.json has the numbers"),
    (DEMO, "a demo: results.json has the numbers"),
)

Facts = dict[str, Any]


@dataclass(frozen=True)
class Description(Record):
    """What `describe` returns."""

    path: str
    kind: str
    """What it is, in words."""
    n_bytes: int
    facts: Facts = field(default_factory=dict)
    """Sizes and settings, by name."""
    loading: tuple[str, ...] = ()
    """Lines of Python, or of the shell behind ``$``, that use it; the first is ours."""


def describe(path: str | Path) -> Description:
    """Tell what a file or folder is, how large, how it was made, and how to load it.

    Parameters
    ----------
    path : str or Path
        Anything that textransfer writes or reads, and files of other programs.

    Returns
    -------
    Description

    Raises
    ------
    FormatError
        If nothing is there, or it is damaged or of no known kind.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from textransfer import WordVectors
    >>> with TemporaryDirectory() as folder:
    ...     _ = WordVectors(["a", "b"], [[1, 2], [3, 4]]).save_word2vec(Path(folder, "x.txt"), binary=False)
    ...     description = describe(Path(folder, "x.txt"))
    >>> description.kind, description.facts
    ('word2vec text', {'words': 2, 'dimensions': 2})
    """
    path = Path(path)
    if not path.exists():
        raise FormatError(f"there is no {path}; expected a file or a folder: give another path")
    with read_as_one(path):
        files = filter(Path.is_file, path.rglob("*") if path.is_dir() else [path])
        n_bytes = sum(file.stat().st_size for file in files)
        looks = _FOLDERS if path.is_dir() else _FILES
        result = next(filter(None, (look(path) for look in looks)), None)
    if result is not None:
        kind, facts, loading = result
        return Description(str(path), kind, n_bytes, facts, tuple(line.format(path=path) for line in loading))
    raise FormatError(
        f"{path} is of no kind that is known here; expected what textransfer writes, texts, word vectors "
        f"({readable_titles()}), or an encoder"
    )


_Result = tuple[str, Facts, list[str]] | None


def _vectors(row: Format, facts: Facts, kind: str | None = None) -> _Result:
    ours = 'textransfer.WordVectors.load("{path}")'
    return kind or row.title, facts, [ours] if row.name == "textransfer" else [ours, row.loading]


def _classifier_folder(path: Path) -> _Result:
    if not is_classifier(path):
        return None
    config = read_record(path / CONFIG)
    facts: Facts = {
        "kind": config.get("kind", "vectors"),
        "classes": _entry(config, "classes", "values"),
        "words": _length(path / VOCABULARY, "words"),
        "dimensions": _shapes(path / "network.safetensors").get("table", (None, None))[1],
        "tokenizer": _tokenizer(path),
        "settings": config.get("settings"),
        "written by": f"textransfer {config.get('textransfer_version')}",
    }
    if (path / "members.json").is_file():
        facts["members"] = read_record(path / "members.json").get("weights")
    loading = ['textransfer.load_classifier("{path}")', '$ textransfer predict --classifier {path} "a text"']
    return "classifier of textransfer", _present(facts), loading


def _embeddings_folder(path: Path) -> _Result:
    if not (EMBEDDINGS.is_marked(path) and (path / TENSORS).is_file()):
        return None
    config, vocabulary = read_record(path / CONFIG), read_record(path / VOCABULARY)
    shapes = _shapes(path / TENSORS)
    n_words, size = shapes.get("in_vectors", (None, None))
    facts = {
        "words": n_words,
        "dimensions": size,
        "precision": _precision(path / TENSORS),
        "documents": vocabulary.get("n_documents"),
        "tokens": vocabulary.get("n_tokens"),
        "counts": vocabulary.get("counts") is not None,
        "n-grams": shapes.get("ngram_vectors", (0, 0))[0],
        "can be trained further": "out_vectors" in shapes,
        "tokenizer": _tokenizer(path),
        "settings": config.get("settings"),
        "updates": len(config.get("updates") or []),
        "written by": f"textransfer {config.get('textransfer_version')}",
    }
    return _vectors(FORMATS["textransfer"], _present(facts))


def _exported_folder(path: Path) -> _Result:
    if not (path / EXPORT_RECORD).is_file():
        return None
    record = read_record(path / EXPORT_RECORD)
    row = FORMATS.get(str(record.pop("format", "")))
    if row is None:
        return None
    record["written by"] = f"textransfer {record.pop('textransfer_version', '')}"
    record = {name: value for name, value in record.items() if value != []}
    if row.can_read:
        return _vectors(row, record)
    return row.title, record, [row.loading]


def _output_folder(path: Path) -> _Result:
    return next(((title, {}, []) for kind, title in _OUTPUTS if kind.is_marked(path)), None)


def _projector_folder(path: Path) -> _Result:
    is_one = (path / projector.VECTORS).is_file() and (path / projector.METADATA).is_file()
    return _vectors(FORMATS["projector"], {}) if is_one else None


def _encoder_folder(path: Path) -> _Result:
    from textransfer.encoders.recognising import recognised

    try:
        encoder = recognised(path)
    except FormatError as error:
        inner = next(filter(_holds_vectors, sorted(path.iterdir())), None)
        if inner is None:
            raise
        raise FormatError(
            f"{path} is of no kind that is known here, but {inner} in it holds word vectors; give that file"
        ) from error
    loading = ["$ textransfer classify --labeled few.csv --arm name={path}"]
    libraries = {"sentence-transformers": "sentence-transformers", "model2vec": "model2vec"}
    if encoder.kind in libraries:
        loading.append(FORMATS[encoder.kind].loading)
    return f"encoder: {encoder.kind}", {}, loading


def _fasttext_file(path: Path) -> _Result:
    facts = fasttext.facts_of(path)
    return None if facts is None else _vectors(FORMATS["fasttext"], facts)


def _arrays_file(path: Path) -> _Result:
    with path.open("rb") as file:
        head = file.read(9)
    if head.startswith(array_files.ZIP_MAGIC) and path.suffix != ".xlsx":
        contents = array_files.load_npz(path)
        if contents is not None:
            return _vectors(
                FORMATS["npz"], {"words": len(contents.words), "dimensions": contents.matrix.shape[1]}
            )
    if head[8:] == b"{":
        shapes = _shapes(path)
        if array_files.WORDS in shapes and array_files.VECTORS in shapes:
            n_words, size = shapes[array_files.VECTORS]
            return _vectors(FORMATS["safetensors"], {"words": n_words, "dimensions": size})
        return "tensors in safetensors", {name: list(shape) for name, shape in shapes.items()}, []
    return None


def _parquet_file(path: Path) -> _Result:
    facts = parquet.facts_of(path)
    return None if facts is None else _vectors(FORMATS["parquet"], facts)


def _foreign_file(path: Path) -> _Result:
    with path.open("rb") as file:
        head = file.read(2)
    if head[:1] == b"\x80":
        return (
            "a pickle, such as gensim's save writes: it can run any program and is never opened here",
            {},
            [],
        )
    return (
        ("an ONNX model", {}, ['onnxruntime.InferenceSession("{path}")']) if path.suffix == ".onnx" else None
    )


def _vectors_as_text(path: Path) -> _Result:
    if split_endings(path)[0] in _TABLES:
        return None
    with opened(path) as file:
        layout = recognise(file, path)
    if layout is None:
        return None
    names = {"word2vec binary": "word2vec", "word2vec text": "word2vec-text", "GloVe text": "glove"}
    facts: Facts = {"words": layout.n_words, "dimensions": layout.vector_size}
    if not is_checked_to_its_end(path, layout):
        facts["whole"] = "not looked at: it is compressed, or larger than 1 GB"
    return _vectors(FORMATS[names[layout.kind]], _present(facts), layout.kind)


def _holds_vectors(path: Path) -> bool:
    """Tell whether something is a file of word vectors, so far as that can be told."""
    try:
        return path.is_file() and (_fasttext_file(path) or _vectors_as_text(path)) is not None
    except FormatError:
        return False


def _option_for(path: Path, column: str) -> str:
    """Return the option that names a column, where a table has none of the usual name."""
    settings = ReadingSettings(text_column=column)
    try:
        for source in find_sources(path):
            next(read_records(source, settings, findings=Findings()), None)
    except TextransferError as error:
        return f" --{column}-column NAME" if f"expected {column!r}" in str(error) else ""
    return ""


def _texts(path: Path) -> _Result:
    ending = split_endings(path)[0]
    if ending in _TABLES:
        text = _option_for(path, TEXT_COLUMN)
        label = _option_for(path, LABEL_COLUMN)
        return (
            f"a table ({ending})",
            {},
            [
                f"$ textransfer classify --labeled {{path}}{text}{label}",
                f"$ textransfer pretrain {{path}}{text}",
            ],
        )
    if ending == ".txt":
        return "texts, a document a line", {}, ["$ textransfer pretrain {path}"]
    return None


_FOLDERS: tuple[Callable[[Path], _Result], ...] = (
    _exported_folder,
    _classifier_folder,
    _embeddings_folder,
    _output_folder,
    _projector_folder,
    _encoder_folder,
)
_FILES: tuple[Callable[[Path], _Result], ...] = (
    _fasttext_file,
    _arrays_file,
    _parquet_file,
    _foreign_file,
    _vectors_as_text,
    _texts,
)


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes of tensors in a file, empty without it."""
    if not path.is_file():
        return {}
    check_inside(path)
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        if isinstance(error, OSError) and cannot_map(error):
            return {name: tensor.shape for name, tensor in read_tensors(path).items()}
        raise FormatError(f"{path} is truncated or no safetensors file ({error}); restore it") from error


def _precision(path: Path) -> str:
    names = {"F32": "float32", "F16": "float16", "I8": "int8"}
    check_inside(path)
    try:
        with safe_open(path, framework="numpy") as file:
            kind = str(file.get_slice("in_vectors").get_dtype())
    except (OSError, SafetensorError) as error:
        if isinstance(error, OSError) and cannot_map(error):
            return read_tensors(path, "in_vectors")["in_vectors"].dtype.name
        raise FormatError(f"{path} holds no word vectors ({error}); restore it") from error
    return names.get(kind, kind)


def _tokenizer(path: Path) -> str | None:
    spec = tokenizer_path(path)
    if not spec.is_file():
        return None
    record = read_record(spec)
    marked = ", negations marked" if record.get("marks_negation") else ""
    return f"{record.get('name')}{marked}"


def _length(path: Path, name: str) -> int | None:
    values = read_record(path).get(name) if path.is_file() else None
    return len(values) if isinstance(values, list) else None


def _entry(record: Mapping[str, Any], name: str, inner: str) -> object:
    value = record.get(name)
    return value.get(inner) if isinstance(value, Mapping) else None


def _present(facts: Mapping[str, Any]) -> Facts:
    """Leave out what is not known, and what there is none of."""
    return {name: value for name, value in facts.items() if value not in (None, False, 0)}
