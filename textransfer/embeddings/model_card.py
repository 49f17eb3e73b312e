"""The README.md of an embeddings folder: what the vectors were made of, how to load them, their limits."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from textransfer.embeddings.card_header import as_markdown, header
from textransfer.embeddings.contents import Contents

_HEADER = {
    "library_name": "textransfer",
    "pipeline_tag": "feature-extraction",
    "tags": ["textransfer", "word-embeddings", "word2vec", "feature-extraction"],
}
_LOADING = """\
## How to load it

These lines expect the folder as `embeddings` in the present folder.

In textransfer:

```python
from textransfer import WordVectors

vectors = WordVectors.load("embeddings")
print(vectors, vectors.words[:10])
```

In gensim, and in most other programs, by way of a word2vec file (no word may hold a space):

```python
from gensim.models import KeyedVectors
from textransfer import WordVectors

WordVectors.load("embeddings").save_word2vec("vectors.bin", binary=True)
keyed_vectors = KeyedVectors.load_word2vec_format("vectors.bin", binary=True)
```

For sentence-transformers, model2vec, fastText, spaCy and others: `textransfer export embeddings --to FORMAT`.

Without textransfer, from the files themselves:

```python
import json
from pathlib import Path

from safetensors.numpy import load_file

words = json.loads(Path("embeddings/vocabulary.json").read_text(encoding="utf-8"))["words"]
matrix = load_file("embeddings/vectors.safetensors")["in_vectors"]  # float32, row i belongs to word i
vector_of = dict(zip(words, matrix))
```
"""

_LIMITS = """\
## Limits

- One vector a word: the senses of a word are mixed, and word order is not seen.
- Words stand near each other when they occur in like surroundings. Opposites such as "good" and "bad" do.
- Only words of the vocabulary have a vector of their own. Those of rare words are poor, of few sentences.
- What the corpus says about people and things, fair or not, is in the vectors.
- `vocabulary.json` lists words of the corpus. If the corpus is private, names in it may be, too.
- The loss compares runs of the same settings on the same corpus. It is no measure of quality in use.
"""

_FILES = """\
## Files

| file | holds |
| --- | --- |
| `vectors.safetensors` | `in_vectors` (a row a word); `out_vectors` and `out_bias`, for further training |
| `phrases.safetensors` | vectors of words, pairs and triples by the documents that hold them; not of few |
| `vocabulary.json` | words in the order of the rows, and their counts if known |
| `ngrams.json` | character n-grams in the order of `ngram_vectors`; absent if unknown words have no vector |
| `tokenizer_spec.json` | what rebuilds the tokenizer; absent if it is not known |
| `config.json` | settings and facts of the run |
"""


def model_card(contents: Contents) -> str:
    """Return the text of README.md: Markdown, ending with a line break.

    Of `metadata` these entries are understood, all of them optional: `corpus`, of whose `sources` the file
    names are shown; `settings`; `engine`; `training`, the last record of progress; `seconds`; `updates`, the
    oldest first. Other plain values are listed under their names.
    """
    n_words, vector_size = contents.matrix.shape
    parts = [
        header(_HEADER),
        f"# Word vectors: {n_words:,} words, {vector_size} dimensions\n",
        "Learned by textransfer; facts as recorded when the folder was saved.\n"
        if contents.metadata
        else "Saved by textransfer; nothing is recorded of how the vectors were learned.\n",
        _table("Facts", {**_vocabulary_facts(contents), **_run_facts(contents.metadata)}),
        _updates(contents.metadata),
        _table("Settings", _plain(_mapping(contents.metadata, "settings"))),
        _table("Engine", _plain(_mapping(contents.metadata, "engine"))),
        _table("Tokenizer", _plain(contents.tokenizer_spec or {})),
        _LOADING,
        _LIMITS,
        _FILES,
    ]
    return "\n".join(part for part in parts if part)


def _vocabulary_facts(contents: Contents) -> dict[str, object]:
    n_words, vector_size = contents.matrix.shape
    facts: dict[str, object] = {"words": f"{n_words:,}", "dimensions": vector_size}
    if contents.n_documents is not None:
        facts["documents"] = f"{contents.n_documents:,}"
    if contents.n_tokens is not None:
        facts["tokens"] = f"{contents.n_tokens:,}"
    if contents.n_tokens and contents.counts is not None:
        n_known = int(np.sum(contents.counts))
        facts["coverage"] = f"{n_known / contents.n_tokens:.2%} of the tokens are words of the vocabulary"
    if contents.moments is not None and contents.moments.n_polar:
        poles = contents.moments.pole_words(
            [contents.spellings.get(word, word) for word in contents.words], contents.matrix
        )
        facts["documents spread between"] = "; ".join(
            f"{', '.join(low)} / {', '.join(high)}" for low, high in poles
        )
    return facts


def _run_facts(metadata: Mapping[str, Any]) -> dict[str, object]:
    corpus, training = _mapping(metadata, "corpus"), _mapping(metadata, "training")
    facts: dict[str, object] = {}
    if files := _file_names(corpus):
        facts["corpus files"] = files
    if corpus.get("fingerprint"):
        facts["corpus fingerprint"] = f"sha256 {corpus['fingerprint']}"
    if start := _mapping(metadata, "init_from"):
        source = PurePath(str(start.get("source") or "other vectors")).name
        facts["started from"] = f"{source}, {_count(start, 'n_found', 'of whose words occur in the corpus')}"
    if isinstance(training.get("loss"), float):
        facts["loss"] = f"{training['loss']:.4f} (mean a pair, last block of training)"
    for name in ("n_tokens", "n_pairs", "n_steps"):
        if isinstance(training.get(name), int):
            facts[f"{name} trained, all epochs"] = f"{training[name]:,}"
    if isinstance(metadata.get("seconds"), int | float):
        facts["time"] = f"{metadata['seconds']:.1f} s"
    return facts | _plain({name: value for name, value in metadata.items() if name != "seconds"})


def _updates(metadata: Mapping[str, Any]) -> str:
    """List what was learned after the first text, a row an update."""
    updates = metadata.get("updates")
    rows = {}
    for number, update in enumerate(updates if isinstance(updates, list) else [], 1):
        if isinstance(update, Mapping):
            files = _file_names(_mapping(update, "corpus"))
            start = _mapping(update, "start")
            source = f"from {PurePath(str(start.get('source') or 'other vectors')).name}" if start else ""
            facts = [
                source,
                _count(update, "n_tokens", "words read"),
                _count(update, "n_new_words", "joined"),
            ]
            ending = "interrupted" if update.get("is_interrupted") else ""
            shown = [str(update.get("date", "")), files, *facts, ending]
            rows[str(number)] = ", ".join(part for part in shown if part)
    return _table("Updates", rows)


def _file_names(corpus: Mapping[str, Any]) -> str:
    sources = corpus.get("sources")
    if not isinstance(sources, list | tuple):
        return ""
    return ", ".join(PurePath(str(source)).name for source in sources)


def _count(values: Mapping[str, Any], name: str, what: str) -> str:
    return f"{values[name]:,} {what}" if isinstance(values.get(name), int) else ""


def _mapping(metadata: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an entry that is a mapping, else an empty one: files of other versions may hold anything."""
    value = metadata.get(name)
    return value if isinstance(value, Mapping) else {}


def _plain(values: Mapping[str, Any]) -> dict[str, object]:
    """Keep what fits in a cell: neither a subword model nor a nested table does."""
    return {
        name: value
        for name, value in values.items()
        if value is None or (isinstance(value, str | int | float) and len(str(value)) <= 200)
    }


def _table(title: str, rows: Mapping[str, object]) -> str:
    if not rows:
        return ""
    lines = [f"| {_cell(name)} | {_cell(value)} |" for name, value in rows.items()]
    return "\n".join([f"## {title}\n", f"| {title.lower()} | value |", "| --- | --- |", *lines, ""])


def _cell(value: object) -> str:
    shown = "not set" if value is None else str(value)
    return as_markdown(shown).replace("|", "\\|")
