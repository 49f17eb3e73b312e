"""Folders that releases since 0.2.0 saved load for ever and say what they said; newer ones are refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textransfer import SentimentClassifier, TfidfBaseline, WordVectors, load_classifier
from textransfer.errors import FormatError

HERE = Path(__file__).parent
RELEASES = sorted(path.name for path in HERE.glob("release-*"))
FOLDERS = ["classified", "fine-tuned", "tfidf", "vectors", "without-vectors"]
VERSIONED = [
    path.relative_to(HERE)
    for path in sorted(HERE.glob("release-*/*/*.json"))
    if "format_version" in path.read_text(encoding="utf-8") and path.name != "comparison.json"
]


def expected_of(release: str) -> dict[str, Any]:
    return json.loads((HERE / release / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("release", RELEASES)
def test_word_vectors(release: str) -> None:
    vectors, expected = WordVectors.load(HERE / release / "embeddings"), expected_of(release)
    assert vectors.words[:5] == expected["words"]
    np.testing.assert_array_equal(vectors.matrix[:5], np.float32(expected["vectors"]))
    np.testing.assert_allclose(vectors["goodness"], expected["unknown"], atol=1e-6)
    assert vectors.phrases is not None
    np.testing.assert_array_equal(vectors.phrases.matrix[-3:], np.float32(expected["phrases"]))
    assert [word for word, _ in vectors.most_similar("good", n=3)] == expected["neighbours"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", FOLDERS)
def test_the_same_probabilities(name: str, release: str) -> None:
    expected = expected_of(release)
    said = expected["classifiers"][name]
    loaded = load_classifier(HERE / release / name)
    # The last bits of a product of matrices hang on the machine's instructions.
    np.testing.assert_allclose(loaded.predict_proba(expected["texts"]), said["probabilities"], atol=1e-6)
    np.testing.assert_allclose(loaded.known_shares(expected["texts"]), said["known_shares"], atol=1e-6)
    if name != "classified":
        estimator = (TfidfBaseline if name == "tfidf" else SentimentClassifier).load(HERE / release / name)
        np.testing.assert_allclose(
            estimator.predict_proba(expected["texts"]), said["probabilities"], atol=1e-6
        )


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_loaded_and_saved_again_says_the_same(release: str, tmp_path: Path) -> None:
    texts = expected_of(release)["texts"]
    for name in FOLDERS:
        loaded = load_classifier(HERE / release / name)
        again = load_classifier(loaded.save(tmp_path / name))
        np.testing.assert_array_equal(again.predict_proba(texts), loaded.predict_proba(texts))
    WordVectors.load(HERE / release / "embeddings").save(tmp_path / "embeddings")
    one, other = (
        (folder / "embeddings/vectors.safetensors").read_bytes() for folder in (HERE / release, tmp_path)
    )
    assert one == other


@pytest.mark.parametrize("file", VERSIONED, ids=str)
def test_a_folder_of_a_newer_version_is_refused_in_one_line(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(HERE / file.parent, folder)
    record = json.loads((folder / file.name).read_text(encoding="utf-8"))
    (folder / file.name).write_text(json.dumps(record | {"format_version": 2}), encoding="utf-8")
    load = WordVectors.load if file.parent.name == "embeddings" else load_classifier
    with pytest.raises(
        FormatError, match=r"has the format_version 2; this release reads up to 1: "
    ) as caught:
        load(folder)
    assert str(folder / file.name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_kind_of_folder_has_a_file_with_a_version() -> None:
    assert {(path.parts[0], path.parts[1]) for path in VERSIONED} == {
        (release, name) for release in RELEASES for name in [*FOLDERS, "embeddings"]
    }
