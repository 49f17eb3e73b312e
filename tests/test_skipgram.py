import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_html_repr, get_tags

from textransfer.checks import choices_of
from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.presets import PRETRAIN_PRESETS
from textransfer.pretrain.progress import Progress
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.sentences.transformers import SIFEncoder
from textransfer.skipgram import SkipGram
from textransfer.text.encoding import pipeline as pipeline_module
from textransfer.text.reading.corpus import Corpus

REVIEWS = [
    "a warm and funny film with a lovely ending",
    "a dull and lifeless film with a clumsy ending",
    "warm funny and lovely from start to finish",
    "dull clumsy and lifeless from start to finish",
] * 10


def test_defaults_stand_in_the_settings_alone() -> None:
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(SkipGram).parameters.items()
        if name not in ("random_state", "init_from")
    }
    assert defaults == {**PretrainConfig().to_dict(), **TokenizerConfig().to_dict()}


def test_learns_from_texts_files_and_corpora_alike(tmp_path: Path) -> None:
    file = tmp_path / "reviews.txt"
    file.write_text("\n".join(REVIEWS), encoding="utf-8")
    results = [
        SkipGram(vector_size=6, epochs=3).fit(documents).vectors_
        for documents in (REVIEWS, file, str(file), Corpus(file))
    ]
    for vectors in results[1:]:
        np.testing.assert_array_equal(vectors.matrix, results[0].matrix)
    assert results[0]["film"].shape == (6,)
    assert results[0].counts[results[0].index["film"]] == 20
    assert results[0].n_documents == 40
    assert results[1].metadata["corpus"]["fingerprint"] == Corpus(file).fingerprint()


def test_seed_repeats_and_another_seed_does_not() -> None:
    one, same, other = (
        SkipGram(vector_size=6, epochs=3, random_state=seed).fit(REVIEWS).vectors_.matrix
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_words_of_one_kind_come_together() -> None:
    vectors = SkipGram(vector_size=8, window=10, epochs=100).fit(REVIEWS).vectors_
    assert vectors.similarity("warm", "funny") > vectors.similarity("warm", "dull")
    assert vectors.similarity("dull", "lifeless") > vectors.similarity("dull", "lovely")


def test_open_settings_are_filled_and_kept() -> None:
    model = SkipGram(vector_size=5, epochs=2).fit(REVIEWS)
    assert model.config_.window is not None
    assert model.vectors_.metadata["settings"]["window"] == model.config_.window
    assert model.config_.vector_size == 5
    assert model.engine_.n_jobs == 1


def test_clone_and_set_params() -> None:
    model = clone(SkipGram(window=3)).set_params(vector_size=4, epochs=1)
    assert model.fit(REVIEWS).vectors_.vector_size == 4


def test_article_preset_takes_its_steps() -> None:
    model = SkipGram.from_configs(*PRETRAIN_PRESETS["article"]).set_params(max_steps=200)
    model.fit(REVIEWS)
    assert model.history_[-1].n_steps == 200
    assert model.vectors_.vector_size == 4
    assert "and" not in model.vectors_


def test_ctrl_c_leaves_what_was_learned() -> None:
    model = SkipGram(vector_size=6, epochs=50)

    def stop_early(record: Progress) -> None:
        if record.share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.fit(REVIEWS, on_progress=stop_early)
    assert model.is_interrupted_
    assert model.vectors_.metadata["is_interrupted"]
    assert 0.3 < model.history_[-1].share < 0.4
    assert np.isfinite(model.vectors_.matrix).all()
    assert (model.vectors_.matrix != SkipGram(vector_size=6, epochs=50).fit(REVIEWS).vectors_.matrix).any()


def test_nothing_stays_in_the_work_folder(tmp_path: Path) -> None:
    SkipGram(vector_size=4, epochs=1).fit(REVIEWS, work_folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_generator_is_refused_with_the_remedy() -> None:
    with pytest.raises(CorpusError, match="list"):
        SkipGram().fit(text for text in REVIEWS)


@pytest.mark.parametrize("documents", [["word"], ["word", "word", "other"], ["same same same"]])
def test_text_without_pairs_is_refused(documents: list[str]) -> None:
    with pytest.raises(CorpusError, match="distinct ones occur at least"):
        SkipGram().fit(documents)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": 0}, "window is 0"),
        ({"objective": "hinge"}, "objective is 'hinge'"),
        ({"window": 0, "negative": 0}, "window is 0.*negative is 0"),
        ({"device": "abacus"}, "device 'abacus' cannot be used"),
        ({"engine": "torch", "n_jobs": 2}, "n_jobs is 2"),
        ({"n_jobs": 2, "max_steps": 5}, "max_steps"),
        ({"noise_replacement": False}, "without replacement"),
    ],
)
def test_settings_that_cannot_be_obeyed(settings: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SkipGram(**settings).fit(REVIEWS)


def test_torch_engine_by_name() -> None:
    model = SkipGram(vector_size=4, epochs=2, engine="torch").fit(REVIEWS)
    assert model.engine_.name == "torch"
    assert model.engine_.device == "cpu"


def test_documents_become_the_vectors_of_the_encoder(tmp_path: Path) -> None:
    model = SkipGram(vector_size=6, epochs=3)
    with pytest.raises(NotFittedError, match="call fit"):
        model.transform(REVIEWS)
    vectors = model.fit_transform(REVIEWS)
    np.testing.assert_array_equal(vectors, SIFEncoder(model.vectors_).transform(REVIEWS))
    assert model.get_feature_names_out().tolist() == [f"skipgram{i}" for i in range(6)]
    file = tmp_path / "reviews.txt"
    file.write_text("\n\n".join([*REVIEWS, "unheard"]), encoding="utf-8")
    np.testing.assert_array_equal(model.transform(file)[:-1], vectors)
    assert model.n_empty_ == 1


def test_tags_and_metadata() -> None:
    tags = get_tags(SkipGram())
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert tags.requires_fit
    requests = SkipGram().get_metadata_routing()
    assert "documents" not in requests.fit.requests
    assert not requests.transform.requests
    assert "SkipGram" in estimator_html_repr(SkipGram(window=3))


def test_it_stands_before_a_classifier() -> None:
    labels = [int(text.startswith(("a warm", "warm"))) for text in REVIEWS]
    pipeline = make_pipeline(SkipGram(vector_size=6, epochs=20), LogisticRegression())
    assert cross_val_score(pipeline, REVIEWS, labels, cv=2).min() == 1
    by_column = ColumnTransformer([("words", SkipGram(vector_size=6, epochs=1), "text")])
    frame = pytest.importorskip("polars").DataFrame({"text": REVIEWS})
    assert by_column.set_output(transform="polars").fit_transform(frame).columns[0] == "words__skipgram0"


def test_lists_of_words_are_words_as_they_are(tmp_path: Path) -> None:
    sentences = [["New_York", "U.S.", "don't", "!", "映画"], ["New_York", "U.S.", "Rome"]] * 10
    vectors = SkipGram(vector_size=4, epochs=1, min_count=1).fit(sentences).vectors_
    assert set(vectors.words) == {"New_York", "U.S.", "don't", "!", "映画", "Rome"}
    assert vectors.counts[vectors.index["U.S."]] == 20
    assert vectors.tokenizer().tokenize("Rome U.S. rome") == ["Rome", "U.S.", "rome"]
    vectors.save(tmp_path / "v")
    loaded = WordVectors.load(tmp_path / "v")
    assert SIFEncoder(loaded).transform(["U.S. Rome"]).any()
    np.testing.assert_array_equal(
        SIFEncoder(loaded).transform(sentences),
        SIFEncoder(vectors).transform([" ".join(s) for s in sentences]),
    )
    cut_again = SkipGram(vector_size=4, epochs=1, min_count=1, tokenizer="words").fit(sentences).vectors_
    assert "new" in cut_again or "york" in cut_again
    lowered = SkipGram(vector_size=4, epochs=1, min_count=1, tokenizer="spaces", stop_words="auto")
    assert "rome" in lowered.fit(sentences).vectors_.words


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([["New York", "is"], ["a"]], "text 0 holds the word 'New York'; expected words without blanks"),
        ([["a"], ["", "b"]], "text 1 holds the word ''"),
        ([["a"], "b"], "text 1 is 'b'; expected a list of words"),
        ([["a", 3]], r"text 0 is \['a', 3\]; expected a list of words"),
    ],
)
def test_lists_that_hold_no_words(sentences: list, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        SkipGram().fit(sentences)


@pytest.mark.parametrize(("n_jobs", "n_threads"), [(-1, 4), (-2, 3), (-9, 1), (3, 3), (0, 1)])
def test_threads_that_are_counted_back_from_all_cores(n_jobs: int, n_threads: int, monkeypatch) -> None:
    monkeypatch.setattr(pipeline_module, "available_cores", lambda: 4)
    assert SkipGram(vector_size=4, epochs=1, n_jobs=n_jobs).fit(REVIEWS).engine_.n_jobs == n_threads


def test_every_parameter_is_described_with_its_choices() -> None:
    for cls in (SkipGram, SentimentClassifier, CombinedClassifier):
        described = inspect.getdoc(cls) or ""
        for name, parameter in inspect.signature(cls).parameters.items():
            entry = re.search(rf"^(\w+, )*{name}(, \w+)* : (.*)$", described, re.M)
            assert entry, f"{cls.__name__} does not describe {name}"
            choices = choices_of(parameter.annotation)
            assert all(f'"{choice}"' in entry[0] for choice in choices), entry[0]
            if isinstance(parameter.default, int | float | str) and parameter.default != "none":
                assert "default=" in entry[0], entry[0]
        assert "{settings}" not in described
