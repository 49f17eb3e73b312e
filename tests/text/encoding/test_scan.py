import errno
import lzma
import re
import threading
import warnings
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import documents, texts

from corpora import documents_of
from textransfer.config import TokenizerConfig
from textransfer.errors import CorpusError, OutputError, TextransferWarning
from textransfer.text.encoding import encoded, integer_files, scan
from textransfer.text.encoding.scan import scan_corpus
from textransfer.text.reading import batches
from textransfer.text.reading.corpus import Corpus
from textransfer.text.tokenize import build_tokenizer
from textransfer.text.tokenizers.words import WordsTokenizer

TOKENIZER = WordsTokenizer()
reuse = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def plainly(some, tokenizer=TOKENIZER, min_count=1, max_size=None):
    """Encode with nothing but a Counter: what the fast way must give."""
    tokenized = [tokenizer.tokenize(text) for text in some]
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


def parts(corpus):
    """Take an encoded corpus apart, as `plainly` gives it."""
    vocabulary = corpus.vocabulary
    return (
        vocabulary.words,
        vocabulary.counts.tolist(),
        vocabulary.document_counts.tolist(),
        documents_of(corpus),
        vocabulary.n_tokens,
    )


def raw_parts(raw):
    """Take a scan apart: words in order of first appearance, their counts, ids, offsets."""
    counted = raw.counted
    ids = np.fromfile(raw.path, dtype=np.int32)
    return [
        counted.words.words(),
        counted.counts.tolist(),
        counted.document_counts.tolist(),
        ids.tolist(),
        raw.offsets.tolist(),
    ]


@reuse
@given(
    st.one_of(documents, st.lists(texts, max_size=6)),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 4)),
    st.sampled_from([1, 3, 1 << 20]),
    st.sampled_from([5, 40, 1 << 20]),
    st.sampled_from([0, 1 << 20]),
    st.integers(1, 2),
)
def test_the_corpus_decodes_to_the_tokenized_text(
    tmp_path, some, min_count, max_size, chunk, batch, small, n_jobs
):
    expected = plainly(some, TOKENIZER, min_count, max_size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoded, "CHUNK_TOKENS", chunk)
        patch.setattr(batches, "BATCH_CHARACTERS", batch)
        patch.setattr(scan, "SMALL_BYTES", small)
        if not expected[0]:
            with pytest.raises(CorpusError):
                scan_corpus(some, TOKENIZER, tmp_path, n_jobs=n_jobs).finish(min_count, max_size)
            return
        raw = scan_corpus(some, TOKENIZER, tmp_path, n_jobs=n_jobs)
        corpus = raw.finish(min_count, max_size)
    assert parts(corpus) == expected
    assert raw.counted.words.words() == list(dict.fromkeys(w for t in some for w in TOKENIZER.tokenize(t)))
    assert corpus.n_documents == len(some)
    assert corpus.n_tokens == expected[-1] - corpus.vocabulary.n_dropped_tokens


@reuse
@given(
    st.lists(
        texts.filter(lambda text: "\0" not in text)
        | st.sampled_from([" \t", "\u3000", "\u00a0 \x1c", "\u2003", " x", "\u3000x", "\x85x"]),
        max_size=6,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([3, 30, 1 << 20]),
)
def test_a_text_file_in_batches_is_the_file_line_by_line(tmp_path, some, line_end, batch):
    path = tmp_path / "in.txt"
    path.write_bytes(line_end.join(some).encode())
    by_line = Corpus(path)
    try:
        expected = list(by_line)
    except CorpusError as error:
        with pytest.raises(CorpusError, match=re.escape(str(error))):
            list(Corpus(path).batches())
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BATCH_CHARACTERS", batch)
        corpus = Corpus(path)
        found, before = [], ""
        for made in corpus.batches():
            *whole, last = made.texts()
            for text in [*whole, last]:
                before += text
                if text is not last or not made.is_open:
                    found.append(before)
                    before = ""
    assert found == expected
    assert (corpus.n_documents, corpus.n_blank) == (by_line.n_documents, by_line.n_blank)
    assert corpus.bytes_read == corpus.bytes_total
    fresh = Corpus(path)
    assert corpus.fingerprint() == fresh.fingerprint()


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("in.txt", lambda lines: "\n".join(lines).encode()),
        ("in.txt.xz", lambda lines: lzma.compress("\n".join(lines).encode())),
        ("in.csv", lambda lines: ("text\n" + "\n".join(f'"{line}"' for line in lines)).encode()),
        ("in.jsonl", lambda lines: "\n".join(f'{{"text": "{line}"}}' for line in lines).encode()),
    ],
)
@pytest.mark.parametrize("n_jobs", [1, 3])
def test_threads_and_kinds_of_file_change_nothing(tmp_path, monkeypatch, name, write, n_jobs):
    lines = [f"one film caf\u00e9 {i % 7} {'word ' * (i % 5)}{i * 31 % 97}" for i in range(400)]
    lines[7], lines[9] = "", "..."
    path = tmp_path / name
    path.write_bytes(write(lines))
    plain = raw_parts(scan_corpus([line for line in lines if line], TOKENIZER, tmp_path))
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 300)
    corpus = Corpus(path)
    assert raw_parts(scan_corpus(corpus, TOKENIZER, tmp_path, n_jobs=n_jobs)) == plain
    assert (corpus.n_documents, corpus.n_blank) == (399, 1)
    assert corpus.fingerprint() == Corpus(path).fingerprint()


def test_a_file_that_changes_gets_no_fingerprint_of_two_states(tmp_path):
    path = tmp_path / "in.txt"
    path.write_text("one two")
    corpus = Corpus(path)
    scan_corpus(corpus, TOKENIZER, tmp_path)
    before = corpus.fingerprint()
    path.write_text("one two three")
    with pytest.raises(CorpusError, match="had 7 bytes and now has 13"):
        corpus.fingerprint()
    assert Corpus(path).fingerprint() != before


def test_an_end_too_soon_gives_no_fingerprint_of_a_half(tmp_path):
    path = tmp_path / "in.txt"
    path.write_text("a line of text\n" * 50_000)
    corpus = Corpus(path)
    next(iter(corpus))
    assert corpus.fingerprint() == Corpus(path).fingerprint()
    list(islice(corpus, 3))
    assert corpus.fingerprint() == Corpus(path).fingerprint()


@reuse
@given(
    st.lists(st.lists(st.integers(0, 40), max_size=30).map(lambda ids: [f"w{i}" for i in ids]), min_size=1),
    st.integers(2, 20),
    st.sampled_from([1, 10, 60]),
)
def test_a_full_word_list_drops_rare_words_and_counts_the_rest_exactly(tmp_path, words, bound, batch):
    some = [" ".join(line) for line in words]
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    kept, counts, document_counts, _, n_tokens = plainly(some)
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore", TextransferWarning)
        patch.setattr(batches, "BATCH_CHARACTERS", batch)
        if not n_tokens:
            return
        raw = scan_corpus(some, TOKENIZER, folder, max_words=bound)
        if not len(raw.counted.words):
            return
        corpus = raw.finish()
        vocabulary = corpus.vocabulary
    true = dict(zip(kept, zip(counts, document_counts, strict=True), strict=True))
    found = zip(vocabulary.counts.tolist(), vocabulary.document_counts.tolist(), strict=True)
    assert dict(zip(vocabulary.words, found, strict=True)) == {word: true[word] for word in vocabulary.words}
    missing = set(true) - set(vocabulary.words)
    assert max((true[word][0] for word in missing), default=0) <= raw.counted.most
    assert (vocabulary.n_dropped_words, vocabulary.n_tokens) == (len(missing), n_tokens)
    assert vocabulary.n_dropped_tokens == sum(true[word][0] for word in missing)
    assert len(vocabulary.words) <= bound
    assert documents_of(corpus) == [[word for word in line if word not in missing] for line in words]


def test_what_a_full_word_list_dropped_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 20)
    some = ["the film", "a b c d e f", "the film again"]
    with pytest.warns(TextransferWarning, match="more than 5 distinct words.*were left out"):
        raw = scan_corpus(some, TOKENIZER, tmp_path, max_words=5)
    vocabulary = raw.finish().vocabulary
    assert vocabulary.words[:2] == ["film", "the"]
    assert vocabulary.counts[:2].tolist() == [2, 2]


def test_a_document_over_several_batches_counts_once(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 10)
    raw = scan_corpus(["x", "a b " * 20 + "c", "a"], TOKENIZER, tmp_path)
    vocabulary = raw.finish().vocabulary
    assert dict(zip(vocabulary.words, vocabulary.document_counts.tolist(), strict=True)) == {
        "a": 2,
        "b": 1,
        "c": 1,
        "x": 1,
    }
    assert raw.offsets.tolist() == [0, 1, 42, 43]


def test_types_are_what_the_kernels_want(tmp_path):
    raw = scan_corpus(["a b a", "", "c"], TOKENIZER, tmp_path)
    corpus = raw.finish()
    assert (corpus.tokens.dtype, corpus.offsets.dtype) == (np.int32, np.int64)
    assert not corpus.tokens.flags.writeable
    assert corpus.offsets.tolist() == [0, 3, 3, 4]
    assert (raw.n_tokens, raw.n_documents, corpus.vocabulary.words) == (4, 3, ["a", "b", "c"])


def test_finishing_again_leaves_the_first_result_as_it_was(tmp_path):
    raw = scan_corpus(["a b a", "c"], TOKENIZER, tmp_path)
    whole = raw.finish()
    assert documents_of(raw.finish(min_count=2))[0] == ["a", "a"]
    assert documents_of(whole)[0] == ["a", "b", "a"]


@pytest.mark.parametrize("name", ["japanese", "subword"])
def test_other_tokenizers_run_side_by_side(tmp_path, monkeypatch, name):
    pytest.importorskip("sudachipy" if name == "japanese" else "tokenizers")
    some = ["\u9762\u767d\u3044\u6620\u753b\u3060\u3063\u305f", "\u610f\u5916\u3068\u9577\u3044"] * 60
    tokenizer = build_tokenizer(TokenizerConfig(tokenizer=name, subword_vocab_size=30), some)
    plain = raw_parts(scan_corpus(some, tokenizer, tmp_path))
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 60)
    monkeypatch.setattr(scan, "SMALL_BYTES", 0)
    assert raw_parts(scan_corpus(some, tokenizer, tmp_path, n_jobs=3)) == plain


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_progress_goes_up_to_the_whole(tmp_path, monkeypatch, n_jobs):
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 50)
    seen = []
    scan_corpus(
        ["one two three"] * 20, TOKENIZER, tmp_path, n_jobs=n_jobs, progress=lambda *done: seen.append(done)
    )
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == (20, 60)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_interrupt_ends_all_threads(tmp_path, monkeypatch, n_jobs):
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 50)

    def interrupt(*_):
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        scan_corpus(["one two three"] * 500, TOKENIZER, tmp_path, n_jobs=n_jobs, progress=interrupt)
    assert threading.active_count() == before


def test_an_error_of_the_reader_reaches_the_user(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 50)
    path = tmp_path / "in.txt"
    path.write_bytes(b"one two three\n" * 20_000 + b"caf\xe9\n")
    with pytest.raises(CorpusError, match="line 20001: byte 0xe9"):
        scan_corpus(Corpus(path, encoding="utf-8"), TOKENIZER, tmp_path, n_jobs=2)


def test_a_corpus_without_a_word_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="the 2 documents hold no word"):
        scan_corpus(["...", "!"], TOKENIZER, tmp_path)


def test_too_high_a_min_count_says_what_would_do(tmp_path):
    with pytest.raises(CorpusError, match="'a', occurs 2 times: lower min_count"):
        scan_corpus(["a b a"], TOKENIZER, tmp_path).finish(min_count=3)


def test_a_full_disk_is_said_in_one_line_with_the_folder(tmp_path, monkeypatch):
    class Full:
        name = str(tmp_path / "tokens-1.bin")

        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(scan, "new_file", lambda *_: Full())
    with pytest.raises(OutputError, match="No space left on device") as caught:
        scan_corpus(["a"], TOKENIZER, tmp_path)
    assert f"folder {tmp_path}:" in str(caught.value)
    monkeypatch.undo()
    raw = scan_corpus(["a"], TOKENIZER, tmp_path)
    monkeypatch.setattr(np, "ascontiguousarray", Full().write)
    with pytest.raises(OutputError, match="No space left on device"):
        integer_files.write(raw.path.open("wb"), np.zeros(1))


def test_a_folder_that_cannot_be_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write"):
        scan_corpus(["a"], TOKENIZER, tmp_path / "file")


def test_more_text_is_encoded_with_the_ids_of_before(tmp_path):
    before = scan_corpus(["b a a", "c a b"], TOKENIZER, tmp_path).finish().vocabulary
    more = scan_corpus(["c d d e", "", "x e f f a"], TOKENIZER, tmp_path).finish(min_count=2, known=before)
    assert more.vocabulary.words == ["a", "b", "c", "d", "e", "f"]
    assert documents_of(more) == [
        ["c", "d", "d", "e"],
        [],
        ["e", "f", "f", "a"],
    ]
    assert more.vocabulary.counts.tolist() == [4, 2, 2, 2, 2, 2]
