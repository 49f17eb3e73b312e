"""``textransfer advise`` as a user calls it."""

import json
from pathlib import Path

import pytest
from cli.conftest import Run


@pytest.mark.slow
def test_three_answers_and_what_is_next(run: Run, english: Path, embeddings: Path) -> None:
    given = ["advise", "-l", english / "few.csv", "--embeddings", embeddings, "--draws", 2, "-q"]
    done = run(*given)
    assert (done.code, done.err) == (0, "")
    starts = [part.split()[0] for part in done.out.split("\n\n")]
    assert starts == ["fault", "vectors", "hidden", "NEXT"]
    facts = json.loads(run(*given, "--test", english / "heldout.csv", "--json").out)
    assert facts["evidence"]["mode"] == "random states"
    assert facts["tuning"] in ("freeze", "fine-tune", "no difference")
    assert list(facts["evidence"]["sizes"]) == ["0", "4", "16", "64"]


def test_a_single_text_of_a_class_is_one_line(run: Run, embeddings: Path) -> None:
    Path("one.csv").write_text("text,label\na film,pos\nno film,neg\n", encoding="utf-8")
    done = run("advise", "-l", "one.csv", "--embeddings", embeddings)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
