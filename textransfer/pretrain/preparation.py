"""From text to what a run trains on: tokenizer, filled-in settings, integers on disk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.embeddings.formats.files import read_record, read_tensors, write_record, write_tensors
from textransfer.errors import CorpusError
from textransfer.pretrain.windows import keep_thresholds
from textransfer.text.corpus import Corpus
from textransfer.text.encoded import EncodedCorpus
from textransfer.text.pipeline import available_cores
from textransfer.text.scan import scan_corpus
from textransfer.text.tokenize import Tokenizer, build_tokenizer, tokenizer_from_spec
from textransfer.text.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Prepared:
    """A corpus that is ready to be trained on.

    Attributes
    ----------
    tokenizer : Tokenizer
    config : PretrainConfig
        With everything open filled in.
    encoded : EncodedCorpus
    fingerprint : str
        Of the corpus.
    """

    tokenizer: Tokenizer
    config: PretrainConfig
    encoded: EncodedCorpus
    fingerprint: str

    def pair_shares(self) -> npt.NDArray[np.float64]:
        """Return the share of all pairs that each word takes part in as centre or context, shape (V,)."""
        counts = self.encoded.vocabulary.counts
        kept = counts * (keep_thresholds(counts, self.config.sample or 0.0) / 2.0**32)
        return np.asarray(kept / kept.sum())


def prepare(
    corpus: Corpus,
    tokenizer_config: TokenizerConfig,
    config: PretrainConfig,
    folder: Path,
    *,
    learned: Mapping[str, Any] | None = None,
    on_scan: Callable[[int, int], None] | None = None,
) -> Prepared:
    """Read and encode a corpus.

    Parameters
    ----------
    corpus : Corpus
    tokenizer_config : TokenizerConfig
    config : PretrainConfig
        What is open is filled in by the size of the corpus.
    folder : Path
        Where the encoded corpus is written.
    learned : mapping, optional
        A saved tokenizer; if it is one that was learned from the corpus it is not learned again.
    on_scan : callable, optional
        Called now and then with the documents and tokens read so far.

    Raises
    ------
    CorpusError
        If nothing can be learned from the corpus.
    """
    if learned is not None and learned.get("name") == "subword":
        tokenizer = tokenizer_from_spec(dict(learned))
    else:
        tokenizer = build_tokenizer(tokenizer_config, corpus)
    raw = scan_corpus(
        corpus,
        tokenizer,
        folder,
        n_jobs=config.n_jobs or available_cores(),
        max_words=config.max_scan_words,
        progress=on_scan,
    )
    config = config.resolve(raw.n_tokens)
    encoded = raw.finish(config.min_count or 1, config.max_vocab_size)
    _check_learnable(encoded, raw.n_tokens, config)
    # Taken while the text was read, so that it costs no second pass.
    return Prepared(tokenizer, config, encoded, corpus.fingerprint())


def save_prepared(prepared: Prepared, folder: Path) -> None:
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
        },
    )


def load_prepared(folder: Path) -> Prepared:
    """Map what another process of this machine wrote with `save_prepared`."""
    record = read_record(folder / "shared.json")
    arrays = read_tensors(folder / "shared.safetensors")
    vocabulary = Vocabulary(record["words"], arrays["counts"], arrays["document_counts"], **record["sizes"])
    encoded = EncodedCorpus(
        np.memmap(record["tokens"], dtype=np.int32, mode="r"), arrays["offsets"], vocabulary
    )
    config = PretrainConfig(**record["config"])
    return Prepared(tokenizer_from_spec(record["tokenizer"]), config, encoded, record["fingerprint"])


_SIZES = ("n_tokens", "n_documents", "n_dropped_words", "n_dropped_tokens")


def _check_learnable(encoded: EncodedCorpus, n_tokens: int, config: PretrainConfig) -> None:
    """Refuse a corpus from which no pair of words can be drawn."""
    n_words = len(encoded.vocabulary.words)
    longest = int((encoded.offsets[1:] - encoded.offsets[:-1]).max(initial=0))
    if n_words < 2 or longest < 2:
        raise CorpusError(
            f"found {n_tokens} words in {encoded.vocabulary.n_documents} documents, of which {n_words} "
            f"distinct ones occur at least {config.min_count} times; expected documents of two known words "
            "or more: give more text, or a smaller min_count"
        )
