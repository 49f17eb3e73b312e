from textransfer.transfer.comparing.coverage import coverage_of


def test_counts_by_hand():
    coverage = coverage_of([["a", "b", "a"], ["x"], [], ["b", "y", "x"]], {"a": 0, "b": 1, "c": 2})
    assert coverage.to_dict() == {
        "n_texts": 4,
        "n_texts_without_known_words": 2,
        "n_tokens": 7,
        "n_known_tokens": 4,
        "n_words": 4,
        "n_known_words": 2,
        "token_share": 4 / 7,
        "word_share": 0.5,
    }


def test_no_words_at_all():
    assert coverage_of([[]], set()).token_share == coverage_of([], set()).word_share == 0.0
