"""Going on with new text: old words keep learning under their ids, new words join behind them."""

import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np

from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.embeddings.documents import DocumentMoments
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError, NumericalError, TextransferWarning
from textransfer.pretrain.documents import moments_of
from textransfer.pretrain.earlier import base_config, trained_tokens, updates_of, vocabulary_of
from textransfer.pretrain.engines import Engine, EngineChoice, build_engine, choose_engine
from textransfer.pretrain.interrupt import deferred_interrupt
from textransfer.pretrain.schedule import LearningRate, continued_rate
from textransfer.pretrain.tables import Tables
from textransfer.pretrain.trainer import Progress, Trainer
from textransfer.randomness import Stream, seed_of, stream_key
from textransfer.text.corpus import Documents, as_corpus
from textransfer.text.encoded import EncodedCorpus
from textransfer.text.pipeline import available_cores
from textransfer.text.scan import scan_corpus
from textransfer.text.vocabulary import Vocabulary
from textransfer.version import __version__

FIXED = ("vector_size", "objective")
"""Settings that the vectors' own tables fix."""


def update_vectors(
    vectors: WordVectors, documents: Documents, *, random_state: int | None = 0, **settings: object
) -> WordVectors:
    """Go on pretraining with new text, and return the vectors that come of it.

    Parameters
    ----------
    vectors : WordVectors
        From `SkipGram`, or an embeddings folder; they stay as they are.
    documents : str, Path, sequence of str, or Corpus
        The new text: a file (or glob, or folder) of documents, the documents themselves, or a corpus.
    random_state : int or None, default=0
        Seed of all draws; each further update draws others from the same seed.
    **settings
        Those of `PretrainConfig` that shall differ from `VectorUpdate`'s defaults, such as `epochs`.

    Raises
    ------
    ConfigError
        If the vectors cannot be trained further, or the settings cannot be obeyed.
    CorpusError
        If the text cannot be read, or nothing can be learned from it.
    NumericalError
        If training leaves the finite numbers.

    Examples
    --------
    >>> from textransfer import SkipGram, update_vectors
    >>> old = SkipGram(vector_size=8, epochs=5).fit(["a warm and funny film", "a dull film"]).vectors_
    >>> new = update_vectors(old, ["a gripping film", "a warm and gripping film"])
    >>> new.words[: len(old)] == old.words, "gripping" in new
    (True, True)
    """
    return VectorUpdate(vectors, random_state=random_state, **settings).fit(documents).vectors_


class VectorUpdate:
    """One round of further training; `update_vectors` is the short way to it.

    Parameters
    ----------
    vectors : WordVectors
        With output vectors, counts and tokenizer, as `pretrain` saves them.
    random_state : int or None, default=0
        Seed of all draws.
    **settings
        Those of `PretrainConfig` that shall differ from the defaults below. None counts as not given.

    Attributes
    ----------
    vectors_ : WordVectors
        The result. After a KeyboardInterrupt during training: what was learned until then.
    config_ : PretrainConfig
        The settings that were used.
    engine_ : EngineChoice
    history_ : list of Progress
        One record a block.
    is_interrupted_ : bool
    record_ : dict
        The facts of this update, as `config.json` lists them.

    Notes
    -----
    Defaults are the settings that the vectors were pretrained with, with four exceptions. Engine, device and
    threads are chosen anew. `epochs` is chosen by the size of the new text, if it was so in pretraining. The
    learning rate starts where a linear schedule over old and new tokens together would stand after the old
    ones (`continued_rate`), and ends at `min_learning_rate`; a constant one stays. The tokenizer, the vector
    size and the objective cannot change.

    Words that occur `min_count` times in the new text join behind the old ones, with the values that all
    words start from (input vectors random, NCE's bias at ln q). Counts, and with them noise and subsampling,
    are those of both texts.
    """

    def __init__(self, vectors: WordVectors, *, random_state: int | None = 0, **settings: object) -> None:
        self.vectors = vectors
        self.random_state = random_state
        self.settings = settings

    def check(self) -> PretrainConfig:
        """Return the settings as far as they are known before the text is read.

        Raises
        ------
        ConfigError
            If the vectors cannot be trained further, or the settings cannot be obeyed.
        """
        vocabulary_of(self.vectors)
        return base_config(self.vectors).override(**_changes(self.settings, self.vectors))

    def fit(
        self,
        documents: Documents,
        *,
        work_folder: Path | None = None,
        on_scan: Callable[[int, int], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Self:
        """Train on the new text.

        Parameters
        ----------
        documents : str, Path, sequence of str, or Corpus
            The new text.
        work_folder : Path, optional
            Where the encoded text lies while training (4 bytes a token); a temporary folder by default.
        on_scan : callable, optional
            Called with the documents and tokens read so far, while the text is read.
        on_progress : callable, optional
            Called with a record after each block of training.

        Raises
        ------
        ConfigError, CorpusError, NumericalError
            As `update_vectors`.
        """
        base = self.check()
        known = vocabulary_of(self.vectors)
        tokenizer = self.vectors.tokenizer()
        corpus = as_corpus(documents)
        seed = seed_of(self.random_state)
        fingerprint = corpus.fingerprint()
        _warn_if_seen(fingerprint, self.vectors.metadata)
        self.history_: list[Progress] = []
        self.is_interrupted_ = False
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="textransfer-", dir=work_folder) as folder:
            raw = scan_corpus(
                corpus,
                tokenizer,
                Path(folder),
                n_jobs=base.n_jobs or available_cores(),
                max_words=base.max_scan_words,
                progress=on_scan,
            )
            config = base.resolve(raw.n_tokens)
            encoded = raw.finish(config.min_count or 1, config.max_vocab_size, known=known)
            _check_learnable(encoded, raw.n_tokens, config)
            self.config_ = config = self._with_rate(config, encoded.n_tokens * (config.epochs or 1))
            self.engine_ = choose_engine(config, encoded.n_tokens)
            own_seed = stream_key(seed + len(updates_of(self.vectors.metadata)), Stream.UPDATE)
            engine = _continued_engine(self.engine_, config, encoded.vocabulary, own_seed, self.vectors)
            trainer = Trainer(
                engine=engine,
                corpus=encoded,
                epochs=config.epochs or 1,
                learning_rate=LearningRate(config.learning_rate, config.min_learning_rate, config.schedule),
                max_steps=config.max_steps,
                shuffle_seed=own_seed if config.shuffle else None,
            )
            try:
                self._train(trainer, on_progress)
            except KeyboardInterrupt:
                self.is_interrupted_ = True
                raise
            finally:
                facts = {
                    "corpus": {"sources": [file.name for file in corpus.files], "fingerprint": fingerprint},
                    "n_tokens": raw.n_tokens,
                    "n_documents": raw.n_documents,
                    "random_state": seed,
                    "seconds": time.perf_counter() - started,
                }
                self.record_ = self._record(engine, encoded.vocabulary, facts)
                self.vectors_ = self._collect(engine, encoded)
        return self

    def _train(self, trainer: Trainer, on_progress: Callable[[Progress], None] | None) -> None:
        """Train to the end or to Ctrl-C, keeping the records."""
        with deferred_interrupt() as interrupt:
            for record in trainer.run():
                self.history_.append(record)
                if on_progress is not None:
                    on_progress(record)
                if interrupt.is_wanted:
                    raise KeyboardInterrupt

    def _with_rate(self, config: PretrainConfig, n_new: int) -> PretrainConfig:
        """Set the learning rate to where the schedule stands, unless one is given or it is constant."""
        if self.settings.get("learning_rate") is not None or config.schedule == "constant":
            return config
        n_old = trained_tokens(self.vectors, config)
        rate = continued_rate(config.learning_rate, config.min_learning_rate, n_old, n_new)
        return replace(config, learning_rate=rate)

    def _record(self, engine: Engine, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Put the facts of this update together."""
        return {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "textransfer_version": __version__,
            **facts,
            "n_new_words": len(vocabulary) - len(self.vectors),
            "n_dropped_words": vocabulary.n_dropped_words,
            "n_dropped_tokens": vocabulary.n_dropped_tokens,
            "settings": self.config_.to_dict(),
            "engine": self.engine_._asdict() | {"is_deterministic": engine.is_deterministic},
            "is_interrupted": self.is_interrupted_,
            "training": self.history_[-1].to_dict() if self.history_ else None,
        }

    def _collect(self, engine: Engine, encoded: EncodedCorpus) -> WordVectors:
        """Put what the engine has learned so far together with the words and the facts of all runs."""
        old, vocabulary = self.vectors, encoded.vocabulary
        tables = engine.tables()
        if not np.isfinite(tables.in_vectors).all():
            raise NumericalError(
                f"the vectors left the finite numbers with learning rate {self.config_.learning_rate:g}; "
                "give a smaller learning_rate"
            )
        before = old.metadata.get("seconds")
        return WordVectors(
            vocabulary.words,
            tables.in_vectors,
            counts=vocabulary.counts,
            document_counts=None if old.document_counts is None else vocabulary.document_counts,
            n_tokens=vocabulary.n_tokens,
            n_documents=None if old.n_documents is None else vocabulary.n_documents,
            out_matrix=tables.out_vectors,
            out_bias=None if old.out_bias is None else tables.out_bias,
            moments=_mixed_moments(old, moments_of(tables.in_vectors, encoded), vocabulary.n_documents),
            tokenizer_spec=old.tokenizer_spec,
            metadata={
                **old.metadata,
                "seconds": self.record_["seconds"] + (before if isinstance(before, int | float) else 0.0),
                "updates": [*updates_of(old.metadata), self.record_],
            },
        )


def _mixed_moments(old: WordVectors, new: DocumentMoments | None, n_documents: int) -> DocumentMoments | None:
    """Return the moments of old and new documents; those of the old text are taken under the old vectors."""
    if old.moments is None or new is None:
        return new if old.moments is None else old.moments
    n_old = old.n_documents or 0
    return old.moments.mixed_with(new, (n_documents - n_old) / max(n_documents, 1))


def _changes(settings: Mapping[str, object], vectors: WordVectors) -> dict[str, object]:
    """Return the settings that were given, if they can change."""
    given = {name: value for name, value in settings.items() if value is not None}
    own = base_config(vectors)
    for name in FIXED:
        if name in given and given[name] != getattr(own, name):
            raise ConfigError(
                f"{name} is {given[name]!r}, but the vectors have {getattr(own, name)!r}, which an update "
                "cannot change: leave it out, or pretrain anew"
            )
    of_text = sorted(set(given) & set(TokenizerConfig.names()))
    if of_text:
        raise ConfigError(
            f"{', '.join(of_text)} cannot change: new text is cut by the tokenizer that was saved with the "
            "vectors; leave it out, or pretrain anew"
        )
    return given


def _warn_if_seen(fingerprint: str, metadata: Mapping[str, Any]) -> None:
    """Say so if the very same text was learned before: its words would count twice."""
    names = ["pretraining", *(f"update {n}" for n in range(1, len(updates_of(metadata)) + 1))]
    for name, record in zip(names, [metadata, *updates_of(metadata)], strict=True):
        corpus = record.get("corpus")
        if isinstance(corpus, Mapping) and corpus.get("fingerprint") == fingerprint:
            warnings.warn(
                f"this text was learned before, in {name}: its words will be counted twice",
                TextransferWarning,
                stacklevel=3,
            )
            return


def _continued_engine(
    choice: EngineChoice, config: PretrainConfig, vocabulary: Vocabulary, seed: int, vectors: WordVectors
) -> Engine:
    """Make an engine whose tables hold the old words' values, and fresh ones for the new words."""
    # A word that was given with a count of zero must not be divided by.
    engine = build_engine(choice, config, np.maximum(vocabulary.counts, 1), seed)
    start, n_old = engine.tables(), len(vectors)
    start.in_vectors[:n_old] = vectors.matrix
    start.out_vectors[:n_old] = vectors.out_matrix
    if vectors.out_bias is not None:
        start.out_bias[:n_old] = vectors.out_bias
    engine.load(Tables(start.in_vectors, start.out_vectors, start.out_bias))
    return engine


def _check_learnable(encoded: EncodedCorpus, n_tokens: int, config: PretrainConfig) -> None:
    """Refuse a text from which no pair of words can be drawn."""
    if int(np.diff(encoded.offsets).max(initial=0)) < 2:
        raise CorpusError(
            f"found {n_tokens} words in {encoded.n_documents} documents, but in none of them two that the "
            f"vectors know or that occur at least {config.min_count} times; expected text of the same "
            "language as before: give more, or a smaller min_count"
        )
