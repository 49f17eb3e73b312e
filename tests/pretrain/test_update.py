"""Going on with new text: ids stay, old words keep their geometry, new ones land where they belong."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from textransfer import SkipGram, WordVectors, update_vectors
from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.pretrain.processes.interrupt import TrainingInterrupted
from textransfer.pretrain.progress import Progress
from textransfer.pretrain.schedule import continued_rate

KINDS = {
    "praise": ["warm", "funny", "lovely", "moving"],
    "blame": ["dull", "clumsy", "lifeless", "tedious"],
    "sea": ["wave", "sail", "harbour", "gull"],
}
FRAME = ["the", "a", "film", "of"]


def texts(kinds: dict[str, list[str]], n_documents: int, seed: int = 0) -> list[str]:
    """Return documents that each hold words of one kind, among words of all."""
    rng = np.random.default_rng(seed)
    lists = list(kinds.values())
    return [" ".join(rng.choice(lists[i % len(lists)] + FRAME, 12)) for i in range(n_documents)]


OLD_TEXT = texts(KINDS, 300)
NEW_KINDS = {"praise": [*KINDS["praise"], "gripping"], "blame": [*KINDS["blame"], "dreary"]}
NEW_TEXT = texts(NEW_KINDS, 120, seed=1)
"""Says nothing of the sea."""


def pretrained(objective: str = "sgns", **settings: object) -> WordVectors:
    given = {"vector_size": 10, "window": 5, "epochs": 60, "min_count": 2, **settings}
    return SkipGram(objective=objective, **given).fit(OLD_TEXT).vectors_


@pytest.fixture(scope="module", params=["sgns", "nce"])
def old(request: pytest.FixtureRequest) -> WordVectors:
    return pretrained(request.param)


@pytest.fixture(scope="module")
def new(old: WordVectors) -> WordVectors:
    return update_vectors(old, NEW_TEXT)


def stripped(vectors: WordVectors, **changes: object) -> WordVectors:
    kept = {
        name: getattr(vectors, name)
        for name in ("counts", "document_counts", "out_matrix", "out_bias", "tokenizer_spec", "metadata")
    }
    return WordVectors(vectors.words, vectors.matrix, **{**kept, **changes})


def record_of(vectors: WordVectors) -> dict:
    return vectors.metadata["updates"][-1]


def nearest(vectors: WordVectors, word: str, n: int) -> set[str]:
    return {other for other, _ in vectors.most_similar(word, n=n)}


def test_old_words_keep_their_ids_and_new_ones_follow_by_count(old: WordVectors) -> None:
    more = [*NEW_TEXT, "rare film", "rarer film rarer film rarer film", "rare film rare", "once film"]
    new = update_vectors(old, more)
    assert new.words[: len(old)] == old.words
    added = new.words[len(old) :]
    assert set(added) == {"gripping", "dreary", "rare", "rarer"}
    counts = new.counts[len(old) :]
    assert (np.diff(counts) <= 0).all()
    assert added[2:] == ["rare", "rarer"]  # equal counts: by spelling
    assert "once" not in new


def test_counts_are_those_of_both_texts(old: WordVectors, new: WordVectors) -> None:
    both = [text.split() for text in OLD_TEXT + NEW_TEXT]
    for row, word in enumerate(new.words):
        assert new.counts[row] == sum(text.count(word) for text in both)
        assert new.document_counts[row] == sum(word in text for text in both)
    assert (new.n_tokens, new.n_documents) == (12 * 420, 420)


def test_neighbours_of_words_that_are_not_in_the_new_text_survive(new: WordVectors) -> None:
    for word in KINDS["sea"]:
        assert nearest(new, word, 3) == set(KINDS["sea"]) - {word}


def test_new_words_land_among_their_kind(new: WordVectors) -> None:
    assert nearest(new, "gripping", 4) == set(KINDS["praise"])
    assert nearest(new, "dreary", 4) == set(KINDS["blame"])


def test_nothing_of_the_old_is_changed_before_training(
    old: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no update made, old rows are the old ones, and new ones are as all words start."""
    monkeypatch.setattr("textransfer.pretrain.trainer.Trainer.run", lambda trainer, start: iter(()))
    new = update_vectors(old, NEW_TEXT)
    n = len(old)
    np.testing.assert_array_equal(new.matrix[:n], old.matrix)
    np.testing.assert_array_equal(new.out_matrix[:n], old.out_matrix)
    assert (np.abs(new.matrix[n:]) <= 0.5 / 10).all()
    assert len(np.unique(new.matrix[n:])) == new.matrix[n:].size
    assert not new.out_matrix[n:].any()
    if old.out_bias is not None:
        np.testing.assert_array_equal(new.out_bias[:n], old.out_bias)
        q = new.counts**0.75
        np.testing.assert_allclose(new.out_bias[n:], np.log(q / q.sum())[n:], rtol=1e-5)


@pytest.mark.filterwarnings("ignore:this text was learned before")
def test_the_loss_on_the_new_text_falls(old: WordVectors, new: WordVectors) -> None:
    def loss_on_new_text(vectors: WordVectors) -> float:
        still = {"learning_rate": 1e-9, "min_learning_rate": 0.0}
        history: list[Progress] = []
        update_vectors(vectors, NEW_TEXT, epochs=10, on_progress=history.append, **still)
        return float(np.nanmean([record.loss for record in history]))

    assert loss_on_new_text(new) < loss_on_new_text(old) - 0.05


def test_two_updates_in_a_row(old: WordVectors, new: WordVectors) -> None:
    kinds = {"sea": [*KINDS["sea"], "anchor"], "blame": KINDS["blame"]}
    twice = update_vectors(new, texts(kinds, 120, seed=2))
    assert twice.words == [*new.words, "anchor"]
    assert nearest(twice, "anchor", 4) == set(KINDS["sea"])
    assert nearest(twice, "gripping", 4) == set(KINDS["praise"])
    first, second = twice.metadata["updates"]
    assert first == new.metadata["updates"][0]
    assert (first["n_tokens"], second["n_tokens"]) == (12 * 120, 12 * 120)
    assert twice.n_tokens == 12 * 540
    # the schedule goes on over all three texts
    settings = old.metadata["settings"]
    trained = [run["training"]["n_tokens"] for run in (twice.metadata, first, second)]
    start, end = settings["learning_rate"], settings["min_learning_rate"]
    for run, n_old, n_new in ((first, trained[0], trained[1]), (second, sum(trained[:2]), trained[2])):
        assert run["settings"]["learning_rate"] == continued_rate(start, end, n_old, n_new)
    assert twice.metadata["settings"] == settings
    assert twice.metadata["seconds"] > new.metadata["seconds"] > old.metadata["seconds"]


def test_seed_repeats_and_another_seed_does_not(old: WordVectors) -> None:
    one, same, other = (update_vectors(old, NEW_TEXT, epochs=3, random_state=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.matrix, same.matrix)
    np.testing.assert_array_equal(one.out_matrix, same.out_matrix)
    assert (one.matrix != other.matrix).any()


def test_the_second_update_of_a_seed_draws_other_samples(old: WordVectors) -> None:
    once = update_vectors(old, NEW_TEXT, epochs=1)
    as_if_first = stripped(once, metadata={**once.metadata, "updates": []})
    more, rate = texts(NEW_KINDS, 120, seed=3), 0.01
    second, first = (
        update_vectors(vectors, more, epochs=1, learning_rate=rate) for vectors in (once, as_if_first)
    )
    assert (second.matrix != first.matrix).any()


def test_old_vectors_are_not_touched(old: WordVectors) -> None:
    before = old.matrix.copy(), dict(old.metadata)
    update_vectors(old, NEW_TEXT, epochs=1)
    np.testing.assert_array_equal(old.matrix, before[0])
    assert old.metadata == before[1]


def test_where_the_rate_starts() -> None:
    assert continued_rate(0.025, 0.0001, 300, 100) == pytest.approx(0.0001 + 0.0249 / 4)
    assert continued_rate(0.025, 0.0001, 10**12, 1) == pytest.approx(0.0001)
    assert continued_rate(0.025, 0.0001, 0, 100) == 0.025


def test_settings_come_from_the_vectors_and_can_be_overridden(old: WordVectors) -> None:
    history: list[Progress] = []
    new = update_vectors(
        old, NEW_TEXT, window=2, learning_rate=0.01, epochs=2, n_jobs=None, on_progress=history.append
    )
    settings = record_of(new)["settings"]
    names = ("window", "learning_rate", "epochs", "min_count")
    assert [settings[name] for name in names] == [2, 0.01, 2, 2]
    assert history[0].learning_rate == 0.01
    history.clear()
    settings = record_of(update_vectors(old, NEW_TEXT, on_progress=history.append))["settings"]
    assert (settings["window"], settings["epochs"]) == (5, 60)
    assert history[0].learning_rate == settings["learning_rate"] < 0.025


def test_epochs_that_the_size_rule_chose_are_chosen_again_by_the_new_text() -> None:
    large = SkipGram(vector_size=4, window=2).fit(OLD_TEXT * 3).vectors_
    assert large.n_tokens > 10_000
    assert large.metadata["settings"]["epochs"] == 100
    assert record_of(update_vectors(large, NEW_TEXT))["settings"]["epochs"] == 200


def test_machine_settings_are_not_taken_over() -> None:
    vectors = pretrained(engine="torch", epochs=2)
    assert record_of(update_vectors(vectors, NEW_TEXT, epochs=2))["engine"]["name"] == "cpu"


def test_log_uniform_noise_goes_by_rank_not_by_id() -> None:
    old = pretrained("nce", noise="log-uniform", epochs=5)
    flood = ["gripping film"] * 2000
    new = update_vectors(old, flood, epochs=1)
    assert new.counts.argmax() in (new.index["gripping"], new.index["film"])
    bias = new.out_bias[new.index["gripping"]]
    assert bias > np.log(0.1)  # the second of 17 ranks has q = 0.14, the last one 0.02


def test_a_constant_rate_stays() -> None:
    vectors = pretrained(schedule="constant", learning_rate=0.02, epochs=3)
    history: list[Progress] = []
    update_vectors(vectors, NEW_TEXT, on_progress=history.append)
    assert {record.learning_rate for record in history} == {0.02}


def test_a_cap_on_the_vocabulary_holds_but_old_words_stay() -> None:
    old = pretrained(max_vocab_size=10, epochs=2)
    assert len(update_vectors(old, NEW_TEXT)) == 10
    joined = update_vectors(old, NEW_TEXT, max_vocab_size=11)
    assert joined.words[:10] == old.words
    assert len(joined) == 11
    assert len(update_vectors(old, NEW_TEXT, max_vocab_size=3)) == 10


def test_the_same_text_again_is_noticed(old: WordVectors, new: WordVectors) -> None:
    with pytest.warns(TextransferWarning, match="learned before, in pretraining"):
        update_vectors(old, OLD_TEXT, epochs=1)
    with pytest.warns(TextransferWarning, match="learned before, in update 1"):
        update_vectors(new, NEW_TEXT, epochs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        update_vectors(new, OLD_TEXT[:20], epochs=1)


def test_after_saving_and_loading_it_goes_on_the_same(old: WordVectors, tmp_path: Path) -> None:
    loaded = WordVectors.load(old.save(tmp_path / "old"))
    one, other = (update_vectors(vectors, NEW_TEXT, epochs=2) for vectors in (old, loaded))
    np.testing.assert_array_equal(one.matrix, other.matrix)
    assert WordVectors.load(one.save(tmp_path / "new")).metadata["updates"] == one.metadata["updates"]


def test_ctrl_c_leaves_what_was_learned(old: WordVectors) -> None:
    def stop_early(record: Progress) -> None:
        if record.share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(TrainingInterrupted) as interrupt:
        update_vectors(old, NEW_TEXT, on_progress=stop_early)
    vectors = interrupt.value.vectors
    assert record_of(vectors)["is_interrupted"]
    assert len(vectors) == len(old) + 2


def test_vectors_without_a_record_of_settings_are_enough(old: WordVectors) -> None:
    bare = stripped(old, metadata=None, document_counts=None)
    new = update_vectors(bare, NEW_TEXT, min_count=2)
    assert new.words[len(old) :] == ["gripping", "dreary"] or new.words[len(old) :] == ["dreary", "gripping"]
    assert new.document_counts is None
    assert (new.out_bias is None) == (old.out_bias is None)


def test_nce_without_its_bias_cannot_be_trained_further() -> None:
    vectors = pretrained("nce", epochs=1)
    with pytest.raises(ConfigError, match="no output bias"):
        update_vectors(stripped(vectors, out_bias=None), NEW_TEXT)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"vector_size": 11}, "vector_size is 11, but the vectors have 10"),
        ({"tokenizer": "japanese"}, "tokenizer cannot change"),
        ({"windows": 3}, "unknown setting windows"),
        ({"window": 0}, "window is 0"),
    ],
)
def test_settings_that_cannot_be_obeyed(old: WordVectors, settings: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        update_vectors(old, NEW_TEXT, **settings)
    update_vectors(old, NEW_TEXT, vector_size=10, epochs=1)


def test_the_objective_cannot_change(old: WordVectors) -> None:
    other = "nce" if old.out_bias is None else "sgns"
    with pytest.raises(ConfigError, match=f"objective is {other!r}"):
        update_vectors(old, NEW_TEXT, objective=other)


@pytest.mark.parametrize("documents", [["unheard"], ["film", "lovely"], ["unheard words alone"]])
def test_text_without_pairs_is_refused(old: WordVectors, documents: list[str]) -> None:
    with pytest.raises(CorpusError, match="none of them two"):
        update_vectors(old, documents)
