"""spaCy as peer: `spacy init vectors` takes our file, and texts get our means."""

import subprocess
import sys

import numpy as np
import pytest

from textransfer import MeanEncoder, SIFEncoder, export_model
from textransfer.bundled import bundled_corpora
from textransfer.pretrain.pretraining import pretrain_vectors

spacy = pytest.importorskip("spacy")
pytestmark = [pytest.mark.peer, pytest.mark.slow]

TEXTS = ["a warm film with a fine cast", "Film A Dull", "The PLOT is a plot"]


@pytest.mark.parametrize("is_weighted", [False, True])
def test_texts_have_our_vectors(tmp_path, is_weighted):
    text = bundled_corpora("en") / "unlabeled.txt"
    vectors = pretrain_vectors(text, vector_size=8, epochs=20, n_jobs=1, negation="none", min_count=1)
    export_model(vectors, "spacy", tmp_path / "vectors.txt", is_weighted=is_weighted)
    command = [
        sys.executable,
        "-m",
        "spacy",
        "init",
        "vectors",
        "en",
        tmp_path / "vectors.txt",
        tmp_path / "out",
    ]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    nlp = spacy.load(tmp_path / "out")
    known = [text for text in TEXTS if all(word.lower() in vectors for word in text.split())]
    assert known
    for text in known:
        if is_weighted and len(set(text.lower().split())) < len(text.split()):
            continue  # spaCy counts a word as often as it stands there
        encoder = SIFEncoder(vectors) if is_weighted else MeanEncoder(vectors, standardize=False)
        theirs, ours = nlp(text).vector, encoder.transform([text])[0]
        if is_weighted:
            theirs = theirs / np.linalg.norm(theirs)
        np.testing.assert_allclose(theirs, ours, rtol=1e-4, atol=1e-5)
    film = nlp("Film film FILM")
    assert all(token.has_vector for token in film)
    assert np.array_equal(film[0].vector, film[1].vector)
