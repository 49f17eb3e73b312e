"""README.md of exported folders, with the YAML header by which the Hugging Face Hub files them."""

from collections.abc import Sequence

from textransfer.embeddings.card_header import header

_LOADING = {
    "sentence-transformers": """\
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("FOLDER")
vectors = model.encode(["a fine film", "a dull one"])""",
    "model2vec": """\
from model2vec import StaticModel

model = StaticModel.from_pretrained("FOLDER")
vectors = model.encode(["a fine film", "a dull one"])""",
}


def sentence_card(format_name: str, n_tokens: int, vector_size: int, notes: Sequence[str]) -> str:
    """Return the card of a folder of sentence vectors."""
    fields = {
        "library_name": format_name,
        "pipeline_tag": "sentence-similarity",
        "tags": [format_name, "sentence-similarity", "static-embeddings", "word-embeddings", "textransfer"],
    }
    limits = [
        "A word has one vector, whatever stands around it.",
        "What the corpus says about people and things, fair or not, is in the vectors.",
        "The words of the vocabulary are words of the corpus. If it is private, names in it may be, too.",
        *(f"{note[0].upper()}{note[1:]}." for note in notes),
    ]
    return "\n".join(
        [
            header(fields),
            f"# Sentence vectors: {n_tokens:,} tokens, {vector_size} dimensions\n",
            "Weighted means of word vectors that textransfer learned from unlabelled text, the mean of the "
            "corpus taken off, at unit length. Weights and mean are in the rows, the rules by which texts "
            "become words in tokenizer.json.\n",
            f"```python\n{_LOADING[format_name]}\n```\n",
            "## Limits\n",
            *(f"- {limit}" for limit in limits),
            "",
        ]
    )
