"""Which words take part of their vector from their n-grams, and when."""

import numpy as np
import pytest

from textransfer.pretrain.pretraining import pretrain_vectors
from textransfer.pretrain.update import update_vectors

COMMON = ["a warm film with a good plot", "a dull film with a bad plot"] * 40
STEMS = ("walk", "talk", "play", "jump", "cook", "read", "call", "work", "wait", "open")
BENT = [f"{stem}{end} film" for stem in STEMS for end in ("ing", "ed", "er", "s")]
SETTINGS = {"vector_size": 8, "epochs": 3, "window": 3, "min_count": 2, "sample": 0.0}


@pytest.mark.parametrize(("n_bent", "wanted"), [(1, "none"), (30, "rare"), (40, "all")])
def test_auto_goes_by_the_share_of_the_text_that_is_too_rare(n_bent: int, wanted: str) -> None:
    common = COMMON if wanted == "none" else COMMON[:44] if wanted == "rare" else COMMON[:8]
    text = [*common, *BENT[:n_bent], "walks talked", "talked walks"]
    vectors = pretrain_vectors(text, **SETTINGS)
    assert vectors.metadata["settings"]["ngrams"] == wanted
    assert (vectors.ngrams is not None) == (wanted == "all")


def test_rare_words_are_drawn_and_frequent_ones_hardly() -> None:
    learn = {
        name: pretrain_vectors([*COMMON, *BENT * 2], ngrams=name, **SETTINGS) for name in ("none", "rare")
    }
    assert learn["none"].words == learn["rare"].words
    moved = np.linalg.norm(learn["rare"].matrix - learn["none"].matrix, axis=1)
    share = moved / np.linalg.norm(learn["none"].matrix, axis=1)
    rows = learn["none"].rows_of
    assert share[rows(["film"])] < share[rows(["walking", "cooked"])].min()
    assert learn["rare"].similarity("walking", "walked") > learn["none"].similarity("walking", "walked")


def test_an_update_draws_new_words_alone() -> None:
    old = pretrain_vectors(COMMON, ngrams="all", **SETTINGS)
    assert old.ngrams is not None
    drawn = update_vectors(old, BENT * 2, epochs=1)
    plain = update_vectors(old, BENT * 2, epochs=1, ngrams="none")
    np.testing.assert_array_equal(drawn.matrix[: len(old)], plain.matrix[: len(old)])
    assert (drawn.matrix[len(old) :] != plain.matrix[len(old) :]).any()
    assert drawn.ngrams is not None
    assert plain.ngrams is None
