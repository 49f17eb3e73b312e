"""From text to what a run trains on: filled-in settings, vocabulary, integers on disk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textransfer.config import PretrainConfig
from textransfer.embeddings.formats.files import read_record, read_tensors, write_record, write_tensors
from textransfer.errors import CorpusError
from textransfer.pretrain.progress import OnStage
from textransfer.pretrain.sampling.windows import keep_thresholds
from textransfer.pretrain.settings import TextMeasures, choose_settings
from textransfer.storage.mapping import mapped
from textransfer.text.encoding.encoded import EncodedCorpus
from textransfer.text.encoding.pipeline import threads_for
from textransfer.text.encoding.scan import scan_corpus
from textransfer.text.reading.corpus import Corpus
from textransfer.text.spelling import choose_spellings
from textransfer.text.tokenize import Tokenizer, tokenizer_from_spec
from textransfer.text.vocabulary import Vocabulary

OnScan = Callable[[int, int], None]
"""Called now and then with the documents and tokens read so far."""


@dataclass(frozen=True, eq=False)
class PreparedCorpus:
    """A corpus that is ready to be trained on."""

    tokenizer: Tokenizer
    config: PretrainConfig
    """With everything open filled in."""
    encoded: EncodedCorpus
    """Its vocabulary may count the words of an earlier text, too."""
    counts: npt.NDArray[np.int64]
    """Occurrences of the words in this text alone, shape (V,)."""
    fingerprint: str
    """Of the corpus."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """How words are written that the tokenizer gives another form."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why settings differ from what the size of the text says; see `choose_settings`."""

    def pair_shares(self) -> npt.NDArray[np.float64]:
        """Return the share of all pairs that each word takes part in as centre or context, shape (V,)."""
        keep = keep_thresholds(self.encoded.vocabulary.counts, self.config.sample or 0.0) / 2.0**32
        kept = self.counts * keep
        return np.asarray(kept / kept.sum())


def prepare(
    corpus: Corpus,
    tokenizer: Tokenizer,
    config: PretrainConfig,
    folder: Path,
    *,
    known: Vocabulary | None = None,
    on_scan: OnScan | None = None,
    on_stage: OnStage | None = None,
) -> PreparedCorpus:
    """Read a corpus and encode it to a folder; what is open in the settings is filled in by the text.

    `known` are words of an earlier text: they keep their ids and are there however rare they are in this one.

    Raises
    ------
    CorpusError
        If nothing can be learned from the corpus.
    """
    raw = scan_corpus(
        corpus,
        tokenizer,
        folder,
        n_jobs=threads_for(config.n_jobs or -1),
        max_words=config.max_scan_words,
        progress=on_scan,
    )
    if on_stage is not None:
        on_stage("counting")
    measures = TextMeasures.of(raw.counted.counts, raw.offsets)
    config, reasons = choose_settings(config, measures, is_continued=known is not None)
    encoded = raw.finish(config.min_count or 1, config.max_vocab_size, known=known)
    _check_learnable(encoded, raw.n_tokens, config, is_update=known is not None)
    counts = encoded.vocabulary.counts
    if known is not None:
        counts = counts.copy()
        counts[: len(known)] -= known.counts
    # The fingerprint was taken while the text was read, so that it costs no second pass.
    spellings = choose_spellings(raw.spelled, encoded.vocabulary.words)
    return PreparedCorpus(tokenizer, config, encoded, counts, corpus.fingerprint(), spellings, reasons)


def save_prepared(prepared: PreparedCorpus, folder: Path) -> None:
    """Write all but the ids, which lie on disk already, for other processes of this machine."""
    encoded, vocabulary = prepared.encoded, prepared.encoded.vocabulary
    tokens = folder / "shared.int32"
    if isinstance(encoded.tokens, np.memmap):
        tokens = Path(str(encoded.tokens.filename))
    else:
        encoded.tokens.tofile(tokens)
    write_tensors(
        folder / "shared.safetensors",
        {
            "offsets": encoded.offsets,
            "counts": vocabulary.counts,
            "document_counts": vocabulary.document_counts,
            "counts_of_text": prepared.counts,
        },
    )
    write_record(
        folder / "shared.json",
        {
            "tokens": str(tokens.resolve()),
            "words": vocabulary.words,
            "sizes": {name: getattr(vocabulary, name) for name in _SIZES},
            "tokenizer": prepared.tokenizer.spec(),
            "config": prepared.config.to_dict(),
            "fingerprint": prepared.fingerprint,
            "spellings": dict(prepared.spellings),
            "reasons": dict(prepared.reasons),
        },
    )


def load_prepared(folder: Path) -> PreparedCorpus:
    """Map what another process of this machine wrote with `save_prepared`."""
    record = read_record(folder / "shared.json")
    arrays = read_tensors(folder / "shared.safetensors")
    vocabulary = Vocabulary(record["words"], arrays["counts"], arrays["document_counts"], **record["sizes"])
    tokens = mapped(Path(record["tokens"]), np.int32)
    return PreparedCorpus(
        tokenizer_from_spec(record["tokenizer"]),
        PretrainConfig(**record["config"]),
        EncodedCorpus(tokens, arrays["offsets"], vocabulary),
        arrays["counts_of_text"],
        record["fingerprint"],
        record["spellings"],
        record["reasons"],
    )


_SIZES = ("n_tokens", "n_documents", "n_dropped_words", "n_dropped_tokens")


def _check_learnable(
    encoded: EncodedCorpus, n_tokens: int, config: PretrainConfig, *, is_update: bool
) -> None:
    """Refuse a corpus from which no pair of words can be drawn."""
    n_words = len(encoded.vocabulary)
    longest = int(np.diff(encoded.offsets).max(initial=0))
    if not is_update and n_words == config.max_vocab_size and (n_words < 2 or longest < 2):
        raise CorpusError(
            f"max_vocab_size={n_words} leaves no document with two words; expected one: give a larger "
            "max_vocab_size, or leave it out"
        )
    if is_update and longest < 2:
        raise CorpusError(
            f"found {n_tokens} words in {encoded.n_documents} documents, but in none of them two that the "
            f"vectors know or that occur at least {config.min_count} times; expected text of the same "
            "language as before: give more, or a smaller min_count"
        )
    if not is_update and (n_words < 2 or longest < 2):
        raise CorpusError(
            f"found {n_tokens} words in {encoded.vocabulary.n_documents} documents, of which {n_words} "
            f"distinct ones occur at least {config.min_count} times; expected documents of two known words "
            "or more: give more text, or a smaller min_count"
        )
