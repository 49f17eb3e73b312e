"""Starting from the vectors of other texts: what they know is where training begins."""

from pathlib import Path

import numpy as np
import pytest
from pretrain.test_update import KINDS, NEW_TEXT, OLD_TEXT

from textransfer import SkipGram, WordVectors, pretrain_vectors, update_vectors
from textransfer.config import INITIAL_EPOCHS, INITIAL_LENGTH, TokenizerConfig
from textransfer.errors import CheckpointError, ConfigError, OutputError, TextransferWarning
from textransfer.pretrain.processes.interrupt import TrainingInterrupted
from textransfer.pretrain.progress import Progress
from textransfer.text.tokenize import build_tokenizer

FEW = NEW_TEXT[:12]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A word2vec file of another text, as another program writes it."""
    vectors = SkipGram(vector_size=10, window=5, epochs=60, negation="none").fit(OLD_TEXT).vectors_
    path = tmp_path_factory.mktemp("known") / "known.vec"
    return vectors.save_word2vec(path, binary=False)


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables stay as they are before the first step."""
    monkeypatch.setattr("textransfer.pretrain.trainer.Trainer.run", lambda trainer, start: iter(()))


def kinds_kept(vectors: WordVectors) -> int:
    """Count the words of praise and blame whose nearest neighbours are all of their kind."""
    return sum(
        {near for near, _ in vectors.most_similar(word, n=2)} <= set(kind)
        for kind in (KINDS["praise"], KINDS["blame"])
        for word in kind
    )


@pytest.mark.parametrize("objective", ["sgns", "nce"])
@pytest.mark.usefixtures("untrained")
def test_known_words_start_there_scaled_and_others_at_random(known: Path, objective: str) -> None:
    theirs = WordVectors.load(known)
    ours = pretrain_vectors(FEW, init_from=known, objective=objective, min_count=1)
    found = [word for word in ours.words if word in theirs]
    assert {"film", "warm"} <= set(found)
    assert ours.words[: len(theirs)] == theirs.words, "words that the text lacks stay"
    assert ours.vector_size == 10
    np.testing.assert_allclose(
        [[ours.similarity(one, other) for other in found] for one in found],
        [[theirs.similarity(one, other) for other in found] for one in found],
        atol=1e-6,
    )
    rows = ours.matrix[ours.rows_of(found)]
    assert np.sqrt((rows**2).sum(axis=1).mean()) == pytest.approx(INITIAL_LENGTH, rel=1e-5)
    fresh = ours.matrix[ours.rows_of(["gripping", "dreary"])]
    assert fresh.any(axis=1).all()
    assert (np.abs(fresh) <= 0.5 / 10).all()
    assert not ours.out_matrix.any()
    assert (ours.out_bias is None) == (objective == "sgns")


def test_few_texts_keep_what_many_taught(known: Path) -> None:
    settings = {"min_count": 1, "epochs": 5, "window": 5}
    informed = pretrain_vectors(FEW, init_from=known, **settings)
    blank = pretrain_vectors(FEW, vector_size=10, **settings)
    assert kinds_kept(informed) == 8 > kinds_kept(blank)
    theirs, sea = WordVectors.load(known), KINDS["sea"]
    assert not informed.counts[informed.rows_of(sea)].any()
    np.testing.assert_allclose(
        informed.unit_matrix[informed.rows_of(sea)], theirs.unit_matrix[theirs.rows_of(sea)], atol=1e-6
    )
    assert not informed.out_matrix[informed.rows_of(sea)].any(), "words that the text lacks are no noise"


@pytest.mark.parametrize("largest", [1e-45, 1e-38, 1e-31])
def test_vectors_too_short_to_be_scaled_are_refused(largest: float) -> None:
    vectors = WordVectors(["the", "ship"], np.full((2, 4), largest))
    message = "length of .* on average; expected at least 1e-30"
    with pytest.raises(ConfigError, match=message):
        pretrain_vectors(["the warm ship"] * 9, init_from=vectors, min_count=1)
    with pytest.raises(ConfigError, match=message):
        update_vectors(vectors, ["the warm ship"] * 9, min_count=1)


@pytest.mark.usefixtures("untrained")
def test_case_is_looked_past_where_the_word_itself_is_missing() -> None:
    theirs = WordVectors(["Film", "FILM", "Warm", "warm", "ﬁne", ",", "New_York", "Paris"], np.eye(8))
    ours = pretrain_vectors(["film warm fine strange"] * 9, init_from=theirs, min_count=1)
    rows = {word: int(np.argmax(np.abs(ours[word]))) for word in ours.words[:-1]}
    assert rows == {"film": 0, "warm": 3, "fine": 4, "paris": 7}
    cased = pretrain_vectors(["FILM Warm"] * 9, init_from=theirs, min_count=1, lowercase=False)
    assert np.argmax(cased["FILM"]) == 1
    assert pretrain_vectors(["film warm"] * 9, init_from=theirs, max_vocab_size=2).words == ["film", "warm"]


def test_it_is_said_where_the_vectors_come_from(known: Path, tmp_path: Path) -> None:
    vectors = pretrain_vectors(FEW, tmp_path / "out", init_from=known, epochs=1, min_count=1)
    record = vectors.metadata["init_from"]
    assert record["source"] == "known.vec"
    assert record["missing"] == ["tokenizer", "counts", "output vectors"]
    assert record["n_words"] == len(WordVectors.load(known))
    assert record["n_found"] == np.count_nonzero(vectors.counts[: record["n_words"]])
    known_tokens = sum(word not in ("gripping", "dreary") for text in FEW for word in text.split())
    assert record["share_of_text"] == pytest.approx(known_tokens / (12 * len(FEW)))
    assert "| started from | known.vec, " in (tmp_path / "out/README.md").read_text(encoding="utf-8")


def test_every_way_to_give_them_is_the_same(known: Path, tmp_path: Path) -> None:
    theirs = WordVectors.load(known)
    theirs.save(tmp_path / "folder")
    results = [
        pretrain_vectors(FEW, init_from=source, epochs=2)
        for source in (known, str(known), theirs, tmp_path / "folder")
    ]
    results.append(SkipGram(init_from=known, epochs=2).fit(FEW).vectors_)
    for result in results[1:]:
        np.testing.assert_array_equal(result.matrix, results[0].matrix)


@pytest.mark.usefixtures("untrained")
def test_words_after_a_negation_start_from_theirs_or_are_new() -> None:
    texts = ["this is not a good film and it is not warm and that is the film"] * 5
    theirs = WordVectors(["good", "film", "not", "not_good", "is", "and"], np.eye(6))
    ours = pretrain_vectors(texts, init_from=theirs, min_count=1)
    assert np.argmax(ours["not_good"]) == 3
    assert np.abs(ours["not_warm"]).max() < 0.5
    assert "not_good" not in pretrain_vectors(texts, init_from=theirs, negation="none")


def test_fewer_epochs_where_most_is_known_already_unless_they_are_given(known: Path) -> None:
    for learn in (
        lambda **settings: pretrain_vectors(FEW, init_from=known, **settings).metadata,
        lambda **settings: update_vectors(known, FEW, **settings).metadata["updates"][0],
    ):
        assert learn()["settings"]["epochs"] == INITIAL_EPOCHS
        assert learn(epochs=30)["settings"]["epochs"] == 30


def test_vectors_of_another_size_or_another_language_are_refused(known: Path) -> None:
    for settings in ({"vector_size": 12}, {"preset": "article"}):
        with pytest.raises(ConfigError, match=r"vector_size is \d+, but the vectors .* have 10 dimensions"):
            pretrain_vectors(FEW, init_from=known, **settings)
    with pytest.raises(ConfigError, match="no word of the text is among the 16"):
        pretrain_vectors(["ein Satz ein Satz"] * 5, init_from=known, min_count=1)


def test_text_that_the_vectors_hardly_know_is_told(known: Path) -> None:
    texts = ["ein Satz von dort", "ein film und ein Satz"] * 5
    for learn in (
        lambda: pretrain_vectors(texts, init_from=known, epochs=1, min_count=1),
        lambda: update_vectors(known, texts, epochs=1, min_count=1),
    ):
        with pytest.warns(TextransferWarning, match=r"only 11\.1% of the text are words of known\.vec"):
            learn()


def test_words_that_depend_on_their_neighbours_stay_as_they_are() -> None:
    pytest.importorskip("sudachipy")
    text = "今日の映画はとても面白かった"
    words = list(dict.fromkeys(build_tokenizer(TokenizerConfig(tokenizer="japanese"), [text]).tokenize(text)))
    theirs = WordVectors(words, np.eye(len(words)))
    ours = pretrain_vectors([text] * 5, init_from=theirs, epochs=1, tokenizer="japanese")
    assert ours.metadata["init_from"]["n_found"] == len(words)


def test_a_stopped_run_goes_on_to_the_same_result(known: Path, tmp_path: Path) -> None:
    whole = pretrain_vectors(FEW, init_from=known, epochs=4, n_jobs=1)

    def stop(record: Progress) -> None:
        if record.share > 0.5:
            raise KeyboardInterrupt

    settings = {"epochs": 4, "n_jobs": 1, "checkpoint": tmp_path / "c"}
    with pytest.raises(TrainingInterrupted):
        pretrain_vectors(FEW, init_from=known, on_progress=stop, **settings)
    with pytest.raises(OutputError, match="resume=True"):
        pretrain_vectors(FEW, init_from=known, **settings)
    with pytest.raises(CheckpointError, match="was written by pretraining from other vectors"):
        pretrain_vectors(FEW, vector_size=10, resume=True, **settings)
    others = WordVectors(["film", "warm"], np.ones((2, 10)))
    with pytest.raises(CheckpointError, match="written for other vectors"):
        pretrain_vectors(FEW, init_from=others, resume=True, **settings)
    again = pretrain_vectors(FEW, init_from=known, resume=True, **settings)
    np.testing.assert_array_equal(again.matrix, whole.matrix)
    np.testing.assert_array_equal(again.out_matrix, whole.out_matrix)


# An update of such vectors: every word of theirs stays


@pytest.mark.usefixtures("untrained")
def test_an_update_keeps_all_words_and_knows_the_counts_of_the_new_text_alone(known: Path) -> None:
    theirs = WordVectors.load(known)
    new = update_vectors(known, NEW_TEXT)
    assert new.words[: len(theirs)] == theirs.words
    assert set(new.words[len(theirs) :]) == {"gripping", "dreary"}
    for row, word in enumerate(new.words):
        assert new.counts[row] == sum(text.split().count(word) for text in NEW_TEXT)
    assert (new.n_tokens, new.n_documents) == (12 * len(NEW_TEXT), len(NEW_TEXT))
    np.testing.assert_allclose(new.unit_matrix[: len(theirs)], theirs.unit_matrix, atol=1e-6)
    assert not new.out_matrix.any()


def test_an_update_learns_new_words_and_leaves_absent_ones_alone(known: Path) -> None:
    theirs = WordVectors.load(known)
    new = update_vectors(known, NEW_TEXT, epochs=60)
    assert {near for near, _ in new.most_similar("gripping", n=4)} == set(KINDS["praise"])
    sea = new.rows_of(KINDS["sea"])
    np.testing.assert_allclose(
        new.unit_matrix[sea], theirs.unit_matrix[theirs.rows_of(KINDS["sea"])], atol=1e-6
    )
    assert not new.out_matrix[sea].any(), "words that the text lacks are no noise"
    record = new.metadata["updates"][0]
    assert record["start"]["source"] == "known.vec"
    assert record["settings"]["learning_rate"] == 0.025
    again = update_vectors(new, OLD_TEXT[:100])
    assert again.metadata["updates"][1]["settings"]["window"] == record["settings"]["window"]
    assert "start" not in again.metadata["updates"][1]


def test_what_is_known_is_kept_where_only_the_output_vectors_are_missing(known: Path) -> None:
    theirs = WordVectors.load(known)
    counts = np.arange(len(theirs), 0, -1) * 100
    given = WordVectors(theirs.words, theirs.matrix, counts=counts)
    new = update_vectors(given, NEW_TEXT, epochs=1)
    added = [sum(text.split().count(word) for text in NEW_TEXT) for word in theirs.words]
    np.testing.assert_array_equal(new.counts[: len(theirs)], counts + added)
    assert new.document_counts is None


def test_the_tokenizer_of_an_update_is_named_or_guessed(known: Path) -> None:
    assert update_vectors(known, NEW_TEXT, epochs=1).tokenizer_spec["name"] == "words"
    cased = WordVectors(["Film", "film", "Warm"], np.eye(3))
    new = update_vectors(cased, ["Film Warm film"] * 5, epochs=1)
    assert new.counts.tolist() == [5, 5, 5]
    assert not new.tokenizer_spec["lowercase"]
    folded = update_vectors(cased, ["Film Warm film"] * 5, epochs=1, lowercase=True, min_count=1)
    assert folded.tokenizer_spec["lowercase"]
    with pytest.raises(ConfigError, match="subwords cannot be guessed"):
        update_vectors(known, NEW_TEXT, tokenizer="subword")


def test_the_file_itself_is_never_the_output(known: Path) -> None:
    before = known.read_bytes()
    with pytest.raises(ConfigError, match="give another output"):
        update_vectors(known, NEW_TEXT, known, force=True)
    assert known.read_bytes() == before


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("how", ["pretrain", "update"])
def test_a_handful_of_texts_hardly_stretches_known_vectors(how: str) -> None:
    random = np.random.default_rng(0)
    words = sorted({word for text in OLD_TEXT for word in text.split() if word.isalpha()})
    theirs = WordVectors(words, random.standard_normal((len(words), 40)))
    texts = [text for text in OLD_TEXT if text.isascii()][:6]
    learn = {
        "pretrain": lambda: pretrain_vectors(texts, init_from=theirs, negation="none"),
        "update": lambda: update_vectors(theirs, texts, negation="none"),
    }[how]
    moments = learn().moments
    assert moments is not None
    variances, _ = moments.components
    assert variances.min() > 0.8 / 40, "no direction is wiped out by texts that do not show it"
    assert variances.sum() == pytest.approx(1, abs=1e-4)
