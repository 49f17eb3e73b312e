"""The formats that word vectors and classifiers are read from and written to: one row each.

The commands, their help, errors and docs/formats.md go by this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Precision = Literal["float32", "float16", "int8"]
"""Of the numbers in a file."""
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
Model = Literal["word vectors", "sentence vectors", "classifier"]

PARTS: Mapping[str, str] = MappingProxyType(
    {
        "counts": "counts of words",
        "out_matrix": "context vectors, which further training needs",
        "moments": "moments of the corpus, by which sentence vectors are centred and stretched",
        "phrases": "vectors of pairs and triples of words",
        "ngrams": "vectors of character n-grams, from which unknown words have theirs",
        "tokenizer_spec": "the tokenizer",
        "spellings": "how people write words",
        "metadata": "settings and facts of the run",
    }
)
"""What vectors may have besides words and numbers, by attributes of `textransfer.embeddings.contents`."""
EVERYTHING = frozenset(PARTS)


@dataclass(frozen=True)
class Format:
    """What a format is, and what it can do."""

    name: str
    """What ``--to`` takes."""
    title: str
    ending: str
    """Of the file that is written; nothing for a folder."""
    loading: str
    """Python, or a line of the shell after ``$``, by which the other program reads `path`."""
    peers: tuple[str, ...] = ()
    """Packages that check it."""
    model: Model = "word vectors"
    """What of ours it holds."""
    can_read: bool = True
    can_write: bool = True
    holds: frozenset[str] = frozenset()
    """Of `PARTS`."""
    precisions: tuple[Precision, ...] = ("float32",)
    note: str = ""
    """What else to know."""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of files."""
        return not self.ending

    def lost(self, contents: object) -> list[str]:
        """Return what these contents have and the format has no place for, in words."""
        missing = [part for part in PARTS if part not in self.holds]
        return [PARTS[part] for part in missing if _is_there(getattr(contents, part))]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        row.name: row
        for row in (
            Format(
                "textransfer",
                "embeddings folder of textransfer",
                "",
                'textransfer.WordVectors.load("{path}")',
                holds=EVERYTHING,
                precisions=PRECISIONS,
            ),
            Format(
                "word2vec",
                "word2vec binary",
                ".bin",
                'gensim.models.KeyedVectors.load_word2vec_format("{path}", binary=True)',
                ("gensim",),
            ),
            Format(
                "word2vec-text",
                "word2vec text",
                ".txt",
                'gensim.models.KeyedVectors.load_word2vec_format("{path}")',
                ("gensim",),
                note="GloVe with a first line is the same",
            ),
            Format(
                "glove",
                "GloVe text, without a first line",
                ".txt",
                'gensim.models.KeyedVectors.load_word2vec_format("{path}", no_header=True)',
                ("gensim",),
            ),
            Format(
                "fasttext-vec",
                "fastText .vec",
                ".vec",
                'gensim.models.KeyedVectors.load_word2vec_format("{path}")',
                ("gensim", "fasttext"),
                note="also what `fasttext supervised -pretrainedVectors` takes",
            ),
            Format(
                "fasttext",
                "fastText .bin",
                ".bin",
                'fasttext.load_model("{path}")',
                ("fasttext", "gensim"),
                holds=frozenset({"counts", "out_matrix"}),
                note="n-grams of fastText are read and written; those of pretrain have no place there",
            ),
            Format(
                "gensim",
                "gensim's own file of KeyedVectors",
                ".kv",
                'gensim.models.KeyedVectors.load("{path}")',
                ("gensim",),
                can_read=False,
                holds=frozenset({"counts"}),
                note="a pickle, which is never opened here; in Python, WordVectors.from_gensim",
            ),
            Format(
                "npz",
                "NumPy .npz",
                ".npz",
                'numpy.load("{path}")  # words, vectors, perhaps counts and scales',
                ("numpy",),
                holds=frozenset({"counts"}),
                precisions=PRECISIONS,
            ),
            Format(
                "safetensors",
                "safetensors",
                ".safetensors",
                'safetensors.numpy.load_file("{path}")  # words: bytes(t["words"]).decode().split("\\n")',
                ("safetensors",),
                holds=frozenset({"counts"}),
                precisions=PRECISIONS,
            ),
            Format(
                "parquet",
                "Parquet table",
                ".parquet",
                'pyarrow.parquet.read_table("{path}")  # word, vector, perhaps count',
                ("pyarrow",),
                holds=frozenset({"counts"}),
                precisions=("float32", "float16"),
            ),
            Format(
                "projector",
                "folder for TensorBoard's Embedding Projector",
                "",
                "$ tensorboard --logdir {path}",
                holds=frozenset({"counts"}),
                note="projector.tensorflow.org loads its two .tsv files",
            ),
            Format(
                "spacy",
                "file for `spacy init vectors`",
                ".txt",
                "$ python -m spacy init vectors xx {path} spacy-vectors",
                ("spacy",),
                note="word2vec text with capitalised words besides, which spaCy looks up as they stand",
            ),
            Format(
                "sentence-transformers",
                "folder of sentence-transformers",
                "",
                'sentence_transformers.SentenceTransformer("{path}")',
                ("sentence-transformers",),
                model="sentence vectors",
                can_read=False,
                holds=frozenset({"counts", "moments", "tokenizer_spec", "spellings", "metadata"}),
                note="float32 alone: in half precision that library gives nan where no word is known; its "
                "folders are read as encoders",
            ),
            Format(
                "model2vec",
                "folder of model2vec",
                "",
                'model2vec.StaticModel.from_pretrained("{path}")',
                ("model2vec", "sentence-transformers"),
                model="sentence vectors",
                can_read=False,
                holds=frozenset({"counts", "moments", "tokenizer_spec", "spellings", "metadata"}),
                precisions=PRECISIONS,
                note="its folders are read as encoders",
            ),
            Format(
                "onnx",
                "folder with a classifier in ONNX",
                "",
                'onnxruntime.InferenceSession("{path}/model.onnx")',
                ("onnxruntime",),
                model="classifier",
                can_read=False,
                holds=EVERYTHING,
                note="the same probabilities; words go in, which the tokenizer.json beside it makes of texts",
            ),
        )
    }
)


def _is_there(value: object) -> bool:
    """Tell whether something is neither None nor an empty mapping."""
    return value is not None and not (isinstance(value, Mapping) and not value)


def readable_titles() -> str:
    """Return the titles of formats of word vectors that are read, for messages."""
    return ", ".join(row.title for row in FORMATS.values() if row.can_read and row.model == "word vectors")


def writable_names(model: Model) -> str:
    """Return the names and titles of formats that are written of a model, for help pages."""
    rows = [row for row in FORMATS.values() if row.can_write and row.model == model]
    return ", ".join(f"`{row.name}` ({row.title})" for row in rows)
