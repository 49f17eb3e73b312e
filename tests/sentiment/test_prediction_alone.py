"""Saved classifiers predict and explain where numpy is all there is, and say what they said beside torch."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reviews import BAD, GOOD, OTHER, labelled, word_vectors
from safetensors.numpy import load_file, save_file

from textransfer import SentimentClassifier, TfidfBaseline, WordVectors, load_classifier
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.ngrams import fit_ngrams
from textransfer.embeddings.phrases import PhraseIndex, PhraseVectors
from textransfer.errors import NumericalError
from textransfer.extras import WHOLE
from textransfer.sentiment.tfidf_predictor import TfidfPredictor
from textransfer.sentiment.vector_predictor import VectorPredictor

V1 = Path(__file__).parents[1] / "golden" / "v1"
ABSENT = (
    *WHOLE,
    "pandas",
    "pyarrow",
    "triton",
)
"""As if they were not installed."""
LONG = "good plot " * 27_000
"""Beside it the compiled look-up is used where there is one."""
TEXTS = [*labelled(12, seed=5)[0], "not good", "awfull filmy", "good " * 30, "qqqq", "", "the plot the plot"]
MANY = [*(f"topic{number}" for number in range(8))]


def vectors_with(*, ngrams: bool = False, phrases: bool = False) -> WordVectors:
    plain = word_vectors()
    parts: dict[str, Any] = {}
    if ngrams:
        parts["ngrams"] = fit_ngrams(plain.words, np.ones(len(plain)), plain.matrix)
    if phrases:
        random = np.random.default_rng(4)
        index = PhraseIndex(len(plain), np.int32([0, 1, 10]), np.int32([1, 2, 1]))
        matrix = random.normal(size=(len(plain) + 3, 4)).astype(np.float16).astype(np.float32)
        spread = random.normal(size=(20, 4))
        covariance = (spread.T @ spread / 20).astype(np.float32)
        parts["phrases"] = PhraseVectors(index, matrix, DocumentMoments(matrix.mean(axis=0), covariance))
    return WordVectors(
        plain.words,
        plain.matrix,
        counts=plain.counts,
        document_counts=plain.document_counts,
        n_tokens=plain.n_tokens,
        n_documents=plain.n_documents,
        tokenizer_spec=plain.tokenizer_spec,
        **parts,
    )


def many_classes() -> tuple[list[str], list[str]]:
    random = np.random.default_rng(6)
    words = [*GOOD, *BAD, *OTHER]
    return [" ".join([words[n % 8], *random.choice(OTHER, 3)]) for n in range(80)], [
        MANY[n % 8] for n in range(80)
    ]


FITTED = {
    "two classes": lambda: SentimentClassifier(word_vectors(), epochs=20).fit(*labelled(60)),
    "many classes": lambda: SentimentClassifier(word_vectors(), epochs=20).fit(*many_classes()),
    "relu": lambda: SentimentClassifier(
        word_vectors(), epochs=20, activation="relu", hidden_size=3, class_weight="balanced"
    ).fit(*labelled(61)),
    "sigmoid": lambda: SentimentClassifier(word_vectors(), epochs=20, activation="sigmoid").fit(
        *labelled(60)
    ),
    "seed words": lambda: SentimentClassifier(
        word_vectors(), epochs=20, seed_words={"good": "good great fine", "bad": "bad awful dull"}
    ).fit(*labelled(20)),
    "fine-tuned": lambda: SentimentClassifier(word_vectors(), epochs=5, fine_tune=True).fit(*labelled(60)),
    "random vectors": lambda: SentimentClassifier(vector_size=5, epochs=20).fit(*labelled(60)),
    "centered": lambda: SentimentClassifier(word_vectors(), epochs=20, encoder="centered").fit(*labelled(60)),
    "letters": lambda: SentimentClassifier(vectors_with(ngrams=True), epochs=20).fit(*labelled(60)),
    "phrases": lambda: SentimentClassifier(vectors_with(phrases=True), epochs=20).fit(*labelled(60)),
    "number labels": lambda: SentimentClassifier(word_vectors(), epochs=20).fit(labelled(60)[0], [1, 2] * 30),
    "TF-IDF": lambda: TfidfBaseline().fit(*labelled(60)),
    "TF-IDF of many": lambda: TfidfBaseline().fit(*many_classes()),
}

HIDE = f"import sys\nfor name in {ABSENT!r}: sys.modules[name] = None\n"
SAY = """
import json, textransfer
asked, said = json.load(sys.stdin), {}
texts = asked["texts"]
for name, folder in asked["folders"].items():
    classifier = textransfer.load_classifier(folder)
    said[name] = {
        "labels": classifier.predict(texts).tolist(),
        "probabilities": classifier.predict_proba(texts).tolist(),
        "known": classifier.known_shares(texts).tolist(),
        "words": [dict(zip(text.words, text.contributions.tolist())) for text in classifier.explain(texts)],
        "beside a long one": classifier.predict_proba([*texts, asked["long"]]).tolist(),
    }
print(json.dumps(said))
"""


def alone(
    code: str, *arguments: str, said: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run code where other modules than numpy are absent."""
    command = [sys.executable, "-c", HIDE + code, *arguments]
    return subprocess.run(command, input=said, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def fitted() -> dict[str, Any]:
    return {name: make() for name, make in FITTED.items()}


@pytest.fixture(scope="module")
def folders(fitted: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("saved")
    return {name: classifier.save(root / name.replace(" ", "-")) for name, classifier in fitted.items()}


@pytest.fixture(scope="module")
def said_alone(folders: dict[str, Path]) -> dict[str, Any]:
    every = {**{name: str(folder) for name, folder in folders.items()}, "v1": str(V1 / "classifier")}
    run = alone(SAY, said=json.dumps({"folders": every, "texts": TEXTS, "long": LONG}))
    assert not run.returncode, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", [*FITTED, "v1"])
def test_without_anything_but_numpy_it_says_the_same(
    name: str, fitted: dict[str, Any], said_alone: dict[str, Any]
) -> None:
    classifier = SentimentClassifier.load(V1 / "classifier") if name == "v1" else fitted[name]
    said = said_alone[name]
    assert said["labels"] == classifier.predict(TEXTS).tolist()
    np.testing.assert_allclose(said["probabilities"], classifier.predict_proba(TEXTS), rtol=0, atol=1e-6)
    np.testing.assert_array_equal(said["known"], classifier.known_shares(TEXTS))
    with_long = classifier.predict_proba([*TEXTS, LONG])
    np.testing.assert_allclose(said["beside a long one"], with_long, rtol=0, atol=1e-6)
    for words, explained in zip(said["words"], classifier.explain(TEXTS), strict=True):
        assert list(words) == explained.words
        np.testing.assert_allclose(
            np.array(list(words.values())).reshape(explained.contributions.shape),
            explained.contributions,
            rtol=0,
            atol=1e-6,
        )


@pytest.mark.parametrize("name", FITTED)
def test_a_loaded_one_is_the_same_and_saves_the_same_folder(
    name: str, fitted: dict[str, Any], folders: dict[str, Path], tmp_path: Path
) -> None:
    loaded = load_classifier(folders[name])
    assert isinstance(loaded, VectorPredictor | TfidfPredictor)
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), fitted[name].predict_proba(TEXTS))
    encoded = loaded.encode(TEXTS)
    np.testing.assert_array_equal(loaded.predict_proba(encoded), fitted[name].predict_proba(TEXTS))
    same = loaded.document_vectors(TEXTS) != fitted[name].document_vectors(TEXTS)
    assert not same.sum()
    again = loaded.save(tmp_path / "again")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in folders[name].iterdir()
    }


def test_halves_of_phrases_and_words_by_letters_are_among_them(fitted: dict[str, Any]) -> None:
    assert fitted["phrases"].averaging_.phrases is not None
    assert fitted["letters"].averaging_.unknown is not None
    assert fitted["letters"].known_shares(["awfull"]) == 1
    assert fitted["seed words"].network_.prior is not None
    assert fitted["many classes"].network_.hidden_size == 0


def test_a_damaged_table_is_found_where_it_is_used(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(folders["two classes"], tmp_path / "damaged")
    tensors = load_file(folder / "network.safetensors")
    tensors["table"][word_vectors().words.index("film")] = np.nan
    save_file(tensors, folder / "network.safetensors")
    loaded = load_classifier(folder)
    assert np.isfinite(loaded.predict_proba(["good plot"])).all()
    for ask in (loaded.predict_proba, loaded.explain):
        with pytest.raises(NumericalError, match="damaged"):
            ask(["good film"])


@pytest.mark.parametrize(
    ("arguments", "expected", "code"),
    [
        (["predict", "a good film", "--explain", "2", "--json"], '"label": "good"', 0),
        (["predict", "--input", "texts.csv"], "the awful plot,bad", 0),
        (["predict", "--input", "texts.csv", "-o", "said.csv"], "", 0),
        (["classify", "--labeled", "texts.csv"], "pip install textransfer", 2),
        (["pretrain", "texts.csv"], "pip install textransfer", 2),
        (["evaluate", "--labeled", "texts.csv"], "pip install textransfer", 2),
    ],
)
def test_the_command_needs_no_more(
    arguments: list[str], expected: str, code: int, folders: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "texts.csv").write_text("text,label\n" + "good film,good\nthe awful plot,bad\n" * 8)
    if arguments[0] in ("predict", "evaluate"):
        arguments = [*arguments, "--classifier", str(folders["two classes"])]
    run = alone("from textransfer.cli.app import main\nmain()", *arguments, folder=tmp_path)
    assert run.returncode == code, run.stderr
    assert expected in (run.stderr if code else run.stdout)
    assert len(run.stderr.splitlines()) <= 1


def test_the_library_says_what_is_absent() -> None:
    run = alone("import textransfer\ntextransfer.SkipGram")
    last = run.stderr.splitlines()[-1]
    assert "MissingExtraError: SkipGram: this needs the Python module 'sklearn'" in last
    assert "pip install textransfer" in last
