import numpy as np
import pytest
from sklearn.base import clone

from textransfer import SentimentClassifier, SkipGram, WordVectors
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.sentiment.sentences.seeds import look_up_seeds, read_seed_words, seed_directions
from textransfer.sentiment.training.heads import PRIOR_STRENGTH

GOOD, BAD = [f"good{i}" for i in range(8)], [f"bad{i}" for i in range(8)]
SEEDS = {"neg": "bad0 bad1", "pos": ["good0", "good1"]}


def reviews(n, seed):
    """Texts of good or of bad words among plain ones; the two kinds are never mixed."""
    random = np.random.default_rng(seed)
    plain = [f"plain{i}" for i in range(20)]
    labels = ["pos", "neg"] * (n // 2)
    return [
        " ".join([*random.choice(GOOD if label == "pos" else BAD, 4), *random.choice(plain, 4)])
        for label in labels
    ], labels


@pytest.fixture(scope="module")
def vectors():
    return SkipGram(vector_size=8, epochs=20, min_count=1, sample=0.0).fit(reviews(400, 0)[0]).vectors_


@pytest.fixture(scope="module")
def test_texts():
    return reviews(100, 1)


def test_seeds_alone_classify(vectors, test_texts):
    classifier = SentimentClassifier(vectors, seed_words=SEEDS).fit([], [])
    texts, labels = test_texts
    assert classifier.score(texts, labels) > 0.95
    assert classifier.classes_.tolist() == ["neg", "pos"]
    assert classifier.n_epochs_ == 0
    assert classifier.seed_report_.known == {"neg": ("bad0", "bad1"), "pos": ("good0", "good1")}
    assert classifier.seed_report_.labels_right is None


def test_scores_have_a_deviation_of_one_over_the_corpus(vectors):
    texts = reviews(400, 0)[0]
    classifier = SentimentClassifier(vectors, seed_words=SEEDS).fit([], [])
    scores = classifier.averaging_.vectors(classifier.encode(texts)) @ classifier.network_.prior
    np.testing.assert_allclose(scores.std(axis=0), 1, rtol=0.25)


@pytest.mark.parametrize("power", [0.0, 0.375, 1.0])
def test_the_direction_is_that_of_unstretched_vectors(vectors, power):
    texts = reviews(60, 2)[0]
    classifier = SentimentClassifier(vectors, seed_words=SEEDS, component_power=power).fit([], [])
    plain = SentimentClassifier(vectors, seed_words=SEEDS, component_power=0.0).fit([], [])
    unit = vectors.unit_matrix[vectors.rows_of(["bad0", "bad1", "good0", "good1"])]
    direction = unit[2:].mean(axis=0) - unit[:2].mean(axis=0)
    expected = plain.averaging_.vectors(plain.encode(texts)) @ direction > 0
    np.testing.assert_array_equal(classifier.predict(texts) == "pos", expected)


def test_labels_overrule_seeds(vectors, test_texts):
    texts, labels = test_texts
    swapped = {"neg": SEEDS["pos"], "pos": SEEDS["neg"]}
    assert SentimentClassifier(vectors, seed_words=swapped).fit([], []).score(texts, labels) < 0.05
    with pytest.warns(TextransferWarning, match="contradict the labels: alone they are right on 0 of 40"):
        taught = SentimentClassifier(vectors, seed_words=swapped, calibrate=False).fit(*reviews(40, 3))
    assert taught.score(texts, labels) > 0.9
    assert float(taught.network_.prior_strength[0, 0, 0]) < PRIOR_STRENGTH - 0.2


def test_seeds_help_few_labels(vectors, test_texts):
    texts, labels = test_texts
    few = reviews(40, 4)
    few = [few[0][i] for i in (0, 1)], [few[1][i] for i in (0, 1)]
    with_seeds = SentimentClassifier(vectors, seed_words=SEEDS).fit(*few)
    assert with_seeds.score(texts, labels) >= SentimentClassifier(vectors).fit(*few).score(texts, labels)
    assert with_seeds.seed_report_.labels_right == 1.0


def test_saved_and_cloned(vectors, test_texts, tmp_path):
    classifier = SentimentClassifier(vectors, seed_words=SEEDS).fit(*reviews(20, 5))
    classifier.save(tmp_path / "classifier")
    loaded = SentimentClassifier.load(tmp_path / "classifier")
    np.testing.assert_array_equal(
        loaded.predict_proba(test_texts[0]), classifier.predict_proba(test_texts[0])
    )
    assert clone(classifier).seed_words == SEEDS


def test_plain_means_and_foreign_vectors_take_seeds_too(vectors, test_texts):
    bare = WordVectors(vectors.words, vectors.matrix, tokenizer_spec=vectors.tokenizer_spec)
    for encoder in ("sif", "mean"):
        found = SentimentClassifier(bare, encoder=encoder, seed_words=SEEDS).fit([], [])
        assert found.score(*test_texts) > 0.6


def test_unknown_and_misplaced_seeds_are_reported(vectors):
    seeds = {"neg": "bad0 bad1 bad2 good3 nonsense", "pos": "good0 good1 good2"}
    with pytest.warns(TextransferWarning) as warned:
        found = SentimentClassifier(vectors, seed_words=seeds).fit([], [])
    assert found.seed_report_.unknown == ("nonsense",)
    assert ("good3", "neg", "pos") in found.seed_report_.misplaced
    assert any("do not know: nonsense" in str(one.message) for one in warned)
    assert any("good3 (neg, nearer to pos)" in str(one.message) for one in warned)


def test_seeds_of_words_of_several_pieces(vectors):
    words = {"neg": ["bad0 bad1"], "pos": ["good0"]}
    seeds = look_up_seeds(words, ["neg", "pos"], vectors, vectors.tokenizer())
    directions, report = seed_directions(vectors, seeds, component_power=0, is_unit=True)
    assert report.known["neg"] == ("bad0 bad1",)
    assert directions.shape == (8, 2)
    np.testing.assert_allclose(directions[:, 0], -directions[:, 1], rtol=1e-5)


@pytest.mark.parametrize(
    ("settings", "data", "message"),
    [
        ({"seed_words": {"pos": "good0"}}, ([], []), "expected some words for each of two classes"),
        ({"seed_words": {"pos": "good0", "neg": "xyz"}}, ([], []), "know no seed word of 'neg'"),
        ({"seed_words": {"a": "good0", "b": "bad0"}}, reviews(4, 0), "given for 'a', which is no class"),
        ({"seed_words": {"pos": 1, "neg": 2}}, ([], []), "expected words in a string or a list"),
        ({"seed_words": SEEDS, "vectors": None}, reviews(4, 0), "given without vectors"),
    ],
)
def test_bad_seeds(vectors, settings, data, message):
    with pytest.raises(ConfigError, match=message):
        SentimentClassifier(**{"vectors": vectors, **settings}).fit(*data)


def test_seeds_from_a_command_line(tmp_path):
    file = tmp_path / "seeds.toml"
    file.write_text('pos = "good, great"\n"very bad" = ["bad", "not good"]\n', encoding="utf-8")
    assert read_seed_words(["pos=fine good", "neg = bad"]) == {"pos": ["fine", "good"], "neg": ["bad"]}
    assert read_seed_words([str(file)]) == {"pos": ["good", "great"], "very bad": ["bad", "not good"]}
    for given in ("good great", "=x", str(tmp_path / "none.toml")):
        with pytest.raises(ConfigError):
            read_seed_words([given])
    file.write_text("pos = good")
    with pytest.raises(ConfigError, match="is no TOML"):
        read_seed_words([str(file)])


@pytest.mark.parametrize(
    "joined", ["良い、最高", "良い，最高", "良い・最高", "良い, 最高", "良い　最高", "良い､最高"]
)
def test_seeds_are_joined_as_in_any_language(joined):
    assert read_seed_words([f"満足={joined}", f"不満＝{joined}"]) == {
        "満足": ["良い", "最高"],
        "不満": ["良い", "最高"],
    }


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "seeds.toml"
    path.write_text('"満足" = "良い"\n', encoding="utf-8-sig")
    assert read_seed_words([str(path)]) == {"満足": ["良い"]}


@pytest.mark.parametrize(
    "line", ['満足 = "良い"', '満足="良い"', '"満足"＝"良い"', "満足＝良い", "満足 ＝ “良い”"]
)
def test_names_in_other_letters_are_told_to_need_quotes(tmp_path, line):
    path = tmp_path / "seeds.toml"
    path.write_text(f'bad = "ひどい"\n{line}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match='need quotes, and the sign is =: "満足" = "良い"'):
        read_seed_words([str(path)])


def test_a_file_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "seeds.toml"
    path.write_bytes('"満足" = "良い"\n'.encode("cp932"))
    with pytest.raises(ConfigError, match="is not in UTF-8.*save it as UTF-8"):
        read_seed_words([str(path)])
