import errno
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import documents, texts

from textransfer.errors import ConfigError, CorpusError, OutputError
from textransfer.text import encoded
from textransfer.text.encoded import EncodedCorpus, scan_corpus
from textransfer.text.tokenizers.words import WordsTokenizer

TOKENIZER = WordsTokenizer()
reuse = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def plainly(some, min_count, max_size):
    """Encode with nothing but a Counter: what the fast way must give."""
    tokenized = [TOKENIZER.tokenize(text) for text in some]
    counts = Counter(word for words in tokenized for word in words)
    kept = sorted((word for word in counts if counts[word] >= min_count), key=lambda w: (-counts[w], w))
    kept = kept[:max_size]
    document_counts = Counter(word for words in tokenized for word in set(words))
    return (
        kept,
        [counts[word] for word in kept],
        [document_counts[word] for word in kept],
        [[word for word in words if word in kept] for words in tokenized],
        sum(map(len, tokenized)),
    )


@reuse
@given(
    st.one_of(documents, st.lists(texts, max_size=6)),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 4)),
    st.sampled_from([1, 3, 1 << 20]),
    st.sampled_from([5, 1 << 20]),
)
def test_the_corpus_decodes_to_the_tokenized_text(tmp_path, some, min_count, max_size, chunk, piece):
    words, counts, document_counts, decoded, n_tokens = plainly(some, min_count, max_size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoded, "CHUNK_TOKENS", chunk)
        patch.setattr(encoded, "PIECE_CHARACTERS", piece)
        if not words:
            with pytest.raises(CorpusError):
                scan_corpus(some, TOKENIZER, tmp_path).finish(min_count, max_size)
            return
        corpus = scan_corpus(some, TOKENIZER, tmp_path).finish(min_count, max_size)
    assert corpus.vocabulary.words == words
    assert corpus.vocabulary.counts.tolist() == counts
    assert corpus.vocabulary.document_counts.tolist() == document_counts
    assert [corpus.words_of(i) for i in range(corpus.n_documents)] == decoded
    assert (corpus.vocabulary.n_tokens, corpus.n_documents) == (n_tokens, len(some))
    assert corpus.n_tokens == n_tokens - corpus.vocabulary.n_dropped_tokens


def test_types_are_what_the_kernels_want(tmp_path):
    raw = scan_corpus(["a b a", "", "c"], TOKENIZER, tmp_path)
    corpus = raw.finish()
    assert (corpus.tokens.dtype, corpus.offsets.dtype) == (np.int32, np.int64)
    assert not corpus.tokens.flags.writeable
    assert corpus.offsets.tolist() == [0, 3, 3, 4]
    assert (raw.n_tokens, raw.n_documents, raw.vocabulary.words) == (4, 3, ["a", "b", "c"])


def test_finishing_again_leaves_the_first_result_as_it_was(tmp_path):
    raw = scan_corpus(["a b a", "c"], TOKENIZER, tmp_path)
    whole = raw.finish()
    assert raw.finish(min_count=2).words_of(0) == ["a", "a"]
    assert whole.words_of(0) == ["a", "b", "a"]


def test_progress_goes_up_to_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(encoded, "CHUNK_TOKENS", 10)
    seen = []
    scan_corpus(["one two three"] * 20, TOKENIZER, tmp_path, progress=lambda *done: seen.append(done))
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == (20, 60)


def test_a_corpus_without_a_word_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="the 2 documents hold no word"):
        scan_corpus(["...", "!"], TOKENIZER, tmp_path)


def test_too_high_a_min_count_says_what_would_do(tmp_path):
    with pytest.raises(CorpusError, match="'a', occurs 2 times: lower min_count"):
        scan_corpus(["a b a"], TOKENIZER, tmp_path).finish(min_count=3)


def test_a_full_disk_is_said_in_one_line(tmp_path, monkeypatch):
    class Full:
        name = str(tmp_path / "tokens")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(encoded, "_new_file", lambda _: Full())
    with pytest.raises(OutputError, match="No space left on device"):
        scan_corpus(["a"], TOKENIZER, tmp_path)


def test_a_folder_that_cannot_be_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write"):
        scan_corpus(["a"], TOKENIZER, tmp_path / "file")


def test_arrays_make_a_corpus_in_memory():
    corpus = EncodedCorpus.from_arrays([0, 1, 0, 2], [0, 2, 2, 4], ["x", "y", "z"])
    assert [corpus.words_of(i) for i in range(3)] == [["x", "y"], [], ["x", "z"]]
    assert corpus.vocabulary.counts.tolist() == [2, 1, 1]
    assert corpus.vocabulary.document_counts.tolist() == [2, 1, 1]
    assert EncodedCorpus.from_arrays([], [0], ["x"]).n_documents == 0


@pytest.mark.parametrize(
    ("tokens", "offsets"), [([0, 3], [0, 2]), ([0, -1], [0, 2]), ([0], [0]), ([0], [1, 0])]
)
def test_arrays_that_contradict_each_other_are_refused(tokens, offsets):
    with pytest.raises(ConfigError, match="expected"):
        EncodedCorpus.from_arrays(tokens, offsets, ["x"])


def test_documents_are_taken_in_any_order():
    corpus = EncodedCorpus.from_arrays(np.arange(6, dtype=np.int32), np.array([0, 2, 2, 6]), list("abcdef"))
    tokens, offsets = corpus.take(np.array([2, 1, 0, 2]))
    assert tokens.tolist() == [2, 3, 4, 5, 0, 1, 2, 3, 4, 5]
    assert offsets.tolist() == [0, 4, 4, 6, 10]
    tokens, offsets = corpus.take(np.array([], dtype=np.int64))
    assert (tokens.tolist(), offsets.tolist()) == ([], [0])
