"""What vectors tell of their training so far: words and counts, settings, tokens, updates."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from textransfer.config import BIASED, PretrainConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.text.vocabulary import Vocabulary

OF_THE_MACHINE = ("engine", "device", "n_jobs")
"""Settings that are not taken over: the next machine may be another."""


def updates_of(metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records of earlier updates, the oldest first."""
    records = metadata.get("updates")
    if not isinstance(records, list):
        return []
    return [dict(record) for record in records if isinstance(record, Mapping)]


def base_config(vectors: WordVectors) -> PretrainConfig:
    """Return the settings that an update starts from, `epochs` open if the text had chosen it.

    Vectors without a record of settings get the defaults for the size of their text; where that is not told
    either, they stay open.
    """
    names = set(PretrainConfig.names()) - set(OF_THE_MACHINE)
    known = {name: value for name, value in saved_settings(vectors).items() if name in names}
    known["vector_size"] = vectors.vector_size
    known.setdefault("objective", "sgns" if vectors.out_bias is None else "nce")
    config = PretrainConfig(**known)
    if vectors.n_tokens is None and not saved_settings(vectors):
        return config
    n_of_updates = sum(record.get("n_tokens", 0) for record in updates_of(vectors.metadata))
    by_size = replace(config, epochs=None).resolve(max((vectors.n_tokens or 0) - n_of_updates, 0))
    reasons = vectors.metadata.get("reasons")
    is_chosen = isinstance(reasons, Mapping) and "epochs" in reasons
    if is_chosen or config.epochs in (None, by_size.epochs):
        return replace(by_size, epochs=None)
    return replace(by_size, epochs=config.epochs)


def trained_tokens(vectors: WordVectors, config: PretrainConfig) -> int:
    """Return the tokens that the vectors were trained on so far, over all epochs and updates.

    Where no record tells, it is taken that the text was read as often as `config` says.
    """
    records = [vectors.metadata, *updates_of(vectors.metadata)]
    trained = [(record.get("training") or {}).get("n_tokens") for record in records]
    known = sum(n for n in trained if isinstance(n, int))
    return known or (vectors.n_tokens or 0) * (config.epochs or 1)


def vocabulary_of(vectors: WordVectors) -> Vocabulary:
    """Return the words and counts of before; counts are zero where vectors of another program tell none.

    Raises
    ------
    ConfigError
        If output vectors are there, but not the biases that belong to them.
    """
    is_biased = saved_settings(vectors).get("objective") in BIASED
    if is_biased and vectors.out_matrix is not None and vectors.out_bias is None:
        raise ConfigError(
            "these vectors have no output bias, without which training cannot go on; expected an embeddings "
            "folder as textransfer pretrain wrote it: pretrain anew"
        )
    if vectors.counts is None:
        zeros = np.zeros(len(vectors), dtype=np.int64)
        return Vocabulary(vectors.words, zeros, zeros, 0, 0)
    n_tokens = int(vectors.counts.sum()) if vectors.n_tokens is None else vectors.n_tokens
    documents = np.zeros_like(vectors.counts) if vectors.document_counts is None else vectors.document_counts
    return Vocabulary(vectors.words, vectors.counts, documents, n_tokens, vectors.n_documents or 0)


def saved_settings(vectors: WordVectors) -> Mapping[str, Any]:
    """Return the settings of pretraining as they were saved, empty if they were not."""
    settings = vectors.metadata.get("settings")
    return settings if isinstance(settings, Mapping) else {}
