"""Settings that the text decides: short documents are not dropped away, rare words not learned by heart."""

from pathlib import Path

import numpy as np
import pytest

from textransfer import SkipGram, update_vectors
from textransfer.config import PAIRS_A_WORD, SAMPLES, PretrainConfig
from textransfer.pretrain.preparation import load_prepared, prepare, save_prepared
from textransfer.pretrain.settings import LONGEST, TextMeasures, choose_settings
from textransfer.text.reading.corpus import as_corpus
from textransfer.text.tokenizers.words import WordsTokenizer

N_TOKENS = 200_000


def measures(length: int, n_words: int, n_tokens: int = N_TOKENS, power: float = 1.0) -> TextMeasures:
    """Return those of a text with documents of one length, whose words follow Zipf's law."""
    shares = np.arange(1, n_words + 1) ** -power
    counts = np.maximum(np.rint(n_tokens * shares / shares.sum()), 1).astype(np.int64)
    offsets = np.arange(0, counts.sum() + length, length).clip(max=counts.sum())
    return TextMeasures.of(counts, offsets)


def documents(length: int, n_documents: int, n_words: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, n_words + 1)
    words = np.array([f"w{i}" for i in range(n_words)])
    return [" ".join(rng.choice(words, length, p=shares / shares.sum())) for _ in range(n_documents)]


def test_long_documents_get_what_the_size_says() -> None:
    text = measures(length=200, n_words=20_000, n_tokens=2_000_000)
    config, reasons = choose_settings(PretrainConfig(), text)
    assert config == PretrainConfig().resolve(text.n_tokens)
    assert reasons == {}


def test_short_documents_keep_more_of_their_frequent_words() -> None:
    text = measures(length=6, n_words=2_000)
    by_size = PretrainConfig().resolve(text.n_tokens)
    config, reasons = choose_settings(PretrainConfig(), text)
    assert config.sample > by_size.sample
    assert set(reasons) <= {"sample", "epochs"}
    assert reasons["sample"].startswith("documents have 6.0 words; with 0.0001 and 30 epochs")


def test_the_first_threshold_that_suffices_is_taken() -> None:
    text = measures(length=9, n_words=2_000)
    chosen = choose_settings(PretrainConfig(), text)[0].sample
    kept = text.without_rare(3, None)
    window, epochs = 15, 30
    pairs = [epochs * kept.pairs_a_word(sample, window) for sample in SAMPLES]
    left = [kept.mean_length * kept.kept_share(sample) for sample in SAMPLES]
    assert SAMPLES[2] < chosen  # 0.0001, that of the size, does not suffice
    place = SAMPLES.index(chosen)
    assert pairs[place - 1] < PAIRS_A_WORD
    assert left[place - 1] < 8


def test_where_no_threshold_suffices_there_are_more_epochs() -> None:
    text = measures(length=3, n_words=2_000)
    config, reasons = choose_settings(PretrainConfig(), text)
    assert config.sample == SAMPLES[-1]
    assert config.epochs > 30
    assert "epochs" in reasons
    kept = text.without_rare(3, None)
    pairs = config.epochs * kept.pairs_a_word(config.sample, config.window)
    assert PAIRS_A_WORD <= pairs < 1.05 * PAIRS_A_WORD


def test_where_pairs_abound_more_frequent_words_are_dropped() -> None:
    text = measures(length=200, n_words=2_000)
    config, reasons = choose_settings(PretrainConfig(), text)
    assert set(reasons) == {"sample"}
    kept = text.without_rare(3, None)
    pairs = [30 * kept.pairs_a_word(sample, 15) for sample in SAMPLES]
    place = SAMPLES.index(config.sample)
    assert config.sample < PretrainConfig().resolve(text.n_tokens).sample
    assert pairs[place] >= PAIRS_A_WORD
    assert not place or pairs[place - 1] < PAIRS_A_WORD


def test_words_that_occur_a_few_times_each_are_not_trained_longer() -> None:
    text = measures(length=8, n_words=15_000, power=0.4)
    assert choose_settings(PretrainConfig(), text)[0] == PretrainConfig().resolve(text.n_tokens)


def test_what_was_asked_for_stays() -> None:
    text = measures(length=3, n_words=2_000)
    asked = PretrainConfig(sample=1e-5, epochs=2, window=7)
    config, reasons = choose_settings(asked, text)
    assert (config.sample, config.epochs, config.window) == (1e-5, 2, 7)
    assert reasons == {}
    assert choose_settings(PretrainConfig(sample=0.0), text)[0].sample == 0.0


def test_where_training_is_continued_the_size_decides() -> None:
    text = measures(length=3, n_words=2_000)
    config, reasons = choose_settings(PretrainConfig(), text, is_continued=True)
    assert config == PretrainConfig().resolve(text.n_tokens)
    assert reasons == {}


@pytest.mark.parametrize(("length", "sample"), [(5, 1e-3), (8, 1e-4), (30, 1e-3), (300, 1e-3)])
def test_pairs_are_as_many_as_training_counts(length: int, sample: float) -> None:
    texts = documents(length, 24_000 // length, 400)
    fitted = SkipGram(
        sample=sample, window=6, epochs=2, min_count=2, vector_size=4, negative=1, tokenizer="words"
    ).fit(texts)
    vectors = fitted.vectors_
    offsets = np.arange(len(texts) + 1) * length
    text = TextMeasures.of(vectors.counts, offsets)
    expected = 2 * text.pairs_a_word(sample, 6)
    assert expected == pytest.approx(fitted.history_[-1].n_pairs / len(vectors), rel=0.08)


def test_measures_leave_out_rare_words_and_those_beyond_the_limit() -> None:
    text = TextMeasures.of(np.array([1, 7, 2, 5, 2]), np.array([0, 4, 4, 17]))
    assert text.mean_length == 17 / 2  # the empty document does not count
    assert sorted(text.without_rare(2, None).counts) == [2, 2, 5, 7]
    assert sorted(text.without_rare(2, 2).counts) == [5, 7]
    assert text.without_rare(3, None).kept_share(0.0) == 12 / 17


def test_documents_beyond_the_longest_are_told_together() -> None:
    text = TextMeasures.of(np.array([9 * LONGEST]), np.array([0, LONGEST, 9 * LONGEST]))
    assert text.lengths.shape == (LONGEST + 1,)
    assert text.lengths[-1] == 2


def test_choices_are_saved_and_an_update_chooses_its_epochs_anew() -> None:
    texts = documents(3, 20_000, 150)
    fitted = SkipGram(vector_size=4, sample=1e-4, negative=1, tokenizer="words").fit(texts)
    by_size = PretrainConfig().resolve(60_000)
    assert fitted.config_.epochs > by_size.epochs
    assert set(fitted.vectors_.metadata["reasons"]) == {"epochs"}
    updated = update_vectors(fitted.vectors_, documents(3, 4_000, 150, seed=1))
    assert updated.metadata["updates"][-1]["settings"]["epochs"] == PretrainConfig().resolve(12_000).epochs
    assert updated.metadata["updates"][-1]["reasons"] == {}


def test_processes_of_a_machine_share_the_reasons(tmp_path: Path) -> None:
    corpus = as_corpus(documents(3, 20_000, 150))
    prepared = prepare(corpus, WordsTokenizer(), PretrainConfig(sample=1e-4), tmp_path)
    save_prepared(prepared, tmp_path)
    loaded = load_prepared(tmp_path)
    assert loaded.config == prepared.config
    assert loaded.reasons == prepared.reasons != {}
