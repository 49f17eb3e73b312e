"""Pretraining that starts from the vectors of other texts: their words from there, new ones at random."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.embeddings.matching import words_as_cut
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.pretrain.engines import Engine, EngineChoice
from textransfer.pretrain.hashed import warn_of_hashed_ngrams
from textransfer.pretrain.preparation import PreparedCorpus
from textransfer.pretrain.progress import OnStage
from textransfer.pretrain.start import Start, hash_of
from textransfer.pretrain.tables import Tables
from textransfer.pretrain.taken_over import few_shrunk, scale_of, start_facts, with_fewer_epochs
from textransfer.text.guessing import unmet_words
from textransfer.text.reading.corpus import Corpus
from textransfer.text.tokenize import Tokenizer, tokenizer_from_spec
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.text.vocabulary import Vocabulary

InitFrom = WordVectors | str | Path
"""Vectors, or the folder or file that holds them."""


def start_of(tokenizer_config: TokenizerConfig, config: PretrainConfig, init_from: InitFrom | None) -> Start:
    """Return the start of pretraining: from random tables, or from other vectors."""
    if init_from is None:
        return Start(tokenizer_config, config)
    if isinstance(init_from, WordVectors):
        return InitialStart(tokenizer_config, config, init_from)
    path = Path(init_from)
    return InitialStart(tokenizer_config, config, WordVectors.load(path), source=path.name)


class InitialStart(Start):
    """A run whose words start from the vectors of other texts.

    Parameters
    ----------
    tokenizer_config, config
        As in `Start`.
    vectors : WordVectors
        They need no counts, output vectors or tokenizer. All their words that the tokenizer can give belong
        to the vocabulary, however rare they are in the text, or absent; see `words_as_cut`. With
        `max_vocab_size` only so many, the first ones, do.
    source : str, default=""
        Name of the file that they come from.

    Raises
    ------
    ConfigError
        If the settings ask for another vector size.

    Notes
    -----
    Vectors are scaled by one number, which changes no angle (`scale_of`); new words start at random, output
    vectors at zero. Counts are those of the text, so that words that it lacks are no noise. `epochs` that are
    open are at most `INITIAL_EPOCHS`. Vectors of subwords bring their tokenizer.
    """

    may_cut_words = False

    def __init__(
        self,
        tokenizer_config: TokenizerConfig,
        config: PretrainConfig,
        vectors: WordVectors,
        *,
        source: str = "",
    ) -> None:
        if config.vector_size not in (None, vectors.vector_size):
            raise ConfigError(
                f"vector_size is {config.vector_size}, but the vectors to start from have "
                f"{vectors.vector_size} dimensions; leave it out, or start from others"
            )
        super().__init__(tokenizer_config, replace(config, vector_size=vectors.vector_size))
        self.vectors_hash = f"initial {hash_of(vectors)}"
        self._vectors = vectors
        warn_of_hashed_ngrams(vectors)
        self._source = source
        self._facts: dict[str, Any] = {}
        self._n_unmet = 0
        self._cut: tuple[list[str], npt.NDArray[np.int64]] | None = None

    def tokenizer(self, corpus: Corpus, spec: Mapping[str, Any] | None, on_stage: OnStage) -> Tokenizer:
        """Return what cuts the text: the subwords of the vectors if they are such, else as in `Start`."""
        own = self._vectors.tokenizer_spec
        if own is not None and own.get("name") == "subword" and self._is_open("subword"):
            return tokenizer_from_spec(own)
        return super().tokenizer(corpus, spec, on_stage)

    def known_words(self, tokenizer: Tokenizer) -> Vocabulary:
        """Return the words of the vectors, of which nothing is counted yet."""
        words, _ = self._known(tokenizer)
        zeros = np.zeros(len(words), dtype=np.int64)
        return Vocabulary(words, zeros, zeros, 0, 0)

    def settled(self, prepared: PreparedCorpus) -> PreparedCorpus:
        """Refuse vectors that know no word of the text; settle the epochs."""
        tokenizer = prepared.tokenizer
        words, _ = self._known(tokenizer)
        if not prepared.counts[: len(words)].any():
            shown = ", ".join(prepared.encoded.vocabulary.words[len(words) :][:3])
            raise ConfigError(
                f"no word of the text is among the {len(words):,} of the vectors to start from: it has words "
                f"like {shown} (tokenizer: {tokenizer.name}), they have words like {', '.join(words[:3])}; "
                "expected vectors of the same language: give others, or name the tokenizer that suits them"
            )
        return with_fewer_epochs(prepared, self.config)

    def engine(self, choice: EngineChoice, prepared: PreparedCorpus, seed: int) -> Engine:
        """Make the engine, its input vectors those of the known words."""
        engine = super().engine(choice, prepared, seed)
        words, rows = self._known(prepared.tokenizer)
        tables = engine.tables()
        tables.in_vectors[: len(words)] = self._vectors.matrix[rows] * scale_of(self._vectors.matrix)
        engine.load(tables)
        self._facts = start_facts(
            self._source, self._vectors, prepared, len(words), n_unmet=self._n_unmet, is_scaled=True
        )
        return engine

    def moments(
        self, tables: Tables, prepared: PreparedCorpus, seed: int, on_stage: OnStage
    ) -> DocumentMoments | None:
        """Return the moments of the documents, as far as so few speak for them."""
        moments = super().moments(tables, prepared, seed, on_stage)
        return few_shrunk(moments, tables.in_vectors, prepared.encoded.n_documents)

    def _metadata(self, prepared: PreparedCorpus, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**facts, "init_from": self._facts}

    def _known(self, tokenizer: Tokenizer) -> tuple[list[str], npt.NDArray[np.int64]]:
        """Return the words that are taken over, and their rows."""
        if self._cut is None:
            words, rows = words_as_cut(self._vectors, tokenizer)
            self._n_unmet = len(self._vectors) - len(words)
            if tokenizer.name != WordsTokenizer.name:  # then all stay
                self._n_unmet = len(unmet_words(words, tokenizer))
            self._cut = words[: self.config.max_vocab_size], rows[: self.config.max_vocab_size]
        return self._cut

    def _is_open(self, name: str) -> bool:
        return self._tokenizer_config is not None and self._tokenizer_config.tokenizer in ("auto", name)
