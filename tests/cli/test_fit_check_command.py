"""``textransfer fit-check`` as a user calls it."""

import json
from pathlib import Path

from cli.conftest import Run


def test_the_bundled_reviews_suit_their_vectors(run: Run, english: Path, embeddings: Path) -> None:
    given = ["fit-check", "-l", english / "heldout.csv", "--embeddings", embeddings]
    done = run(*given, "--unlabeled", english / "unlabeled.txt")
    assert (done.code, done.err) == (0, "")
    for word in ("coverage", "distance", "of the words", "classes", "threat", "VERDICT"):
        assert word in done.out
    facts = json.loads(run(*given, "--json").out)
    assert facts["n_texts"] == sum(facts["classes"].values())
    assert 0 < facts["coverage"]["token_share"] <= 1
    assert facts["distance"]["shift"]["size"] >= 0
    assert facts["sentence"] in run(*given).out


def test_imported_vectors_say_what_they_lack(run: Run, english: Path, tmp_path: Path) -> None:
    Path("glove.txt").write_text("good 1 0\nbad -1 0\nfilm 0 1\n", encoding="utf-8")
    done = run("fit-check", "-l", english / "few.csv", "--embeddings", "glove.txt")
    assert done.code == 0
    assert "carry no moments" in done.out
    assert "carry no counts" in done.out


def test_too_few_labels_are_one_line(run: Run, embeddings: Path) -> None:
    Path("one.csv").write_text("text,label\na film,pos\nno film,neg\n", encoding="utf-8")
    done = run("fit-check", "-l", "one.csv", "--embeddings", embeddings)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "at least 2 of each class" in done.err


def test_too_little_text_is_said_by_pretrain_and_in_the_verdict(run: Run, english: Path) -> None:
    texts = (english / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    Path("few.txt").write_text("\n".join(texts[:20]), encoding="utf-8")
    done = run("pretrain", "few.txt", "-o", "small", "--epochs", "2", "--vector-size", "4")
    (caution,) = [line for line in done.out.splitlines() if line.startswith("caution")]
    assert "too little text" in caution
    assert "--init-from" in caution
    verdict = run("fit-check", "-l", english / "heldout.csv", "--embeddings", "small").out.splitlines()[-1]
    assert "too little text" in verdict
    assert "start from vectors of others" in verdict


def test_enough_text_is_not_cautioned(run: Run, english: Path, embeddings: Path) -> None:
    done = run("pretrain", english / "unlabeled.txt", "-o", "whole", "--epochs", "2", "--vector-size", "4")
    assert "caution" not in done.out
    assert "too little" not in run("fit-check", "-l", english / "heldout.csv", "--embeddings", embeddings).out
