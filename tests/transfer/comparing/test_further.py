"""Further arms of a comparison: an encoder, and both together."""

import numpy as np
import pytest
from markupsafe import escape

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.encoders.encoder import Encoder
from textransfer.errors import ConfigError, FormatError
from textransfer.report.saving import save_report
from textransfer.sentiment import encoder_folder
from textransfer.sentiment.loading import load_classifier
from textransfer.sentiment.predicting import predict_stream
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.transfer.classification import classify
from textransfer.transfer.comparing import sources
from textransfer.transfer.comparing.splits import few_shot_draws
from textransfer.transfer.comparison import compare
from textransfer.transfer.learning_curve import learning_curve

CONFIG = ClassifierConfig(epochs=20)
SETTINGS = {"n_draws": 4, "config": CONFIG}
VECTORS_ALONE = {"has_text_features": False}  # pieces of the words would tell as much as an encoder


def telling(texts):
    """Encode how many good words a text has more than bad ones, beside a large number that all have."""
    return [[text.count("good") - text.count("bad"), 30.0] for text in texts]


def useless(texts):
    return np.random.default_rng(0).normal(size=(len(texts), 3))


@pytest.fixture(scope="module")
def comparison(vectors, pool, test_texts):
    arms = {"telling": telling, "useless": useless}
    return compare(vectors, pool, test_texts, n_labels=16, further_arms=arms, **SETTINGS, **VECTORS_ALONE)


def test_each_source_is_two_arms(comparison):
    assert [arm.name for arm in comparison.arms][4:] == [
        "telling",
        "pretrained + telling",
        "useless",
        "pretrained + useless",
    ]
    assert comparison.arm("telling").accuracy.estimate == 1
    assert comparison.arm("pretrained + telling").accuracy.estimate > 0.97
    assert comparison.arm("useless").accuracy.estimate < 0.65
    worse = comparison.arm("pretrained").accuracy.estimate - 0.03
    assert comparison.arm("pretrained + useless").accuracy.estimate > worse


def test_what_is_said_of_them(comparison):
    first, second = comparison.further
    assert (first.name, first.joined, first.kind, first.path) == (
        "telling",
        "pretrained + telling",
        "function",
        "",
    )
    assert first.better == "telling"
    assert second.better == "pretrained"
    for arm in comparison.further:
        own, pretrained, joined = (
            comparison.arm(name).accuracy.estimate for name in (arm.name, "pretrained", arm.joined)
        )
        assert arm.against_pretrained.estimate == pytest.approx(own - pretrained)
        assert arm.joined_against_better.estimate == pytest.approx(joined - max(own, pretrained))
        assert arm.against_pretrained.level == pytest.approx(1 - 0.05 / 4)
        assert arm.seconds_per_thousand > 0
        assert arm.pretrained_seconds_per_thousand > 0
    said = second.sentences
    assert said[0].startswith("useless is behind pretrained: -")
    assert said[1].startswith(
        "pretrained + useless is not surely apart from pretrained, the better of the two"
    )
    assert "for 1,000 texts, pretrained" in said[2]
    assert comparison.to_dict()["further"][0]["sentences"] == list(first.sentences)


def test_a_page_says_it_too(vectors, pool, test_texts, tmp_path):
    arms = {"<b>telling</b>": telling}
    result = classify(vectors, pool, test_texts, n_labels=8, further_arms=arms, **SETTINGS)
    page = save_report(result, tmp_path / "page.html").read_text(encoding="utf-8")
    for sentence in result.comparison.further[0].sentences:
        assert str(escape(sentence)) in page
    assert "<b>telling</b>" not in page
    save_report(result, tmp_path / "sheet.png")


def test_an_encoder_that_is_ahead_is_named_and_the_default_saved(vectors, pool, test_texts):
    shuffled = type(vectors)(
        vectors.words,
        np.random.default_rng(0).permutation(vectors.matrix),
        counts=vectors.counts,
        tokenizer_spec=vectors.tokenizer_spec,
    )
    arms = {"telling": telling}
    result = classify(shuffled, pool, test_texts, n_labels=8, further_arms=arms, **SETTINGS, **VECTORS_ALONE)
    assert result.comparison.lead.arm in ("telling", "pretrained + telling")
    assert result.saved_arm == "pretrained"
    assert any("cannot be saved" in note for note in result.choice.notes)


def test_cross_validation_encodes_the_labelled_texts_alone(vectors, pool):
    seen = []

    def encode(texts):
        seen.extend(texts)
        return telling(texts)

    comparison = compare(vectors, pool, further_arms={"telling": encode}, n_folds=3, **SETTINGS)
    assert sorted(seen) == sorted(set(pool.texts))
    assert comparison.arm("telling").accuracy.estimate == 1


def test_texts_that_no_draw_holds_are_not_encoded(vectors, pool, test_texts):
    seen = []

    def encode(texts):
        seen.extend(texts)
        return telling(texts)

    settings = {"n_draws": 2, "config": CONFIG, "further_arms": {"telling": encode}}
    compare(vectors, pool, test_texts, n_labels=4, **settings)
    drawn = {pool.texts[row] for rows in few_shot_draws(pool.labels, 4, 2) for row in rows}
    assert set(seen) == drawn | set(test_texts.texts)
    assert len(drawn) < len(pool) / 4
    seen.clear()
    learning_curve(vectors, pool, test_texts, budgets=[2, 4], is_fine_tuned_too=False, **settings)
    assert set(seen) == drawn | set(test_texts.texts)


def test_further_word_vectors_are_two_arms_as_well(vectors, pool, test_texts):
    comparison = compare(vectors, pool, test_texts, n_labels=8, further_arms={"again": vectors}, **SETTINGS)
    (further,) = comparison.further
    assert further.kind == "word vectors"
    assert further.seconds_per_thousand is None
    assert len(further.sentences) == 2
    assert comparison.arm("again").accuracy == comparison.arm("pretrained").accuracy


def test_results_are_the_same_again(vectors, pool, test_texts):
    def by_draw():
        arms = compare(vectors, pool, test_texts, n_labels=8, further_arms={"x": telling}, **SETTINGS)
        return [row.accuracy for row in arms.rows]

    assert by_draw() == by_draw()


def test_an_object_that_encodes_will_do(vectors, pool, test_texts):
    class Model:
        def encode(self, texts):
            return telling(texts)

    arms = {"model": Model()}
    comparison = compare(vectors, pool, test_texts, n_labels=8, further_arms=arms, **SETTINGS)
    assert comparison.arm("model").accuracy.estimate > 0.95


@pytest.mark.parametrize("name", ["", " ", "pretrained", "tfidf", "TF-IDF + LR", "majority", "fine-tuned"])
def test_a_name_that_another_arm_has_is_refused(vectors, pool, name):
    with pytest.raises(ConfigError, match="a name that no other arm has"):
        compare(vectors, pool, further_arms={name: telling})


def test_names_of_joined_arms_are_taken_too(vectors, pool):
    with pytest.raises(ConfigError, match="a name that no other arm has"):
        compare(vectors, pool, further_arms={"a": telling, "pretrained + a": telling})


def test_what_is_no_source_is_refused(vectors, pool, tmp_path):
    with pytest.raises(ConfigError, match="the arm 'x' is a int"):
        compare(vectors, pool, further_arms={"x": 3})
    with pytest.raises(FormatError, match="nothing is fetched, so download it first"):
        compare(vectors, pool, further_arms={"x": "sentence-transformers/all-MiniLM-L6-v2"})
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError, match="is no encoder of a known kind"):
        compare(vectors, pool, further_arms={"x": tmp_path / "empty"})
    (tmp_path / "weights.bin").write_bytes(b"\x80\x04")
    with pytest.raises(FormatError, match="pickle"):
        compare(vectors, pool, further_arms={"x": tmp_path / "weights.bin"})


def test_a_curve_takes_them_and_keeps_no_budget_of_a_function(vectors, pool, test_texts, tmp_path):
    settings = {
        **SETTINGS,
        "budgets": [4, 8],
        "further_arms": {"telling": telling},
        "is_fine_tuned_too": False,
    }
    curve = learning_curve(vectors, pool, test_texts, **settings)
    assert curve.arms[4:] == ("telling", "pretrained + telling")
    with pytest.raises(ConfigError, match="is a function, of which nobody can tell"):
        learning_curve(vectors, pool, test_texts, **settings, store=tmp_path)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder that is taken for an encoder."""
    (tmp_path / "encoder").mkdir()

    def recognised(path):
        return Encoder("telling", lambda: telling, str(path), "fingerprint")

    monkeypatch.setattr(sources, "recognised", recognised)
    monkeypatch.setattr(encoder_folder, "recognised", recognised)
    return tmp_path / "encoder"


@pytest.mark.parametrize("is_tested", [True, False])
def test_an_encoder_is_saved_as_it_was_compared(vectors, pool, test_texts, place, tmp_path, is_tested):
    settings = {**SETTINGS, "further_arms": {"telling": place}, "save_arm": "telling"}
    result = classify(vectors, pool, test_texts if is_tested else None, **settings)
    assert (result.saved_arm, result.choice.is_asked) == ("telling", True)
    assert result.trust.source == ("test texts" if is_tested else "cross-validation")
    assert result.inspection.accuracy == 1
    assert not result.inspection.has_words
    result.save(tmp_path / "saved")
    loaded = load_classifier(tmp_path / "saved")
    assert (loaded.predict(test_texts.texts) == np.array(test_texts.labels)).all()
    with pytest.raises(ConfigError, match="of which nobody can tell what a word adds"):
        list(predict_stream(loaded, [], n_words=3))
    save_report(result, tmp_path / "page.html")


def test_further_vectors_are_saved_with_their_own_tokenizer(tmp_path):
    own = WordVectors(["x"], np.ones((1, 2)), tokenizer_spec=WordsTokenizer().spec())
    spec = WordsTokenizer(lowercase=False).spec()
    further = WordVectors(["Good", "Bad", "a"], np.array([[1.0, 0], [0, 1], [0.1, 0.1]]), tokenizer_spec=spec)
    labelled = LabelledTexts(["a Good", "a Bad"] * 10, ["a", "b"] * 10, "few.csv")
    settings = {**SETTINGS, "further_arms": {"further": further}, "save_arm": "further"}
    result = classify(own, labelled, labelled, **settings)
    assert result.inspection.accuracy == 1
    result.save(tmp_path / "saved")
    assert load_classifier(tmp_path / "saved").predict(["a Bad", "a Good"]).tolist() == ["b", "a"]


@pytest.mark.parametrize(
    ("arm", "words"),
    [
        ("pretrained + x", "what is two arms together is compared only"),
        ("x", "its encoder is a function"),
        ("y", "expected one of pretrained, .*, x"),
    ],
)
def test_what_cannot_be_saved_is_refused_before_anything_is_trained(vectors, pool, arm, words):
    with pytest.raises(ConfigError, match=words):
        classify(vectors, pool, further_arms={"x": telling}, save_arm=arm)
