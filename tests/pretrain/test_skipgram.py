import inspect
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.errors import ConfigError, CorpusError
from textransfer.presets import PRETRAIN_PRESETS
from textransfer.pretrain.progress import Progress
from textransfer.pretrain.skipgram import SkipGram
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
