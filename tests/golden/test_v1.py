"""Folders that version 0.1.0 saved load for ever and say what they said then."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textransfer import CombinedClassifier, SentimentClassifier, WordVectors
from textransfer.embeddings.formats.files import FORMAT_VERSION as FOLDERS
from textransfer.transfer.comparing.grid import FORMAT_VERSION as GRIDS

V1 = Path(__file__).parent / "v1"


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads((V1 / "expected.json").read_text(encoding="utf-8"))


def test_word_vectors(expected: dict[str, Any]) -> None:
    vectors = WordVectors.load(V1 / "embeddings")
    assert vectors.words[:5] == expected["words"]
    assert np.array_equal(vectors.matrix[:5], np.float32(expected["vectors"]))
    assert vectors.out_matrix is not None
    assert np.array_equal(vectors.out_matrix[:2], np.float32(expected["out_vectors"]))
    neighbours = vectors.most_similar(vectors.words[3], n=3)
    assert [word for word, _ in neighbours] == [word for word, _ in expected["neighbours"]]
    assert vectors.tokenizer().tokenize("not a good film") == ["not", "a", "not_good", "not_film"]


@pytest.mark.parametrize(
    ("folder", "kind", "key"),
    [
        ("classifier", SentimentClassifier, "classifier"),
        ("combined", CombinedClassifier, "combined"),
        ("combined", SentimentClassifier, "combined_part"),
    ],
)
def test_the_same_probabilities(folder: str, kind: type, key: str, expected: dict[str, Any]) -> None:
    probabilities = kind.load(V1 / folder).predict_proba(expected["texts"])
    # The last bits of a product of matrices hang on the machine's instructions.
    assert np.allclose(probabilities, expected[key], rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("folder", "kind"), [("classifier", SentimentClassifier), ("combined", CombinedClassifier)]
)
def test_without_shares_of_the_classes_the_network_answers_unknown_texts(
    folder: str, kind: type, tmp_path: Path
) -> None:
    loaded = kind.load(V1 / folder)
    unknown = loaded.predict_proba(["", "qqqq"])
    shares = loaded.members_["words"].shares_ if folder == "combined" else np.full(2, 0.5)
    assert not np.allclose(unknown, shares, atol=1e-3)
    again = kind.load(loaded.save(tmp_path / "again"))
    assert np.array_equal(again.predict_proba(["", "qqqq"]), unknown)


def test_every_version_of_the_formats_has_a_folder_here() -> None:
    versions = {f"v{number}" for number in range(1, max(FOLDERS, GRIDS) + 1)}
    assert versions == {path.name for path in V1.parent.iterdir() if path.is_dir() and path.name[0] == "v"}
