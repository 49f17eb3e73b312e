"""Saved classifiers predict and explain where numpy is all there is, and say what they said beside torch."""

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reviews import BAD, GOOD, OTHER, labelled, telling, word_vectors
from safetensors.numpy import load_file, save_file

from textransfer import CombinedClassifier, SentimentClassifier, TfidfBaseline, WordVectors, load_classifier
from textransfer.config import TokenizerConfig
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.ngrams import fit_ngrams
from textransfer.embeddings.phrases import PhraseIndex, PhraseVectors
from textransfer.errors import NumericalError
from textransfer.extras import WHOLE
from textransfer.sentiment import student, word_classifier
from textransfer.sentiment.combined_predictor import CombinedPredictor
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.tfidf_predictor import TfidfPredictor
from textransfer.sentiment.vector_predictor import VectorPredictor
from textransfer.text.tokenize import build_tokenizer

V1 = Path(__file__).parents[1] / "golden" / "v1"
V1_KINDS = {"classifier": SentimentClassifier, "combined": CombinedClassifier}
ABSENT = (
    *WHOLE,
    "pandas",
    "pyarrow",
    "triton",
)
"""As if they were not installed."""
LONG = "good plot " * 27_000
"""Beside it the compiled look-up is used where there is one."""
TEXTS = [
    *labelled(12, seed=5)[0],
    "not good",
    "awfull filmy",
    "good " * 30,
    "qqqq",
    "",
    "the plot the plot",
    "was zyx",
    "xyzz 好电影",
]
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


def by_subwords() -> SentimentClassifier:
    texts = ["好电影很精彩", "坏电影很无聊", "剧情好精彩", "剧情坏无聊"] * 10
    tokenizer = build_tokenizer(TokenizerConfig(tokenizer="subword", negation="none"), texts)
    return SentimentClassifier(tokenizer=tokenizer, vector_size=5, epochs=5).fit(texts, [1, 0] * 20)


def with_student(texts: list[str], labels: list[Any], **parameters: Any) -> CombinedClassifier:
    pile = [[*text.split(), word] for text, word in zip(texts, ["zyx", "xyz", "film"] * 99, strict=False)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(student, "FEWEST_DOCUMENTS", 10)
        unlabelled = student.UnlabelledTexts.of(CountedTexts.of(pile * 6))
        return CombinedClassifier(word_vectors(), unlabelled=unlabelled, **parameters).fit(texts, labels)


def long_texts() -> tuple[list[str], list[int]]:
    """Return texts of more than 64 distinct words, whose class shows in words that the vectors lack."""
    texts, codes = telling(60, 0)
    return [
        f"{text} {' '.join(f'w{i + row % 5}' for i in range(70))}" for row, text in enumerate(texts)
    ], codes.tolist()


def with_triples() -> CombinedClassifier:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_classifier, "MANY_LABELS", 50)
        return CombinedClassifier(word_vectors(), epochs=20).fit(*long_texts())


def student_beside_many() -> CombinedClassifier:
    texts, labels = telling(120, 0)
    pile = CountedTexts.of([text.split() for text in texts] * 6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(student, "FEWEST_DOCUMENTS", 10)
        patch.setattr(student, "MANY_LABELS", 50)
        unlabelled = student.UnlabelledTexts.of(pile, many=pile)
        return CombinedClassifier(word_vectors(), unlabelled=unlabelled, epochs=20).fit(texts, labels)


FITTED = {
    "subwords": by_subwords,
    "words": lambda: CombinedClassifier(word_vectors(), epochs=20).fit(*telling(120, 0)),
    "words of many": lambda: CombinedClassifier(word_vectors(), epochs=20).fit(*many_classes()),
    "long texts": lambda: CombinedClassifier(word_vectors(), epochs=20).fit(*long_texts()),
    "triples": with_triples,
    "student of many": student_beside_many,
    "student": lambda: with_student(*telling(120, 0), epochs=20),
    "all": lambda: CombinedClassifier(
        vectors_with(ngrams=True, phrases=True), epochs=20, class_weight="balanced"
    ).fit(*telling(121, 0)),
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
    every = {name: str(folder) for name, folder in folders.items()}
    every |= {name: str(V1 / name) for name in V1_KINDS}
    run = alone(SAY, said=json.dumps({"folders": every, "texts": TEXTS, "long": LONG}))
    assert not run.returncode, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", [*FITTED, *V1_KINDS])
def test_without_anything_but_numpy_it_says_the_same(
    name: str, fitted: dict[str, Any], said_alone: dict[str, Any]
) -> None:
    classifier = V1_KINDS[name].load(V1 / name) if name in V1_KINDS else fitted[name]
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
    assert isinstance(loaded, VectorPredictor | CombinedPredictor | TfidfPredictor)
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), fitted[name].predict_proba(TEXTS))
    encoded = loaded.encode(TEXTS)
    np.testing.assert_array_equal(loaded.predict_proba(encoded), fitted[name].predict_proba(TEXTS))
    same = loaded.document_vectors(TEXTS) != fitted[name].document_vectors(TEXTS)
    assert not same.sum()
    again = loaded.save(tmp_path / "again")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in folders[name].iterdir()
    }


@pytest.mark.parametrize("name", ["all", "TF-IDF"])
def test_a_loaded_one_can_be_sent_to_other_processes(name: str, folders: dict[str, Path]) -> None:
    loaded = load_classifier(folders[name])
    sent = pickle.loads(pickle.dumps(loaded))
    np.testing.assert_array_equal(sent.predict_proba(TEXTS), loaded.predict_proba(TEXTS))


def test_every_part_of_a_classifier_is_among_them(fitted: dict[str, Any]) -> None:
    assert fitted["phrases"].averaging_.phrases is not None
    assert fitted["letters"].averaging_.unknown is not None
    assert fitted["letters"].known_shares(["awfull"]) == 1
    assert fitted["seed words"].network_.prior is not None
    assert fitted["many classes"].network_.hidden_size == 0
    assert [*fitted["words of many"].members_] == ["words"]
    assert fitted["words of many"].members_["words"].terms_.pieces
    assert fitted["long texts"].members_["words"].has_ratios_
    assert [*fitted["student"].members_] == ["words", "student"]
    assert fitted["all"].class_factors_ is not None


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
