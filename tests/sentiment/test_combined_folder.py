import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from reviews import labelled, telling, word_vectors
from safetensors.numpy import load_file, save_file

from textransfer import CombinedClassifier
from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, FormatError, NotFittedError, OutputError
from textransfer.sentiment.classifier import SentimentClassifier

VECTORS = word_vectors()
CONFIG = ClassifierConfig(epochs=20)
PLAIN = ["config.json", "network.safetensors", "tokenizer_spec.json", "vocabulary.json"]
WORDS = ["members.json", "words.json", "words.safetensors"]
NEW = [*telling(40, 1)[0], *labelled(20)[0], "", "entirely unknown"]


def three_classes(n):
    texts = [f"the film was {('zyx', 'xyz', 'yxz')[i % 3]} own{i}" for i in range(n)]
    return texts, [("one", "two", "three")[i % 3] for i in range(n)]


def long_ones(n):
    rest = " ".join(f"w{i}" for i in range(70))
    return [f"the film was {('zyx', 'xyz')[i % 2]} {rest} own{i}" for i in range(n)], [
        ("one", "two")[i % 2] for i in range(n)
    ]


@pytest.fixture(scope="module")
def combined():
    return CombinedClassifier.from_config(CONFIG, VECTORS).fit(*telling(120, 0))


@pytest.fixture
def folder(combined, tmp_path):
    return combined.save(tmp_path / "classifier")


def change_record(folder, **changes):
    for name in ("words.json", "members.json"):
        record = json.loads((folder / name).read_text())
        changed = {key: value for key, value in changes.items() if key in record}
        (folder / name).write_text(json.dumps({**record, **changed}))


@pytest.mark.parametrize(("texts", "labels"), [telling(120, 0), three_classes(120), long_ones(120)])
@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_the_same_probabilities_to_the_bit(tmp_path, texts, labels):
    saved = CombinedClassifier.from_config(CONFIG, VECTORS).fit(texts, labels)
    saved.save(tmp_path / "classifier")
    assert sorted(path.name for path in (tmp_path / "classifier").iterdir()) == sorted(PLAIN + WORDS)
    loaded = CombinedClassifier.load(tmp_path / "classifier")
    np.testing.assert_array_equal(loaded.predict_proba(NEW), saved.predict_proba(NEW))
    np.testing.assert_array_equal(loaded.predict_proba(loaded.encode(NEW)), saved.predict_proba(NEW))
    np.testing.assert_array_equal(loaded.predict(NEW), saved.predict(NEW))
    assert loaded.members_["words"].has_ratios_ == saved.members_["words"].has_ratios_ == ("w0" in texts[0])
    assert loaded.weights_ == saved.weights_
    assert loaded.n_parameters_ == saved.n_parameters_
    assert loaded.out_of_fold_ is None
    loaded.save(tmp_path / "again")
    for name in PLAIN + WORDS:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "classifier" / name).read_bytes()


def test_its_part_over_vectors_can_be_read_alone(folder, combined):
    plain = SentimentClassifier.load(folder)
    np.testing.assert_array_equal(plain.predict_proba(NEW), combined.classifier_.predict_proba(NEW))


@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_without_words_the_folder_is_a_plain_one(tmp_path):
    combined = CombinedClassifier.from_config(CONFIG, VECTORS).fit(["."] * 120, ["a", "b"] * 60)
    combined.save(tmp_path / "classifier")
    assert sorted(path.name for path in (tmp_path / "classifier").iterdir()) == PLAIN
    loaded = CombinedClassifier.load(tmp_path / "classifier")
    assert loaded.members_ == {}
    np.testing.assert_array_equal(loaded.predict_proba(NEW), combined.predict_proba(NEW))


def test_a_plain_folder_is_read_as_what_it_is(tmp_path):
    plain = SentimentClassifier(VECTORS, epochs=20).fit(*labelled(40))
    plain.save(tmp_path / "classifier")
    loaded = CombinedClassifier.load(tmp_path / "classifier")
    assert loaded.members_ == {}
    np.testing.assert_array_equal(loaded.predict_proba(NEW), plain.predict_proba(NEW))


def test_a_plain_folder_in_its_place_leaves_no_words_behind(folder, tmp_path):
    SentimentClassifier(VECTORS, epochs=20).fit(*labelled(20)).save(folder, force=True)
    assert sorted(path.name for path in folder.iterdir()) == PLAIN


def test_refusals(combined, folder, tmp_path):
    with pytest.raises(OutputError, match="exists"):
        combined.save(folder)
    with pytest.raises(NotFittedError):
        CombinedClassifier(VECTORS).save(tmp_path / "unfitted")
    assert not (tmp_path / "unfitted").exists()
    with pytest.raises(ConfigError):
        combined.save(tmp_path / "broken", records={"more.json": {"array": np.ones(1)}})
    assert not (tmp_path / "broken").exists()
    with pytest.raises(FormatError, match="embeddings"):  # it has no vectors to be fitted with
        CombinedClassifier.load(folder).fit(*labelled(20))


@pytest.mark.parametrize("name", PLAIN + WORDS)
def test_missing_or_truncated_files(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(FormatError, match=name):
        CombinedClassifier.load(folder)
    (folder / name).unlink()
    with pytest.raises(FormatError, match=f"{name} missing"):
        CombinedClassifier.load(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"words": ["one"]},
        {"words": 3},
        {"words": None},
        {"pieces": ["one"]},
        {"pieces": [3]},
        {"rarest": None},
        {"has_ratios": "no"},
        {"rarest": float("nan")},
        {"classes": ["good", "bad"]},
        {"weights": {"words": 1.0}},
        {"weights": {"vectors": 1.0, "words": -1.0}},
        {"weights": {"vectors": float("nan"), "words": 1.0}},
        {"weights": {"vectors": 10**400, "words": 1.0}},
        {"weights": {"vectors": 1.0, "strangers": 1.0}},
        {"weights": None},
        {"format_version": 99},
    ],
)
def test_damaged_records(folder, changes):
    change_record(folder, **changes)
    with pytest.raises(FormatError) as caught:
        CombinedClassifier.load(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["words", "pieces"])
def test_a_word_that_occurs_twice(folder, key):
    names = json.loads((folder / "words.json").read_text())[key]
    change_record(folder, **{key: names[:-1] + names[:1]})
    with pytest.raises(FormatError, match="twice"):
        CombinedClassifier.load(folder)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("weights", np.zeros((1, 3))),
        ("intercepts", np.zeros(3)),
        ("pairs", np.zeros((2, 2), np.int64)),
        ("pairs", np.zeros(3, np.int64)),
        ("idf", np.zeros(2)),
        ("intercepts", np.zeros(2, np.int64)),
        ("shares", np.array([1, 0], np.int32)),
        ("intercepts", np.array([np.inf, 0.0])),
        ("shares", np.ones(3) / 3),
        ("shares", np.array([2.0, -1.0])),
    ],
)
def test_damaged_tensors(folder, name, array):
    tensors = load_file(folder / "words.safetensors")
    save_file({**tensors, name: array}, folder / "words.safetensors")
    with pytest.raises(FormatError, match="do not fit together"):
        CombinedClassifier.load(folder)
    del tensors[name]
    save_file(tensors, folder / "words.safetensors")
    with pytest.raises(FormatError, match=f"holds no {name}"):
        CombinedClassifier.load(folder)


def test_words_of_another_classifier(folder, tmp_path):
    other = CombinedClassifier.from_config(CONFIG, VECTORS).fit(*three_classes(120)).save(tmp_path / "other")
    for name in WORDS:
        shutil.copy(other / name, folder / name)
    with pytest.raises(FormatError, match="do not fit together"):
        CombinedClassifier.load(folder)


def test_several_threads_call_a_loaded_one_at_once(folder, combined):
    loaded = CombinedClassifier.load(folder)
    expected = combined.predict_proba(NEW)
    with ThreadPoolExecutor(8) as threads:
        for found in threads.map(loaded.predict_proba, [NEW] * 64):
            np.testing.assert_array_equal(found, expected)


def test_what_was_held_out_is_kept_mixed(combined):
    texts, codes = telling(120, 0)
    held = combined.out_of_fold_
    assert sorted(held.positions.tolist()) == list(range(120))
    assert (held.probabilities.argmax(axis=1) == codes[held.positions]).mean() > 0.9
    np.testing.assert_allclose(held.probabilities.sum(axis=1), 1)
    assert (combined.predict_proba(texts)[held.positions] != held.probabilities).any()


def test_what_nothing_is_known_of(combined):
    texts = ["", "unheard", "zyx", "the", "the zyx unheard zyx"]
    encoded = combined.encode(texts)
    assert encoded.known_shares.tolist() == [0, 0, 1, 1, 0.75]
    assert combined.known_shares(texts).tolist() == [0, 0, 1, 1, 0.75]
    assert len(encoded) == 5
    assert isinstance(combined.vectors, WordVectors)


def test_members_are_files_of_the_folder_only(folder):
    change_record(folder, weights={"vectors": 1.0, "../words": 0.5})
    with pytest.raises(FormatError, match=r"a member is named '\.\./words'; expected a word"):
        CombinedClassifier.load(folder)
