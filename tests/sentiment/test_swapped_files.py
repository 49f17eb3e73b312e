"""A folder whose files are of two classifiers, or name something twice, is refused; older ones load."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import CombinedClassifier, SentimentClassifier, TfidfBaseline, load_classifier
from textransfer.errors import FormatError
from textransfer.sentiment.digests import DIGESTS

GOLDEN = Path(__file__).parents[1] / "golden/release-0.2.0"

TEXTS, LABELS = labelled(40)
SWAPPED = [LABELS[-1], *LABELS[:-1]]
"""Other labels of the same texts: all shapes stay."""
KINDS = [
    (SentimentClassifier, ["network.safetensors"]),
    (CombinedClassifier, ["network.safetensors", "words.safetensors"]),
    (TfidfBaseline, ["words.safetensors"]),
]


@pytest.mark.parametrize(("kind", "files"), KINDS)
def test_arrays_of_another_classifier_are_refused(kind: type, files: list[str], tmp_path: Path) -> None:
    made = [kind(word_vectors(), epochs=5) if kind is not TfidfBaseline else kind() for _ in range(2)]
    first, second = (
        classifier.fit(TEXTS, labels).save(tmp_path / str(number))
        for number, (classifier, labels) in enumerate(zip(made, (LABELS, SWAPPED), strict=True))
    )
    expected = load_classifier(first).predict_proba(TEXTS)
    for name in files:
        mixed = Path(shutil.copytree(first, tmp_path / f"mixed {name}"))
        shutil.copy(second / name, mixed)
        with pytest.raises(FormatError, match=rf"fit together: {name} is of another classifier than config"):
            load_classifier(mixed)
        shutil.copy(first / name, mixed)
        np.testing.assert_array_equal(load_classifier(mixed).predict_proba(TEXTS), expected)


def test_a_folder_without_digests_loads(tmp_path: Path) -> None:
    folder = SentimentClassifier(word_vectors(), epochs=5).fit(TEXTS, LABELS).save(tmp_path / "a")
    expected = load_classifier(folder).predict_proba(TEXTS)
    config = json.loads((folder / "config.json").read_text())
    assert list(config.pop(DIGESTS)) == ["network.safetensors"]
    (folder / "config.json").write_text(json.dumps(config))
    np.testing.assert_array_equal(load_classifier(folder).predict_proba(TEXTS), expected)


@pytest.mark.parametrize("digests", [None, [], "x", 5])
def test_odd_digests_are_refused_in_one_line(digests: object, tmp_path: Path) -> None:
    folder = TfidfBaseline().fit(TEXTS, LABELS).save(tmp_path / "a")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, DIGESTS: digests}))
    with pytest.raises(FormatError, match="do not fit together"):
        load_classifier(folder)


@pytest.mark.parametrize("words", ["../../etc/passwd", {"a": 1}, [1], None])
def test_stop_words_that_are_no_list_are_refused(words: object, tmp_path: Path) -> None:
    folder = TfidfBaseline().fit(TEXTS, LABELS).save(tmp_path / "a")
    spec = json.loads((folder / "tokenizer_spec.json").read_text())
    (folder / "tokenizer_spec.json").write_text(json.dumps({**spec, "stop_words": words}))
    with pytest.raises(FormatError, match="stop_words are no list of words"):
        load_classifier(folder)


@pytest.mark.parametrize(
    ("folder", "file", "keys"),
    [
        ("classified", "vocabulary.json", ["words"]),
        ("classified", "words.json", ["words"]),
        ("classified", "words.json", ["pieces"]),
        ("classified", "ngrams.json", ["ngrams"]),
        ("classified", "members.json", ["classes"]),
        *(
            (name, "config.json", ["classes", "values"])
            for name in ("classified", "fine-tuned", "tfidf", "vectors")
        ),
        ("tfidf", "words.json", ["features"]),
    ],
)
def test_what_stands_twice_in_a_folder_is_refused(
    folder: str, file: str, keys: list[str], tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(GOLDEN / folder, tmp_path / "a"))
    record = json.loads((copied / file).read_text())
    entries = record
    for key in keys:
        entries = entries[key]
    entries[1] = entries[0]
    (copied / file).write_text(json.dumps(record))
    with pytest.raises(FormatError, match="make the folder anew"):
        load_classifier(copied)


@pytest.mark.parametrize("name", [",<U4", "<U-1", "M8[x]", "é", "", 5])
@pytest.mark.parametrize("folder", ["classified", "tfidf"])
def test_a_type_of_labels_that_is_none_is_refused(folder: str, name: object, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(GOLDEN / folder, tmp_path / "a"))
    config = json.loads((copied / "config.json").read_text())
    config["classes"]["dtype"] = name
    (copied / "config.json").write_text(json.dumps(config))
    with pytest.raises(FormatError, match="make the folder anew"):
        load_classifier(copied)
