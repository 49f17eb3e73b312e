"""Word vectors and classifiers written for other programs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np

from textransfer.config import EncoderName
from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats import array_files, fasttext, folder, parquet, projector, word2vec
from textransfer.embeddings.keyed import save_keyed
from textransfer.embeddings.precision import Floats, RoundingLoss, restored, rounded, rounding_loss
from textransfer.errors import ConfigError
from textransfer.exchange.capitals import with_capitals
from textransfer.exchange.onnx.folder import save_onnx
from textransfer.exchange.sentence_folders import rows_in, save_model2vec, save_sentence_transformers
from textransfer.exchange.sentence_table import sentence_rows, sentence_table
from textransfer.exchange.sources import Loaded, Source, loaded
from textransfer.formats import FORMATS, Format, Precision
from textransfer.records import Record
from textransfer.sentiment.tfidf_predictor import TfidfPredictor
from textransfer.storage.kinds import EMBEDDINGS
from textransfer.storage.writing import check_writable

_WORD_WRITERS: Mapping[str, Callable[..., Path]] = MappingProxyType(
    {
        "textransfer": folder.save,
        "word2vec": partial(word2vec.save, binary=True),
        "word2vec-text": partial(word2vec.save, binary=False),
        "glove": partial(word2vec.save, binary=False, has_header=False),
        "fasttext-vec": partial(word2vec.save, binary=False),
        "fasttext": fasttext.save,
        "gensim": save_keyed,
        "npz": array_files.save_npz,
        "safetensors": array_files.save_safetensors,
        "parquet": parquet.save,
        "projector": projector.save,
        "spacy": partial(word2vec.save, binary=False),
    }
)
_ENCODERS = ("sif", "mean", "centered")
_SENTENCE_WRITERS: Mapping[str, Callable[..., Path]] = MappingProxyType(
    {"sentence-transformers": save_sentence_transformers, "model2vec": save_model2vec}
)


@dataclass(frozen=True)
class Export(Record):
    """What `export_model` and `import_vectors` return."""

    format: str
    output: str
    n_words: int
    vector_size: int
    """0 of a classifier over TF-IDF."""
    precision: Precision
    rounding: RoundingLoss | None
    """What the precision cost."""
    lost: tuple[str, ...]
    """What the source has and the format has no place for."""
    notes: tuple[str, ...]
    """What else to know of it."""
    loading: str
    """How the other program loads it."""


def export_model(
    source: Source,
    to: str,
    output: str | Path,
    *,
    is_weighted: bool = False,
    encoder: EncoderName = "sif",
    precision: Precision = "float32",
    tokenizer: str | None = None,
    force: bool = False,
) -> Export:
    """Write word vectors, sentence vectors or a classifier in a format of another program.

    Parameters
    ----------
    source : WordVectors, a classifier, gensim's KeyedVectors, or the path of a folder or file
        Any format of word vectors that is read, or a folder of `classify`.
    to : str
        Name of the format: a key of `textransfer.formats.FORMATS`.
    output : str or Path
        A file or a folder, by the format.
    is_weighted : bool, default=False
        Of formats of word vectors: write the vectors weighted and without the mean of the corpus, so that
        their plain mean in the other program has the direction of our sentence vector.
    encoder : {"sif", "mean", "centered"}
        How sentence vectors are made of word vectors: as `SIFEncoder`, as plain means at unit length, or
        as means of all occurrences without the mean of the corpus. A classifier has its own way.
    precision : {"float32", "float16", "int8"}
        Of the numbers, where the format has a choice.
    tokenizer : str, optional
        For vectors of other programs, which do not tell theirs: "words" or "japanese".
    force : bool, default=False
        Replace what stands at the output.

    Returns
    -------
    Export
        What was written, what was lost, and how to load it.

    Raises
    ------
    ConfigError
        If the format is unknown or cannot be written, or an option cannot be obeyed.
    FormatError
        If the source cannot be read.
    OutputError
        If the output exists and `force` is false, or cannot be written.
    MissingExtraError
        If the format needs a library that is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from textransfer import WordVectors
    >>> vectors = WordVectors(["good", "bad"], [[1, 0], [0, 1]])
    >>> with TemporaryDirectory() as folder:
    ...     export = export_model(vectors, "npz", Path(folder, "vectors.npz"))
    ...     WordVectors.load(export.output)
    <WordVectors: 2 words, 2 dimensions>
    """
    row = format_named(to)
    _check_options(row, precision, encoder, is_weighted=is_weighted)
    output = Path(output)
    if not row.is_folder:
        check_writable(output, force=force)
    model = loaded(source)
    if row.model == "classifier":
        return _export_classifier(model, row, output, force=force)
    if row.model == "sentence vectors":
        return _export_sentences(model, row, output, encoder, precision, tokenizer, force=force)
    contents, notes = model.contents(), []
    if is_weighted:
        averaging = model.averaging(encoder)
        contents = Contents(list(averaging.index), sentence_rows(averaging), counts=contents.counts)
        notes.append("rows are weighted and without the mean of the corpus: for means, not for single words")
    if to == "spacy":
        contents = with_capitals(contents)
        notes.append("words with capitals are added, marked negations (not_good) left out: spaCy gives none")
    options = {} if len(row.precisions) == 1 else {"precision": precision}
    _WORD_WRITERS[to](contents, output, force=force, **options)
    written = restored(*rounded(contents.matrix, precision))
    return _export(row, output, contents.matrix, written, precision, row.lost(contents), notes)


def import_vectors(
    source: str | Path,
    output: str | Path,
    *,
    precision: Precision = "float32",
    tokenizer: str | None = None,
    force: bool = False,
) -> Export:
    """Read word vectors of another program and save them as a folder of ours, with a tokenizer.

    Parameters
    ----------
    source : str or Path
        A file or folder of any format of word vectors that is read.
    output : str or Path
        The folder.
    precision : {"float32", "float16", "int8"}
        Of the numbers in the folder.
    tokenizer : str, optional
        How texts become such words: "words" or "japanese". By default it is guessed from the words, and a
        warning says what was guessed.
    force : bool, default=False
        Replace what stands at the output.

    Returns
    -------
    Export
        What was written.

    Raises
    ------
    FormatError
        If the source cannot be read.
    ConfigError
        If the tokenizer cannot be guessed, or is another one than that of the source.
    OutputError
        If the output exists and `force` is false, or cannot be written.

    Examples
    --------
    >>> import_vectors("cc.tr.300.bin", "embeddings-tr")  # doctest: +SKIP
    """
    check_writable(Path(output), EMBEDDINGS, force=force)
    model = loaded(source)
    contents = replace(model.contents(), tokenizer_spec=model.tokenizer(tokenizer).spec())
    row = format_named("textransfer")
    folder.save(contents, Path(output), force=force, precision=precision)
    written = restored(*rounded(contents.matrix, precision))
    return _export(row, Path(output), contents.matrix, written, precision, [], [])


def default_output(source: Path, to: str) -> Path:
    """Return where `export_model` is to write in the present folder if nobody says."""
    row = format_named(to)
    name = source.stem if source.is_file() else source.name or "embeddings"
    output = Path(f"{name}-{to}" if row.is_folder else name + row.ending)
    return output if output != source else Path(f"{name}-{to}{row.ending}")


def format_named(name: str) -> Format:
    """Return a format that can be written; ConfigError if there is none of this name."""
    row = FORMATS.get(name)
    if row is None or not row.can_write:
        names = ", ".join(row.name for row in FORMATS.values() if row.can_write)
        raise ConfigError(f"there is no format {name!r} to write; expected one of {names}")
    return row


def _check_options(row: Format, precision: str, encoder: str, *, is_weighted: bool) -> None:
    if encoder not in _ENCODERS:
        raise ConfigError(f"encoder is {encoder!r}; expected one of {', '.join(_ENCODERS)}")
    if precision not in row.precisions:
        raise ConfigError(
            f"the format {row.name} has no {precision}; expected {' or '.join(row.precisions)}, or another "
            "format: " + ", ".join(other.name for other in FORMATS.values() if precision in other.precisions)
        )
    if is_weighted and (row.model != "word vectors" or row.name == "textransfer"):
        raise ConfigError(
            f"weighted vectors are for formats of word vectors of other programs, not for {row.name}; leave "
            "the option out"
        )


def _export_sentences(
    model: Loaded,
    row: Format,
    output: Path,
    encoder: EncoderName,
    precision: Precision,
    tokenizer: str | None,
    *,
    force: bool,
) -> Export:
    table = sentence_table(model.averaging(encoder), model.tokenizer(tokenizer))
    options = {} if len(row.precisions) == 1 else {"precision": precision}
    _SENTENCE_WRITERS[row.name](table, output, force=force, **options)
    written = table.rows if precision == "float32" else rows_in(table, precision).astype(np.float32)
    return _export(row, output, table.rows, written, precision, [], table.notes)


def _export_classifier(model: Loaded, row: Format, output: Path, *, force: bool) -> Export:
    if model.classifier is None:
        raise ConfigError(
            f"the format {row.name} is for classifiers, and the source holds word vectors; expected a folder "
            "from textransfer classify, or a classifier"
        )
    notes = save_onnx(model.classifier, output, force=force)
    if isinstance(model.classifier, TfidfPredictor):  # words without vectors
        matrix = np.zeros((len(model.classifier.features_), 0), np.float32)
    else:
        matrix = model.contents().matrix
    return _export(row, output, matrix, matrix, "float32", [], notes)


def _export(
    row: Format,
    output: Path,
    matrix: Floats,
    written: Floats,
    precision: Precision,
    lost: Sequence[str],
    notes: Sequence[str],
) -> Export:
    return Export(
        format=row.name,
        output=str(output),
        n_words=len(matrix),
        vector_size=matrix.shape[1],
        precision=precision,
        rounding=None if precision == "float32" else rounding_loss(matrix, written),
        lost=tuple(lost),
        notes=tuple(notes),
        loading=row.loading.replace("{path}", str(output)),
    )
