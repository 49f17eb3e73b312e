import json
import os

import numpy as np
import pytest

from textransfer import forking
from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.transfer.comparing import fits
from textransfer.transfer.comparing import task as task_module
from textransfer.transfer.comparing.arms import EstimatorArm, NetworkArm
from textransfer.transfer.comparison import compare

CONFIG = ClassifierConfig(epochs=20)
ARMS = ["pretrained", "no pretraining", "TF-IDF + LR", "majority"]


@pytest.fixture(scope="module")
def by_draws(vectors, pool, test_texts):
    # Pieces of the words would tell the classes without any vector.
    return compare(vectors, pool, test_texts, n_labels=8, n_draws=6, config=CONFIG, has_text_features=False)


def test_planted_transfer_is_found(by_draws):
    assert by_draws.verdict.outcome == "positive"
    assert by_draws.verdict.sentence.startswith("Pretraining helped: +")
    assert by_draws.arm("pretrained").accuracy.estimate > 0.9
    assert by_draws.arm("majority").accuracy.estimate == 0.5
    assert by_draws.measures.jump_start > 0
    assert by_draws.measures.time_to_threshold.seconds_with_pretraining > 12.5
    assert by_draws.verdict.difference == by_draws.arm("no pretraining").behind


def test_meaningless_vectors_are_not_praised(vectors, pool, test_texts):
    random = np.random.default_rng(0)
    shuffled = type(vectors)(
        vectors.words,
        random.permutation(vectors.matrix),
        counts=vectors.counts,
        tokenizer_spec=vectors.tokenizer_spec,
    )
    comparison = compare(shuffled, pool, test_texts, n_labels=8, n_draws=6, config=CONFIG)
    assert comparison.verdict.outcome != "positive"
    assert comparison.measures.time_to_threshold.seconds_with_pretraining is None


def test_rows_and_arms_agree(by_draws):
    assert [arm.name for arm in by_draws.arms] == ARMS
    assert len(by_draws.rows) == 4 * 6
    for arm in by_draws.arms:
        rows = [row for row in by_draws.rows if row.arm == arm.name]
        assert [row.draw for row in rows] == list(range(6))
        assert {(row.n_train, row.n_test) for row in rows} == {(8, 100)}
        assert np.mean([row.accuracy for row in rows]) == pytest.approx(arm.accuracy.estimate)
        assert np.mean([row.macro_f1 for row in rows]) == pytest.approx(arm.macro_f1.estimate)
        assert np.std([row.accuracy for row in rows], ddof=1) == pytest.approx(arm.deviation)
        assert np.mean([row.fit_seconds for row in rows]) == pytest.approx(arm.fit_seconds)
    seeds = {name: [row.seed for row in by_draws.rows if row.arm == name] for name in ARMS}
    assert all(seeds[name] == seeds["pretrained"] for name in ARMS)


def test_differences_are_those_of_the_arms(by_draws):
    first = by_draws.arms[0]
    assert first.behind is None
    for arm in by_draws.arms[1:]:
        assert arm.behind.estimate == pytest.approx(first.accuracy.estimate - arm.accuracy.estimate)
        assert arm.macro_f1_behind.estimate == pytest.approx(first.macro_f1.estimate - arm.macro_f1.estimate)


def test_curves_end_at_the_accuracy(by_draws):
    for arm in by_draws.arms[:2]:
        assert arm.curve.mean[-1] == pytest.approx(arm.accuracy.estimate)
        np.testing.assert_array_equal(arm.curve.epochs, [1, 2, 3, 5, 7, 10, 15, 20])
    first, second = (arm.curve.mean[0] for arm in by_draws.arms[:2])
    assert by_draws.jump_start.estimate == pytest.approx(first - second)
    assert by_draws.measures.threshold == pytest.approx(by_draws.arms[1].accuracy.estimate)
    assert by_draws.arms[2].curve is None


def test_coverage(by_draws):
    # Six known words and one unknown in each text.
    assert by_draws.labelled_coverage.token_share == pytest.approx(6 / 7)
    assert by_draws.test_coverage.n_texts == 100
    assert by_draws.test_coverage.n_texts_without_known_words == 0


def test_to_dict_is_json(by_draws):
    record = json.loads(json.dumps(by_draws.to_dict()))
    assert record["mode"] == "draws"
    assert record["classes"] == ["neg", "pos"]
    assert record["arms"][0]["curve"]["epochs"][0] == 1
    assert len(record["rows"]) == 24
    assert (record["n_labels"], record["n_pool"], record["n_test"], record["n_draws"]) == (8, 60, 100, 6)


def test_the_seed_decides(vectors, pool, test_texts):
    def run(seed):
        comparison = compare(
            vectors,
            pool,
            test_texts,
            n_labels=4,
            n_draws=2,
            config=CONFIG.override(epochs=3),
            random_state=seed,
        )
        rows = [(row.seed, row.accuracy, row.macro_f1) for row in comparison.rows]
        return rows, comparison.arms[0].macro_f1

    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.parametrize("mode", ["draws", "random states", "folds"])
def test_processes_share_the_fits_and_nothing_changes(vectors, pool, test_texts, monkeypatch, mode):
    begun = []

    def watched(work):
        begun.append(work)
        return forking.begun(work)

    monkeypatch.setattr(fits, "begun", watched)
    monkeypatch.setattr(fits, "can_fork", lambda: hasattr(os, "fork"))
    given = {"draws": {"n_labels": 8}, "random states": {}, "folds": {}}[mode]
    tested = None if mode == "folds" else test_texts
    alone, shared = (
        compare(vectors, pool, tested, n_draws=5, config=CONFIG, n_jobs=n_jobs, **given) for n_jobs in (1, 3)
    )
    assert len(begun) == (2 if hasattr(os, "fork") else 0)
    assert [arm.accuracy for arm in shared.arms] == [arm.accuracy for arm in alone.arms]
    assert [(row.arm, row.draw, row.accuracy) for row in shared.rows] == [
        (row.arm, row.draw, row.accuracy) for row in alone.rows
    ]


def test_many_labels_stay_in_one_process(vectors, pool, test_texts, monkeypatch):
    monkeypatch.setattr(fits, "can_fork", lambda: True)
    monkeypatch.setattr(fits, "MOST_LABELS_SIDE_BY_SIDE", 7)
    monkeypatch.delattr(fits, "begun")
    assert compare(vectors, pool, test_texts, n_labels=8, n_draws=2, config=CONFIG, n_jobs=2).n_draws == 2


def test_random_states_of_one_training_set(vectors, pool, test_texts, monkeypatch):
    fits = []
    for kind in (NetworkArm, EstimatorArm):
        fit = kind.fit_rounds
        monkeypatch.setattr(
            kind,
            "fit_rounds",
            lambda arm, rounds, *report, fit=fit: (
                fits.extend([arm.name] * len(rounds)) or fit(arm, rounds, *report)
            ),
        )
    comparison = compare(vectors, pool, test_texts, n_draws=3, config=CONFIG)
    assert comparison.mode == "random states"
    assert comparison.n_labels == 60
    assert fits == [*["pretrained"] * 3, *["no pretraining"] * 3, "TF-IDF + LR", "majority"]
    assert len(comparison.rows) == 12
    assert any("do not cover other training sets" in note for note in comparison.notes)


def test_cross_validation(vectors, pool):
    comparison = compare(vectors, pool, n_draws=7, config=CONFIG)
    assert (comparison.mode, comparison.n_draws, comparison.n_folds) == ("cross-validation", 2, 5)
    assert (comparison.n_labels, comparison.n_test) == (48, 60)
    assert comparison.arms[0].accuracy.estimate > 0.9
    rows = [row for row in comparison.rows if row.arm == "pretrained"]
    assert [(row.draw, row.fold) for row in rows] == [(i, k) for i in range(2) for k in range(5)]
    assert np.mean([row.accuracy for row in rows]) == pytest.approx(comparison.arms[0].accuracy.estimate)
    with_members = comparison.arms[0].curve.with_members.mean()
    assert with_members == pytest.approx(comparison.arms[0].accuracy.estimate)


def test_few_labels_make_few_folds(vectors, pool):
    few = LabelledTexts(pool.texts[:7], ["pos"] * 4 + ["neg"] * 3, "few.csv")
    comparison = compare(vectors, few, n_draws=3, config=CONFIG)
    assert comparison.n_folds == 3
    assert any("3 folds instead of 5" in note for note in comparison.notes)


def test_many_test_texts_are_watched_in_part(vectors, pool, test_texts, monkeypatch):
    monkeypatch.setattr(task_module, "N_WATCHED", 30)
    comparison = compare(vectors, pool, test_texts, n_labels=8, n_draws=2, config=CONFIG)
    assert comparison.n_watched == 30
    assert any("30 of the 100 test texts" in note for note in comparison.notes)
    in_folds = compare(vectors, pool, n_draws=1, config=CONFIG)
    assert in_folds.arms[0].curve.mean[-1] > 0.8


def test_progress_runs_from_none_to_all(vectors, pool, test_texts):
    calls = []
    compare(
        vectors,
        pool,
        test_texts,
        n_labels=4,
        n_draws=2,
        config=CONFIG.override(epochs=1),
        progress=lambda *call: calls.append(call),
    )
    assert [done for done, _, _ in calls] == list(range(9))
    assert {total for _, total, _ in calls} == {8}
    assert [what for _, _, what in calls] == [name for name in ARMS for _ in range(2)] + ["done"]


def test_texts_seen_twice_are_counted(vectors, pool, test_texts):
    mixed = LabelledTexts(
        [*test_texts.texts[:8], *pool.texts[:2]], [*test_texts.labels[:8], *pool.labels[:2]], "t"
    )
    comparison = compare(vectors, pool, mixed, n_labels=8, n_draws=2, config=CONFIG)
    assert any(note.startswith("2 test texts are also") for note in comparison.notes)


def test_a_test_label_that_was_never_labelled_is_refused(vectors, pool):
    with pytest.raises(CorpusError, match=r"test\.csv has the label 'odd'"):
        compare(vectors, pool, LabelledTexts(["a"], ["odd"], "test.csv"), n_labels=4)


def test_too_few_labels_are_refused(vectors, pool, test_texts):
    with pytest.raises(ConfigError, match="2 classes"):
        compare(vectors, pool, test_texts, n_labels=1)


def test_two_test_texts_prove_nothing(vectors, pool, test_texts):
    two = LabelledTexts(test_texts.texts[:2], test_texts.labels[:2], "test.csv")
    comparison = compare(vectors, pool, two, n_labels=8, n_draws=10, config=CONFIG)
    assert comparison.verdict.outcome == "inconclusive"
    assert comparison.verdict.limits.startswith("2 test texts cannot prove any difference")


def test_an_unknown_arm(by_draws):
    with pytest.raises(KeyError, match="no arm is named 'fine-tuned'"):
        by_draws.arm("fine-tuned")


def test_words_join_both_arms_alike(vectors, pool, test_texts):
    fits = [
        compare(vectors, pool, test_texts, n_draws=2, config=CONFIG, has_text_features=has_them)
        for has_them in (True, False)
    ]
    joined, alone = ([arm.accuracy.estimate for arm in fit.arms[:2]] for fit in fits)
    assert min(joined) > 0.99  # the words say all
    assert alone[1] < 0.95
    sizes = [[arm.n_parameters for arm in fit.arms[:2]] for fit in fits]
    n_further = [with_words - without for with_words, without in zip(*sizes, strict=True)]
    assert n_further[0] == n_further[1] > 0
    assert fits[0].arms[0].fit_seconds > 0


def test_what_is_wrong_with_seed_words_is_noted_once(vectors, pool, test_texts, recwarn):
    known = {"pos": [word for word in vectors.words if word.startswith("good")][:2]}
    known["neg"] = [word for word in vectors.words if word.startswith("bad")][:2]
    swapped = {"pos": known["neg"], "neg": [*known["pos"], "zzz"]}
    settings = {"n_labels": 4, "n_draws": 2, "config": CONFIG.override(epochs=2)}
    comparison = compare(vectors, pool, test_texts, seed_words=swapped, **settings)
    assert [note for note in comparison.notes if "do not know: zzz" in note]
    assert [note for note in comparison.notes if "contradict the labels" in note]
    assert not [
        note
        for note in compare(vectors, pool, test_texts, seed_words=known, **settings).notes
        if "seed" in note
    ]
    assert not [warning for warning in recwarn if "seed" in str(warning.message)]


def test_vectors_from_elsewhere_know_no_marked_negation():
    words = ["never", "good", "bad", "not_good", "not_bad"]
    matrix = [[0.1, 0.1], [1, 0], [0, 1], [0, 1], [1, 0]]
    own = WordVectors(words, np.array(matrix), tokenizer_spec=WordsTokenizer(marks_negation=True).spec())
    foreign = WordVectors(words[:3], np.array(matrix[:3]))
    labelled = LabelledTexts(["never good", "never bad"] * 10, ["a", "b"] * 10, "few.csv")
    comparison = compare(
        own, labelled, labelled, n_labels=4, n_draws=2, config=CONFIG, further_arms={"foreign": foreign}
    )
    assert comparison.arm("pretrained").accuracy.estimate == 1
    assert comparison.arm("foreign").accuracy.estimate == 1


def test_further_arms_are_cut_by_their_own_tokenizer():
    own = WordVectors(["x"], np.ones((1, 2)), tokenizer_spec=WordsTokenizer().spec())
    spec = WordsTokenizer(lowercase=False).spec()
    further = WordVectors(["Good", "Bad", "a"], np.array([[1.0, 0], [0, 1], [0.1, 0.1]]), tokenizer_spec=spec)
    labelled = LabelledTexts(["a Good", "a Bad"] * 10, ["a", "b"] * 10, "few.csv")
    comparison = compare(own, labelled, labelled, n_labels=4, n_draws=2, further_arms={"further": further})
    assert comparison.arm("further").accuracy.estimate == 1


def test_weights_of_classes_by_their_names(vectors, pool, test_texts):
    def accuracy(class_weight):
        config = CONFIG.override(class_weight=class_weight)
        comparison = compare(vectors, pool, test_texts, n_labels=8, n_draws=2, config=config)
        return comparison.arms[0].accuracy.estimate

    assert accuracy({"pos": 1, "neg": 1}) == accuracy("none")
    assert accuracy({"neg": 10_000}) < accuracy("none") - 0.1
