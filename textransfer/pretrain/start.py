"""Where a run starts: from random tables, or from vectors that learn further."""

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.pretrain.documents import moments_of
from textransfer.pretrain.earlier import base_config, trained_tokens, updates_of, vocabulary_of
from textransfer.pretrain.engines import Engine, EngineChoice, build_engine
from textransfer.pretrain.preparation import OnScan, PreparedCorpus, prepare
from textransfer.pretrain.schedule import continued_rate
from textransfer.pretrain.tables import Tables
from textransfer.randomness import Stream, stream_key
from textransfer.text.corpus import Corpus
from textransfer.text.tokenize import build_tokenizer, tokenizer_from_spec

FIXED = ("vector_size", "objective")
"""Settings that the vectors' own tables fix."""


class Start(Protocol):
    """What distinguishes a run that begins with nothing from one that begins with vectors."""

    config: PretrainConfig
    """The settings as they are known before the text is read."""
    vectors_hash: str
    """SHA-256 of the vectors; empty if there are none."""
    update: int
    """Number of the update, counted from 1; 0 for pretraining."""

    def known_settings(self) -> dict[str, Any]:
        """Return what is known of `settings` before the text is read; None where it is not."""
        ...

    def settings(self, config: PretrainConfig) -> dict[str, Any]:
        """Return all settings of a run, of which `config` are those of training."""
        ...

    def read(
        self, corpus: Corpus, folder: Path, tokenizer_spec: Mapping[str, Any] | None, on_scan: OnScan | None
    ) -> PreparedCorpus:
        """Read and encode the text; with the tokenizer of a checkpoint, if there is one."""
        ...

    def seed_of_draws(self, seed: int) -> int:
        """Return the seed of the run's own draws."""
        ...

    def engine(self, choice: EngineChoice, prepared: PreparedCorpus, seed: int) -> Engine:
        """Make the engine, its tables as they are before the first step."""
        ...

    def vectors(self, tables: Tables, prepared: PreparedCorpus, facts: Mapping[str, Any]) -> WordVectors:
        """Put what was learned together with the words and the facts of the run."""
        ...


class FreshStart:
    """A run that begins with random tables.

    Parameters
    ----------
    tokenizer_config : TokenizerConfig
    config : PretrainConfig
    """

    vectors_hash = ""
    update = 0

    def __init__(self, tokenizer_config: TokenizerConfig, config: PretrainConfig) -> None:
        self.tokenizer_config = tokenizer_config
        self.config = config

    def known_settings(self) -> dict[str, Any]:
        """Return the settings of tokenizer and training; see `Start`."""
        return self.settings(self.config)

    def settings(self, config: PretrainConfig) -> dict[str, Any]:
        """Return the settings of tokenizer and training; see `Start`."""
        return {**self.tokenizer_config.to_dict(), **config.to_dict()}

    def read(
        self, corpus: Corpus, folder: Path, tokenizer_spec: Mapping[str, Any] | None, on_scan: OnScan | None
    ) -> PreparedCorpus:
        """Read the text; a tokenizer that was learned from it is not learned again."""
        if tokenizer_spec is not None and tokenizer_spec.get("name") == "subword":
            tokenizer = tokenizer_from_spec(dict(tokenizer_spec))
        else:
            tokenizer = build_tokenizer(self.tokenizer_config, corpus)
        return prepare(corpus, tokenizer, self.config, folder, on_scan=on_scan)

    def seed_of_draws(self, seed: int) -> int:
        """Return the seed itself."""
        return seed

    def engine(self, choice: EngineChoice, prepared: PreparedCorpus, seed: int) -> Engine:
        """Make an engine with random tables."""
        return build_engine(choice, prepared.config, prepared.encoded.vocabulary.counts, seed)

    def vectors(self, tables: Tables, prepared: PreparedCorpus, facts: Mapping[str, Any]) -> WordVectors:
        """Put what was learned together with the words and the facts of the run."""
        vocabulary = prepared.encoded.vocabulary
        return WordVectors(
            vocabulary.words,
            tables.in_vectors,
            counts=vocabulary.counts,
            document_counts=vocabulary.document_counts,
            n_tokens=vocabulary.n_tokens,
            n_documents=vocabulary.n_documents,
            out_matrix=tables.out_vectors,
            out_bias=tables.out_bias if prepared.config.objective == "nce" else None,
            moments=moments_of(tables.in_vectors, prepared.encoded, facts["random_state"]),
            tokenizer_spec=prepared.tokenizer.spec(),
            metadata=facts,
        )


class UpdateStart:
    """A run that begins with vectors: old words keep their ids, new words join behind them.

    Parameters
    ----------
    vectors : WordVectors
        With output vectors, counts and tokenizer, as `pretrain_vectors` makes them.
    **settings
        Those of `PretrainConfig` that shall differ from the defaults below. None counts as not given.

    Raises
    ------
    ConfigError
        If the vectors cannot be trained further, or the settings cannot be obeyed.

    Notes
    -----
    Defaults are the settings that the vectors were pretrained with, with four exceptions. Engine, device and
    threads are chosen anew. `epochs` is chosen by the size of the new text, if it was so in pretraining. The
    learning rate starts where a linear schedule over old and new tokens together would stand after the old
    ones (`continued_rate`), and ends at `min_learning_rate`; a constant one stays. The tokenizer, the vector
    size and the objective cannot change.

    New words start from the values that all words start from (input vectors random, NCE's bias at ln q).
    Counts, and with them noise and subsampling, are those of both texts.
    """

    def __init__(self, old: WordVectors, **settings: object) -> None:
        self.old = old
        self._known = vocabulary_of(old)
        self.update = 1 + len(updates_of(old.metadata))
        changes = _checked_changes(settings, old)
        self.config = base_config(old).override(**changes)
        self._is_rate_open = "learning_rate" not in changes and self.config.schedule != "constant"
        self.vectors_hash = hash_of(old)

    def known_settings(self) -> dict[str, Any]:
        """Return the settings of training, but for a learning rate that the sizes of the texts decide."""
        known = self.config.to_dict()
        return {**known, "learning_rate": None} if self._is_rate_open else known

    def settings(self, config: PretrainConfig) -> dict[str, Any]:
        """Return the settings of training; the tokenizer is that of the vectors."""
        return config.to_dict()

    def read(
        self, corpus: Corpus, folder: Path, tokenizer_spec: Mapping[str, Any] | None, on_scan: OnScan | None
    ) -> PreparedCorpus:
        """Read the new text with the vectors' tokenizer, and settle where the learning rate starts."""
        prepared = prepare(
            corpus, self.old.tokenizer(), self.config, folder, known=self._known, on_scan=on_scan
        )
        _warn_if_learned(prepared.fingerprint, self.old.metadata)
        config = prepared.config
        if self._is_rate_open:
            n_new = prepared.encoded.n_tokens * (config.epochs or 1)
            n_old = trained_tokens(self.old, config)
            rate = continued_rate(config.learning_rate, config.min_learning_rate, n_old, n_new)
            config = replace(config, learning_rate=rate)
        return replace(prepared, config=config)

    def seed_of_draws(self, seed: int) -> int:
        """Return a seed of this update's own: each further one draws others from the same random state."""
        return stream_key(seed + self.update - 1, Stream.UPDATE)

    def engine(self, choice: EngineChoice, prepared: PreparedCorpus, seed: int) -> Engine:
        """Make an engine whose tables hold the old words' values, and fresh ones for the new words."""
        # A word that was given with a count of zero must not be divided by.
        counts = np.maximum(prepared.encoded.vocabulary.counts, 1)
        engine = build_engine(choice, prepared.config, counts, seed)
        tables, n_old = engine.tables(), len(self.old)
        tables.in_vectors[:n_old] = self.old.matrix
        tables.out_vectors[:n_old] = self.old.out_matrix
        if self.old.out_bias is not None:
            tables.out_bias[:n_old] = self.old.out_bias
        engine.load(tables)
        return engine

    def vectors(self, tables: Tables, prepared: PreparedCorpus, facts: Mapping[str, Any]) -> WordVectors:
        """Put what was learned together with the words and the facts of all runs."""
        old, vocabulary = self.old, prepared.encoded.vocabulary
        n_new_documents = vocabulary.n_documents - self._known.n_documents
        moments = moments_of(tables.in_vectors, prepared.encoded, facts["random_state"])
        if old.moments is not None and moments is not None:
            # Those of the old text are taken under the old vectors.
            moments = old.moments.mixed_with(moments, n_new_documents / max(vocabulary.n_documents, 1))
        record = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            **facts,
            "n_tokens": vocabulary.n_tokens - self._known.n_tokens,
            "n_documents": n_new_documents,
            "n_new_words": len(vocabulary) - len(old),
        }
        seconds = old.metadata.get("seconds")
        return WordVectors(
            vocabulary.words,
            tables.in_vectors,
            counts=vocabulary.counts,
            document_counts=None if old.document_counts is None else vocabulary.document_counts,
            n_tokens=vocabulary.n_tokens,
            n_documents=None if old.n_documents is None else vocabulary.n_documents,
            out_matrix=tables.out_vectors,
            out_bias=None if old.out_bias is None else tables.out_bias,
            moments=moments if moments is not None else old.moments,
            tokenizer_spec=old.tokenizer_spec,
            metadata={
                **old.metadata,
                "seconds": facts["seconds"] + (seconds if isinstance(seconds, int | float) else 0.0),
                "updates": [*updates_of(old.metadata), record],
            },
        )


def hash_of(vectors: WordVectors) -> str:
    """Return the SHA-256 of words, sizes, counts and matrices, as hexadecimal digits."""
    digest = hashlib.sha256("\n".join(vectors.words).encode("utf-8", "surrogatepass"))
    sizes = vectors.n_tokens, vectors.n_documents, len(updates_of(vectors.metadata))
    digest.update(repr(sizes).encode("ascii"))
    for array in (vectors.counts, vectors.matrix, vectors.out_matrix, vectors.out_bias):
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _checked_changes(settings: Mapping[str, object], vectors: WordVectors) -> dict[str, object]:
    """Return the settings that are not None, if an update can change them."""
    changes = {name: value for name, value in settings.items() if value is not None}
    own = base_config(vectors)
    for name in FIXED:
        if name in changes and changes[name] != getattr(own, name):
            raise ConfigError(
                f"{name} is {changes[name]!r}, but the vectors have {getattr(own, name)!r}, which an update "
                "cannot change: leave it out, or pretrain anew"
            )
    of_text = sorted(set(changes) & set(TokenizerConfig.names()))
    if of_text:
        raise ConfigError(
            f"{', '.join(of_text)} cannot change: new text is cut by the tokenizer that was saved with the "
            "vectors; leave it out, or pretrain anew"
        )
    return changes


def _warn_if_learned(fingerprint: str, metadata: Mapping[str, Any]) -> None:
    """Say so if the very same text was learned before: its words count twice."""
    names = ["pretraining", *(f"update {n}" for n in range(1, len(updates_of(metadata)) + 1))]
    for name, record in zip(names, [metadata, *updates_of(metadata)], strict=True):
        corpus = record.get("corpus")
        if isinstance(corpus, Mapping) and corpus.get("fingerprint") == fingerprint:
            warnings.warn(
                f"this text was learned before, in {name}: its words will be counted twice",
                TextransferWarning,
                stacklevel=2,
            )
            return
