"""Where a run starts: from random tables, or from vectors that learn further."""

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from textransfer.config import BIASED, PretrainConfig, TokenizerConfig
from textransfer.embeddings.moments import DocumentMoments, moments_of
from textransfer.embeddings.ngrams import NgramVectors
from textransfer.embeddings.phrases import PhraseVectors
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.pretrain.engines import Engine, EngineChoice, build_engine
from textransfer.pretrain.hashed import warn_of_hashed_ngrams
from textransfer.pretrain.phrases import phrases_of
from textransfer.pretrain.pieces import wants_subwords
from textransfer.pretrain.preparation import OnScan, PreparedCorpus, prepare
from textransfer.pretrain.progress import OnStage
from textransfer.pretrain.provenance import base_config, trained_tokens, updates_of, vocabulary_of
from textransfer.pretrain.schedule import continued_rate
from textransfer.pretrain.tables import Tables
from textransfer.pretrain.taken_over import (
    few_shrunk,
    missing_facts,
    scale_of,
    start_facts,
    with_fewer_epochs,
)
from textransfer.randomness import Stream, stream_key
from textransfer.text.guessing import guess_tokenizer, unmet_words
from textransfer.text.reading.corpus import Corpus
from textransfer.text.tokenize import Tokenizer, build_tokenizer, tokenizer_from_spec
from textransfer.text.vocabulary import Vocabulary

FIXED = ("vector_size", "objective")
"""Settings that the vectors' own tables fix."""


class Start:
    """A run that begins with random tables.

    Parameters
    ----------
    tokenizer_config : TokenizerConfig or None
        None if the tokenizer is known already.
    config : PretrainConfig
        The settings as they are known before the text is read.

    Attributes
    ----------
    old : WordVectors or None
        The vectors that the run begins with.
    vectors_hash : str
        Their SHA-256; empty if there are none.
    update : int
        Number of the update, counted from 1; 0 for pretraining.
    may_cut_words : bool
        Whether the tokenizer "auto" may take pieces of words; not where vectors of words are there already.
    """

    old: WordVectors | None = None
    vectors_hash = ""
    update = 0
    may_cut_words = True

    def __init__(self, tokenizer_config: TokenizerConfig | None, config: PretrainConfig) -> None:
        self.config = config
        self._tokenizer_config = tokenizer_config

    def settings(self, config: PretrainConfig) -> dict[str, Any]:
        """Return all settings of a run, of which `config` are those of training."""
        of_tokenizer = {} if self._tokenizer_config is None else self._tokenizer_config.to_dict()
        return {**of_tokenizer, **config.to_dict()}

    def known_settings(self) -> dict[str, Any]:
        """Return what is known of `settings` before the text is read; None where it is not."""
        return self.settings(self.config)

    def read(
        self,
        corpus: Corpus,
        folder: Path,
        tokenizer_spec: Mapping[str, Any] | None,
        on_scan: OnScan | None,
        on_stage: OnStage,
    ) -> PreparedCorpus:
        """Read and encode the text; a tokenizer that a checkpoint holds is not learned from it again."""
        tokenizer = self.tokenizer(corpus, tokenizer_spec, on_stage)
        on_stage("reading")
        known = self.known_words(tokenizer)
        prepared = prepare(
            corpus, tokenizer, self.config, folder, known=known, on_scan=on_scan, on_stage=on_stage
        )
        return self.settled(prepared)

    def tokenizer(self, corpus: Corpus, spec: Mapping[str, Any] | None, on_stage: OnStage) -> Tokenizer:
        """Return what cuts the text into words: that of a checkpoint, or as the settings say."""
        if spec is not None and spec.get("name") == "subword":
            return tokenizer_from_spec(dict(spec))
        config = self._tokenizer_config or TokenizerConfig()
        if self.may_cut_words and wants_subwords(config, corpus):
            config = replace(config, tokenizer="subword")
        if config.tokenizer == "subword":
            on_stage("subwords")
        return build_tokenizer(config, corpus)

    def known_words(self, tokenizer: Tokenizer) -> Vocabulary | None:
        """Return the words that have the first ids, however rare they are in the text, or None."""
        return None

    def settled(self, prepared: PreparedCorpus) -> PreparedCorpus:
        """Return the settings, once the text is read."""
        return prepared

    def seed_of_draws(self, seed: int) -> int:
        """Return the seed of the run's own draws."""
        return seed

    def engine(self, choice: EngineChoice, prepared: PreparedCorpus, seed: int) -> Engine:
        """Make the engine, its tables as they are before the first step."""
        return build_engine(choice, prepared.config, prepared.encoded.vocabulary.counts, seed)

    def vectors(
        self,
        tables: Tables,
        prepared: PreparedCorpus,
        moments: DocumentMoments | None,
        ngrams: NgramVectors | None,
        phrases: PhraseVectors | None,
        facts: Mapping[str, Any],
    ) -> WordVectors:
        """Put what was learned together with the words and the facts of the run."""
        old, vocabulary = self.old, prepared.encoded.vocabulary
        own_spec = None if old is None else old.tokenizer_spec
        if old is not None and old.counts is None:
            old = None  # nothing is known of its text
        has_document_counts = old is None or old.document_counts is not None
        has_documents = old is None or old.n_documents is not None
        return WordVectors(
            vocabulary.words,
            tables.in_vectors,
            counts=vocabulary.counts,
            document_counts=vocabulary.document_counts if has_document_counts else None,
            n_tokens=vocabulary.n_tokens,
            n_documents=vocabulary.n_documents if has_documents else None,
            out_matrix=tables.out_vectors,
            out_bias=tables.out_bias if prepared.config.objective in BIASED else None,
            moments=moments,
            ngrams=ngrams,
            phrases=phrases,
            tokenizer_spec=prepared.tokenizer.spec() if own_spec is None else own_spec,
            spellings={**prepared.spellings, **({} if self.old is None else self.old.spellings)},
            metadata=self._metadata(prepared, facts),
        )

    def moments(
        self, tables: Tables, prepared: PreparedCorpus, seed: int, on_stage: OnStage
    ) -> DocumentMoments | None:
        """Return the moments of the documents, under the vectors that were learned."""
        return moments_of(tables.in_vectors, prepared.encoded, seed, on_stage)

    def phrases(
        self,
        tables: Tables,
        prepared: PreparedCorpus,
        moments: DocumentMoments | None,
        seed: int,
        on_stage: OnStage,
    ) -> PhraseVectors | None:
        """Return the vectors of words and phrases by the documents that hold them."""
        return phrases_of(tables.in_vectors, prepared.encoded, moments, seed, on_stage)

    def _metadata(self, prepared: PreparedCorpus, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        return facts


class UpdateStart(Start):
    """A run that begins with vectors: old words keep their ids, new words join behind them.

    Parameters
    ----------
    old : WordVectors
        As `pretrain_vectors` makes them, or those of another program: see the notes.
    source : str, default=""
        Name of the file that they come from.
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

    Vectors of another program lack a record of their training. What they do not tell is taken so: the
    tokenizer from the settings or, if these leave it open, from the words (`guess_tokenizer`); output vectors
    start at zero, the learning rate where it always starts, with at most `INITIAL_EPOCHS` epochs and the
    vectors scaled by one number (`scale_of`); counts are those of the new text alone, so that words that it
    lacks are no noise; other settings are the defaults for the size of the new text.
    """

    old: WordVectors
    may_cut_words = False

    def __init__(self, old: WordVectors, *, source: str = "", **settings: object) -> None:
        self.old = old
        warn_of_hashed_ngrams(old)
        self._source = source
        self._known = vocabulary_of(old)
        changes, of_text = _checked_changes(settings, old)
        tokenizer_config = None
        if old.tokenizer_spec is None:
            tokenizer_config = guess_tokenizer(old.words, of_text.pop("tokenizer", None))
            if tokenizer_config.negation == "none":  # then they are new words, where the text is English
                tokenizer_config = replace(tokenizer_config, negation="auto")
            tokenizer_config = tokenizer_config.override(**of_text)
        super().__init__(tokenizer_config, base_config(old).override(**changes))
        self._is_rate_open = "learning_rate" not in changes and self.config.schedule != "constant"
        self.update = 1 + len(updates_of(old.metadata))
        self.vectors_hash = hash_of(old)

    def known_settings(self) -> dict[str, Any]:
        """Return the settings, but for a learning rate that the sizes of the texts decide."""
        known = super().known_settings()
        return {**known, "learning_rate": None} if self._is_rate_open else known

    def tokenizer(self, corpus: Corpus, spec: Mapping[str, Any] | None, on_stage: OnStage) -> Tokenizer:
        """Return the vectors' tokenizer, if they have one."""
        return self.old.tokenizer() if self.old.tokenizer_spec else super().tokenizer(corpus, spec, on_stage)

    def known_words(self, tokenizer: Tokenizer) -> Vocabulary:
        """Return all words of before."""
        return self._known

    def settled(self, prepared: PreparedCorpus) -> PreparedCorpus:
        """Settle where the learning rate starts."""
        _warn_if_learned(prepared.fingerprint, self.old.metadata)
        if self.old.out_matrix is None:
            prepared = with_fewer_epochs(prepared, self.config)
        config = prepared.config
        if self._is_rate_open:
            n_new = prepared.encoded.n_tokens * (config.epochs or 1)
            n_old = 0 if self.old.out_matrix is None else trained_tokens(self.old, config)
            rate = continued_rate(config.learning_rate, config.min_learning_rate, n_old, n_new)
            config = replace(config, learning_rate=rate)
        return replace(prepared, config=config)

    def seed_of_draws(self, seed: int) -> int:
        """Return a seed of this update's own: each further one draws others from the same random state."""
        return stream_key(seed + self.update - 1, Stream.UPDATE)

    def engine(self, choice: EngineChoice, prepared: PreparedCorpus, seed: int) -> Engine:
        """Make an engine whose tables hold the old words' values, and fresh ones for the new words."""
        engine = build_engine(choice, prepared.config, prepared.encoded.vocabulary.counts, seed)
        tables, n_old = engine.tables(), len(self.old)
        if self.old.out_matrix is None:
            tables.in_vectors[:n_old] = self.old.matrix * scale_of(self.old.matrix)
            tables.out_vectors[:n_old] = 0
        else:
            tables.in_vectors[:n_old] = self.old.matrix
            tables.out_vectors[:n_old] = self.old.out_matrix
        if self.old.out_bias is not None:
            tables.out_bias[:n_old] = self.old.out_bias
        engine.load(tables)
        return engine

    def moments(
        self, tables: Tables, prepared: PreparedCorpus, seed: int, on_stage: OnStage
    ) -> DocumentMoments | None:
        """Return the moments of old and new documents; those of the old ones are as the old vectors gave."""
        old, new = self.old.moments, super().moments(tables, prepared, seed, on_stage)
        if old is None and self.old.out_matrix is None:
            return few_shrunk(new, tables.in_vectors, prepared.encoded.n_documents)
        if old is None or new is None:
            return new if old is None else old
        n_documents = prepared.encoded.vocabulary.n_documents
        return old.mixed_with(new, (n_documents - self._known.n_documents) / max(n_documents, 1))

    def phrases(
        self,
        tables: Tables,
        prepared: PreparedCorpus,
        moments: DocumentMoments | None,
        seed: int,
        on_stage: OnStage,
    ) -> PhraseVectors | None:
        """Return those of the old documents, if there are some and they are no fewer than the new ones."""
        old, n_documents = self.old.phrases, prepared.encoded.vocabulary.n_documents
        if old is not None and 2 * self._known.n_documents >= n_documents:
            return old.with_words(len(prepared.encoded.vocabulary))
        return super().phrases(tables, prepared, moments, seed, on_stage) or (
            None if old is None else old.with_words(len(prepared.encoded.vocabulary))
        )

    def _metadata(self, prepared: PreparedCorpus, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put a record of this update behind those of the runs before."""
        vocabulary, before = prepared.encoded.vocabulary, self.old.metadata
        record = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            **facts,
            "n_tokens": vocabulary.n_tokens - self._known.n_tokens,
            "n_documents": vocabulary.n_documents - self._known.n_documents,
            "n_new_words": len(vocabulary) - len(self.old),
        }
        if missing_facts(self.old):
            record["start"] = start_facts(
                self._source,
                self.old,
                prepared,
                len(self.old),
                n_unmet=len(unmet_words(self.old.words, prepared.tokenizer)),
                is_scaled=self.old.out_matrix is None,
            )
            before = {"settings": facts["settings"], **before}
        seconds = before.get("seconds")
        return {
            **before,
            "seconds": facts["seconds"] + (seconds if isinstance(seconds, int | float) else 0.0),
            "updates": [*updates_of(before), record],
        }


def hash_of(vectors: WordVectors) -> str:
    """Return the SHA-256 of words, sizes, counts and matrices, as hexadecimal digits."""
    digest = hashlib.sha256("\n".join(vectors.words).encode("utf-8", "surrogatepass"))
    sizes = vectors.n_tokens, vectors.n_documents, len(updates_of(vectors.metadata))
    digest.update(repr(sizes).encode("ascii"))
    for array in (vectors.counts, vectors.matrix, vectors.out_matrix, vectors.out_bias):
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _checked_changes(
    settings: Mapping[str, object], vectors: WordVectors
) -> tuple[dict[str, object], dict[str, Any]]:
    """Return the settings that are not None, those of training and those of the tokenizer.

    Raises
    ------
    ConfigError
        If an update cannot change them.
    """
    changes = {name: value for name, value in settings.items() if value is not None}
    own = base_config(vectors)
    for name in FIXED:
        if name in changes and changes[name] != getattr(own, name) and _is_fixed(name, vectors):
            raise ConfigError(
                f"{name} is {changes[name]!r}, but the vectors have {getattr(own, name)!r}, which an update "
                "cannot change: leave it out, or pretrain anew"
            )
    of_text = {name: changes.pop(name) for name in TokenizerConfig.names() if name in changes}
    if of_text and vectors.tokenizer_spec is not None:
        raise ConfigError(
            f"{', '.join(sorted(of_text))} cannot change: new text is cut by the tokenizer that was saved "
            "with the vectors; leave it out, or pretrain anew"
        )
    return changes, of_text


def _is_fixed(name: str, vectors: WordVectors) -> bool:
    return name != "objective" or vectors.out_matrix is not None


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
