"""Analogies: the nearest word that is none of the three asked with, among the most frequent ones."""

import numpy as np
import pytest

from textransfer import WordVectors, evaluate_vectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.transfer.evaluating import analogies

WORDS = ["man", "King", "woman", "queen", "king", "crown"]
MATRIX = [[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0.1, 1], [0, 0, 1]]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "analogies.txt"
    path.write_text(
        "// made up\n: royals\nman king woman queen\nMan King Woman Queen\n"
        "man king woman crown\n: others\nman king woman tsarina\n"
    )
    return path


def test_right_answers_are_counted_over_known_questions(path):
    result = evaluate_vectors(WordVectors(WORDS, MATRIX), analogies=path).analogies[0]
    royals, others = result.sections
    assert (royals.name, royals.n_questions, royals.n_known, royals.n_right) == ("royals", 3, 3, 2)
    assert (others.n_questions, others.n_known, others.accuracy) == (1, 0, None)
    assert (result.total.n_questions, result.total.n_known, result.total.n_right) == (4, 3, 2)
    assert result.total.accuracy.low < 2 / 3 < result.total.accuracy.high


def test_case_can_count(path):
    result = evaluate_vectors(WordVectors(WORDS, MATRIX), analogies=path, is_case_sensitive=True)
    assert result.analogies[0].total.n_known == 2
    made_of_lower_case = WordVectors(WORDS, MATRIX, tokenizer_spec=WordsTokenizer().spec())
    with pytest.raises(ConfigError, match="lower case"):
        evaluate_vectors(made_of_lower_case, analogies=path, is_case_sensitive=True)


def test_other_spellings_of_the_words_asked_with_are_no_answer(tmp_path):
    path = tmp_path / "analogies.txt"
    path.write_text("man king woman queen\n")
    words, matrix = ["man", "king", "woman", "WOMAN", "queen"], [[1, 0], [1, 0.1], [0, 1], [0, 1], [0.3, 1]]
    total = evaluate_vectors(WordVectors(words, matrix), analogies=path).analogies[0].total
    assert total.n_right == 1


def test_words_beyond_the_most_frequent_do_not_count(path):
    vectors = WordVectors(WORDS, MATRIX)
    result = evaluate_vectors(vectors, analogies=path, restrict_vocab=3)
    assert (result.n_words, result.n_all_words) == (3, 6)
    assert result.analogies[0].total.n_known == 0
    with pytest.raises(ConfigError, match="restrict_vocab is 0"):
        evaluate_vectors(vectors, analogies=path, restrict_vocab=0)


def test_blocks_are_put_together(path, monkeypatch):
    vectors = WordVectors(WORDS, MATRIX)
    whole = evaluate_vectors(vectors, analogies=path)
    monkeypatch.setattr(analogies, "SCORES_AT_ONCE", 1)
    steps = []
    assert evaluate_vectors(vectors, analogies=path, progress=lambda *step: steps.append(step)) == whole
    assert [step[0] for step in steps] == [1, 2, 3]


def test_words_go_through_the_tokenizer_of_the_vectors(tmp_path):
    path = tmp_path / "analogies.txt"
    path.write_text("ＭＡＮ King\u2019s man man\n", encoding="utf-8")
    spec = WordsTokenizer().spec()
    vectors = WordVectors(["man", "king's"], [[1, 0], [0, 1]], tokenizer_spec=spec)
    assert evaluate_vectors(vectors, analogies=path).analogies[0].total.n_known == 1


def test_words_are_found_as_people_write_them(tmp_path):
    path = tmp_path / "analogies.txt"
    path.write_text("とても 迚も 犬 犬\n", encoding="utf-8")
    vectors = WordVectors(["迚も", "犬"], [[1, 0], [0, 1]], spellings={"迚も": "とても"})
    assert evaluate_vectors(vectors, analogies=path).analogies[0].total.n_known == 1


@pytest.mark.parametrize(("text", "message"), [("a b c\n", "line 1: 3 words"), (": empty\n", "no question")])
def test_what_is_no_file_of_analogies_is_refused(text, message, tmp_path):
    path = tmp_path / "analogies.txt"
    path.write_text(text)
    with pytest.raises(CorpusError, match=message):
        evaluate_vectors(WordVectors(WORDS, MATRIX), analogies=path)


def test_nothing_to_test_on_is_refused():
    vectors = WordVectors(WORDS, np.array(MATRIX))
    with pytest.raises(ConfigError, match="nothing to test"):
        evaluate_vectors(vectors)
    with pytest.raises(ConfigError, match="score_column"):
        evaluate_vectors(vectors, analogies="x.txt", score_column="similarity")
