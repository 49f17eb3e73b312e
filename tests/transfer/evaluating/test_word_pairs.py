"""Files of word pairs as they are published, and correlations over what is known."""

import numpy as np
import pytest

from textransfer import WordVectors, evaluate_vectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.transfer.evaluating.word_pairs import read_word_pairs
from textransfer.transfer.statistics.intervals import correlation_interval

ROWS = [("love", "affair", 6.77), ("tiger", "cat", 7.35), ("media", "radio", 7.42), ("king", "cabbage", 0.23)]
SIMLEX = (
    "word1\tword2\tPOS\tSimLex999\tconc(w1)\tSD(SimLex)\n"
    "old\tnew\tA\t1.58\t2.72\t0.41\nsmart\tintelligent\tA\t9.2\t1.75\t0.67\n"
)
JWSAN = 'pairID,word1,word2,POS,similarity,association\n1,鮮やか,絢爛,adj,3.41,2.87\n2,犬,"猫",n,2.5,3.5\n'
FORMATS = {
    "comments and a header in them": "# WordSim\n# Word 1\tWord 2\tHuman (mean)\n" + "{tab}",
    "header": "Word 1,Word 2,Human (mean)\n{comma}",
    "no header": "{tab}",
    "semicolons and decimal commas": "Wort1;Wort2;Wert\n{decimal}",
    "spaces": "{space}",
    "spaces and parts of speech": "{tagged}",
    "Windows line ends and a mark": "\ufeffword1\tword2\tscore\r\n{tab}\r\n\r\n",
    "a part of speech and more behind": "{verbs}",
}


def text_of(pattern):
    """Fill the rows into a pattern, in the ways that files are written."""
    return pattern.format(
        tab="\n".join(f"{a}\t{b}\t{score}" for a, b, score in ROWS),
        comma="\n".join(f"{a},{b},{score}" for a, b, score in ROWS),
        space="\n".join(f"{a} {b} {score}" for a, b, score in ROWS),
        decimal="\n".join(f"{a};{b};{score}" for a, b, score in ROWS).replace(".", ","),
        tagged="\n".join(f"{a}-n {b}-n {score}" for a, b, score in ROWS),
        verbs="\n".join(f"{a}\t{b}\tV\t{score}\tNONE" for a, b, score in ROWS),
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_pairs_are_read_however_they_are_written(kind, tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_text(text_of(FORMATS[kind]), encoding="utf-8", newline="")
    test = read_word_pairs(path)
    assert list(zip(*zip(*test.pairs, strict=True), test.scores, strict=True)) == ROWS
    assert test.other_columns == ()


def test_the_scores_of_many_columns_are_the_first_or_the_named_ones(tmp_path):
    path = tmp_path / "simlex.txt"
    path.write_text(SIMLEX)
    test = read_word_pairs(path)
    assert test.scores.tolist() == [1.58, 9.2]
    assert (test.score_column, test.other_columns) == ("SimLex999", ("conc(w1)", "SD(SimLex)"))
    path = tmp_path / "jwsan.csv"
    path.write_text(JWSAN, encoding="utf-8")
    assert read_word_pairs(path).pairs == (("鮮やか", "絢爛"), ("犬", "猫"))
    assert read_word_pairs(path).scores.tolist() == [3.41, 2.5]
    for name in ("Association", "6"):
        assert read_word_pairs(path, score_column=name).scores.tolist() == [2.87, 3.5]
    with pytest.raises(ConfigError, match="no column of scores 'sim'; expected one of 'similarity', 'assoc"):
        read_word_pairs(path, score_column="sim")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no line but comments"),
        ("# only\n", "no line but comments"),
        ("word1\tword2\tscore\n", "columns of words|nothing else"),
        ("a\tb\t1\nc\td\n", "line 1: 3 columns, where the last line has 2"),
        ("a\tb\t1\nc\n\nd\te\t3\n", "line 2: 1 columns"),
        ("a\tb\t1\nc\td\tx\ne\tf\t2\n", "columns of words and 0 of numbers"),
        ("a\tb\nc\td\n", "two words and a score"),
    ],
)
def test_what_is_no_file_of_pairs_is_refused_with_its_line(text, message, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text(text)
    with pytest.raises(CorpusError, match=message):
        read_word_pairs(path)


@pytest.fixture
def vectors():
    words = ["love", "affair", "tiger", "cat", "media", "radio", "king"]
    return WordVectors(words, np.random.default_rng(0).normal(size=(7, 5)))


def test_pairs_with_unknown_words_are_left_out_and_counted(vectors, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(f"{a}\t{b}\t{score}" for a, b, score in [*ROWS, ("love", "king", 1.0)]))
    (result,) = evaluate_vectors(vectors, similarity=path).similarity
    assert (result.n_pairs, result.n_known, result.unknown) == (5, 4, ("cabbage",))
    assert result.spearman.low < result.spearman.estimate < result.spearman.high
    path.write_text("love\taffair\t1\ncabbage\tkale\t2\n")
    (result,) = evaluate_vectors(vectors, similarity=[path]).similarity
    assert (result.n_known, result.spearman, result.pearson) == (1, None, None)


def test_the_interval_is_that_of_bonett_and_wright():
    interval = correlation_interval(0.5, 100)
    reach = 1.959964 * np.sqrt((1 + 0.125) / 97)
    ends = np.tanh(np.arctanh(0.5) + np.array([-reach, reach]))
    assert [interval.low, interval.high] == pytest.approx(ends.tolist(), abs=1e-6)
    perfect = correlation_interval(1.0, 10)
    assert perfect.low < perfect.estimate == perfect.high == 1
