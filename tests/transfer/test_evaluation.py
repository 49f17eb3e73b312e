"""A classifier against labelled texts: numbers of scikit-learn, and what becomes of odd labels and texts."""

import json

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, classification_report, confusion_matrix, log_loss
from sklearn.pipeline import make_pipeline

from textransfer import (
    CombinedClassifier,
    LabelledTexts,
    SentimentClassifier,
    SkipGram,
    TfidfBaseline,
    evaluate_classifier,
    load_classifier,
)
from textransfer.errors import ConfigError, CorpusError
from textransfer.transfer.statistics.macro_f1 import confusion_macro_f1, resampled_macro_f1

WORDS = {"bird": "wing beak feather egg", "fish": "fin gill scale egg", "frog": "pond leap egg scale"}


def made_up(n, seed, labels=tuple(WORDS)):
    """Texts of three of the words of their class, one in five under another label."""
    draws = np.random.default_rng(seed)
    chosen = draws.choice(labels, n).tolist()
    texts = [" ".join(draws.choice(WORDS[label].split(), 3)) for label in chosen]
    wrong = draws.random(n) < 0.2
    given = [
        draws.choice(labels) if is_wrong else label for label, is_wrong in zip(chosen, wrong, strict=True)
    ]
    return LabelledTexts(texts, list(map(str, given)), f"{n} texts")


@pytest.fixture(scope="module")
def classifier():
    train = made_up(150, 0)
    return SentimentClassifier(vector_size=8, epochs=20).fit(train.texts, train.labels)


def test_the_numbers_are_those_of_scikit_learn(classifier):
    test = made_up(200, 1)
    result = evaluate_classifier(classifier, test)
    predicted = classifier.predict(test.texts)
    report = classification_report(test.labels, predicted, output_dict=True)
    assert result.accuracy.estimate == pytest.approx(report["accuracy"])
    assert result.macro_f1.estimate == pytest.approx(report["macro avg"]["f1-score"])
    for score in result.by_class:
        row = report[score.label]
        numbers = [score.precision.estimate, score.recall.estimate, score.f1, score.n_texts]
        assert numbers == pytest.approx([row["precision"], row["recall"], row["f1-score"], row["support"]])
        assert score.precision.low < score.precision.estimate < score.precision.high
    confusion = confusion_matrix(test.labels, predicted)
    assert result.confusion.tolist() == confusion.tolist()
    np.fill_diagonal(confusion, 0)
    assert result.confused[0].n_texts == confusion.max()
    assert sum(pair.n_texts for pair in result.confused) == confusion.sum()
    probabilities = classifier.predict_proba(test.texts)
    assert result.calibration.log_loss == pytest.approx(log_loss(test.labels, probabilities))
    of_class = [np.array(test.labels) == name for name in classifier.classes_]
    brier = [brier_score_loss(*pair) for pair in zip(of_class, probabilities.T, strict=True)]
    assert result.calibration.brier_score == pytest.approx(sum(brier))
    assert sum(part.n_texts for part in result.calibration.bins) == 200
    assert json.loads(json.dumps(result.to_dict()))["by_class"][0]["label"] == "bird"


def test_the_bootstrap_over_a_confusion_is_that_over_texts():
    draws = np.random.default_rng(3)
    truth, predicted = draws.integers(4, size=400), draws.integers(4, size=400)
    predicted[:250] = truth[:250]
    confusion = np.zeros((4, 4), np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    short, long = confusion_macro_f1(confusion), resampled_macro_f1(truth, predicted[None], 4)
    assert short.by_draw == pytest.approx(long.by_draw)
    assert short.resamples.std() == pytest.approx(long.resamples.std(), rel=0.1)
    assert short.resamples.mean() == pytest.approx(long.resamples.mean(), abs=0.005)


def test_a_pipeline_of_scikit_learn_is_evaluated_too():
    train, test = made_up(90, 4), made_up(60, 5)
    pipeline = make_pipeline(CountVectorizer(), LogisticRegression()).fit(train.texts, train.labels)
    result = evaluate_classifier(pipeline, test)
    assert result.accuracy.estimate == pytest.approx(pipeline.score(test.texts, test.labels))
    assert result.n_without_known_words is None


class TestLabelsThatTheClassifierDoesNotKnow:
    @pytest.fixture
    def odd(self):
        test = made_up(40, 6)
        return LabelledTexts(test.texts, ["newt", "toad", *test.labels[2:]], "odd.csv")

    def test_they_are_refused_with_their_names_and_numbers(self, classifier, odd):
        message = (
            r"odd\.csv: 2 of 40 texts .* know: 'newt' \(1\), 'toad' \(1\); expected 'bird', 'fish', 'frog'"
        )
        with pytest.raises(CorpusError, match=message):
            evaluate_classifier(classifier, odd)

    def test_they_count_as_wrong(self, classifier, odd):
        result = evaluate_classifier(classifier, odd, unknown_labels="wrong")
        right = classifier.predict(odd.texts) == np.array(odd.labels)
        assert result.accuracy.estimate == pytest.approx(right.mean())
        assert result.classes == ("bird", "fish", "frog", "newt", "toad")
        report = classification_report(
            odd.labels, classifier.predict(odd.texts), output_dict=True, zero_division=0
        )
        assert result.macro_f1.estimate == pytest.approx(report["macro avg"]["f1-score"])
        assert result.by_class[-1].recall.estimate == 0
        assert result.by_class[-1].precision is None
        assert np.isfinite(result.calibration.log_loss)

    def test_they_are_left_out(self, classifier, odd):
        result = evaluate_classifier(classifier, odd, unknown_labels="leave-out")
        assert (result.n_texts, result.n_left_out) == (38, 2)
        assert result.unknown_labels == {"newt": 1, "toad": 1}
        right = classifier.predict(odd.texts[2:]) == np.array(odd.labels[2:])
        assert result.accuracy.estimate == pytest.approx(right.mean())

    @pytest.mark.parametrize("choice", ["refuse", "wrong", "leave-out"])
    def test_none_known_is_refused_always(self, classifier, choice):
        test = LabelledTexts(["wing", "fin"], ["Bird", "Fish"], "titles.csv")
        with pytest.raises(
            CorpusError, match=r"no label is one of the 3 .* found 'Bird' \(1\), 'Fish' \(1\)"
        ):
            evaluate_classifier(classifier, test, unknown_labels=choice)


def test_texts_without_a_known_word_are_counted_and_not_answered(classifier):
    test = LabelledTexts(["wing beak", "qqq", "", "fin gill"], ["bird", "fish", "frog", "fish"], "four")
    result = evaluate_classifier(classifier, test, abstain_below=0.01)
    assert result.n_without_known_words == 2
    assert result.abstention.n_answered == 2
    assert result.abstention.accuracy.estimate == 1
    assert result.calibration is None  # too few to say
    none = evaluate_classifier(classifier, test, abstain_below=1.0).abstention
    assert (none.n_answered, none.accuracy) == (0, None)


def test_a_class_that_is_not_among_the_texts_has_no_recall(classifier):
    result = evaluate_classifier(classifier, made_up(40, 7, labels=("bird", "fish")))
    frog = result.by_class[2]
    assert (frog.n_texts, frog.recall) == (0, None)


def test_options_out_of_range_are_refused(classifier):
    with pytest.raises(ConfigError, match="from 0 to 1"):
        evaluate_classifier(classifier, made_up(4, 8), abstain_below=80)
    with pytest.raises(ConfigError, match="expected one of refuse, wrong, leave-out"):
        evaluate_classifier(classifier, made_up(4, 8), unknown_labels="skip")


@pytest.mark.parametrize("make", [TfidfBaseline, None])
def test_whatever_was_saved_is_evaluated_and_inspected(make, tmp_path):
    train, test = made_up(150, 9), made_up(60, 10)
    if make is None:
        vectors = SkipGram(vector_size=6, epochs=2, min_count=1).fit(train.texts).vectors_
        fitted = CombinedClassifier(vectors).fit(train.texts, train.labels)
    else:
        fitted = make().fit(train.texts, train.labels)
    fitted.save(tmp_path / "classifier")
    result = evaluate_classifier(load_classifier(tmp_path / "classifier"), test)
    assert result.accuracy.estimate == pytest.approx(np.mean(fitted.predict(test.texts) == test.labels))
    assert result.n_without_known_words == 0
    assert any(word.word == "wing" for word in result.inspection.words["bird"])
    assert result.inspection.mistakes[0].words


def test_a_classifier_that_cannot_explain_has_its_confusion_and_mistakes():
    train, test = made_up(90, 4), made_up(60, 5)
    pipeline = make_pipeline(CountVectorizer(), LogisticRegression()).fit(train.texts, train.labels)
    inspection = evaluate_classifier(pipeline, test).inspection
    assert not inspection.has_words
    assert inspection.places == ()
    assert inspection.n_mistakes == (pipeline.predict(test.texts) != np.array(test.labels)).sum()
    assert inspection.mistakes[0].probability >= inspection.mistakes[-1].probability


@pytest.mark.parametrize("kind", [bool, float, int, np.bool_, np.float64])
def test_classes_that_are_no_strings_are_met_as_they_are_and_as_files_spell_them(kind):
    known = made_up(60, 0, ("bird", "fish"))
    truth = [kind(label == "fish") for label in known.labels]
    classifier = SentimentClassifier(vector_size=8, epochs=5).fit(known.texts, truth)
    spelt = [str(int(label)) for label in truth]
    results = [
        evaluate_classifier(classifier, LabelledTexts(known.texts, labels, "some"))
        for labels in (truth, np.array(truth), spelt)
    ]
    assert len({result.accuracy for result in results}) == 1
    assert results[0].classes == tuple(map(str, classifier.classes_))


def test_what_is_no_classifier_or_no_labelled_texts_is_refused(classifier):
    with pytest.raises(ConfigError, match="labelled is a tuple; expected LabelledTexts"):
        evaluate_classifier(classifier, (["egg"], ["bird"]))
    with pytest.raises(ConfigError, match="classifier is a str; expected a fitted one"):
        evaluate_classifier("classifier", made_up(3, 0))
