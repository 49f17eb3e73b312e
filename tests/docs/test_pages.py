"""What the documents show is run: every Python block and every command, in the order of the page."""

import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from blocks import COMMAND, PAGES, ROOT, Block, blocks_of, commands_of, comments_of, indented_commands, pinned
from running import PageError, Printed, compare, run_command, run_python

from textransfer.bundled import bundled_corpora

BLOCKS = {page: blocks_of(page) for page in PAGES}
RUN = [page for page in PAGES if any(block.kind == "run" for block in BLOCKS[page])]
REASONS = (
    "installs",
    "needs a cluster",
    "needs a GPU",
    "needs a server",
    "needs data",
    "needs Docker",
    "takes minutes",
)
"""How the reason of a block that is not run may begin."""
MOST_NOT_RUN = 0.3
"""Of the blocks that a reader would type."""


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with the bundled reviews, as a checkout has them."""
    shutil.copytree(ROOT / "corpora", tmp_path / "corpora")
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run_block(block: Block, names: dict[str, object]) -> list[Printed]:
    """Run a block, compare what it shows below its commands, and return what it printed."""
    if block.language == "python":
        return [run_python(block.text, names, block.place)]
    printed = []
    for command, shown in commands_of(block.text, is_console=block.language == "console"):
        said = run_command(command)
        if shown:
            compare(shown, [said], block.place)
        printed.append(said)
    return printed


@pytest.mark.skipif(os.name == "nt", reason="the pages are for a POSIX shell")
@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_what_a_page_shows_runs(page: Path, folder: Path) -> None:
    for package in comments_of(page, "version"):
        if version(package) != pinned()[package]:
            pytest.skip(f"shows what {package} {pinned()[package]} of constraints.txt leads to")
    for data in comments_of(page, "data"):
        name, source = (part.strip() for part in data.split("="))
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / source, folder / name)
    for command in comments_of(page, "first"):
        run_command(command)
    names: dict[str, object] = {"__name__": "__page__"}
    printed: list[Printed] = []
    for block in BLOCKS[page]:
        if block.kind == "file":
            (folder / block.remark).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.remark).write_text(block.text, encoding="utf-8")
        elif block.kind == "output":
            compare(block.text, printed, block.place)
        elif block.kind == "run":
            printed = run_block(block, names)


def test_every_block_that_a_reader_would_type_says_its_language() -> None:
    """Else it would not be run."""
    unnamed = [
        block.place
        for blocks in BLOCKS.values()
        for block in blocks
        if block.kind == "other" and any(COMMAND.match(line) for line in block.text.splitlines())
    ]
    assert unnamed == [], "name their language: sh, console or python"
    assert {name_of(page): lines for page in PAGES if (lines := indented_commands(page))} == {}, "fence them"


def test_blocks_that_another_test_runs_are_read_by_it() -> None:
    for block in (block for blocks in BLOCKS.values() for block in blocks if block.kind == "run by"):
        assert name_of(block.page) in (ROOT / block.remark).read_text(encoding="utf-8"), block.place


def test_what_is_not_run_is_little_and_has_its_reason() -> None:
    typed = [block for blocks in BLOCKS.values() for block in blocks if "run" in block.kind]
    left = [block for block in typed if block.kind == "not run"]
    assert [block.place for block in left if not block.remark.startswith(REASONS)] == []
    assert len(left) <= MOST_NOT_RUN * len(typed)


def test_a_page_that_shows_what_does_not_happen_is_refused(folder: Path) -> None:
    with pytest.raises(PageError, match="exit code 2"):
        run_command("textransfer neighbors film")
    with pytest.raises(PageError, match="exit code"):
        run_command("ls nowhere")
    for command in ("pip install x", "textransfer serve classifier", "echo a; curl localhost"):
        with pytest.raises(PageError, match="mark it as not run"):
            run_command(command)
    with pytest.raises(PageError):
        run_python(">>> 1 + 1\n3\n", {}, "here")
    with pytest.raises(ZeroDivisionError):
        run_python("1 / 0", {}, "here")
    with pytest.raises(PageError, match="shows 92.0"):
        compare("accuracy 92.0%", [Printed("accuracy 71.0%")], "here")
    with pytest.raises(PageError):
        compare("positive", [Printed("negative")], "here")


def test_what_depends_on_the_machine_is_not_compared() -> None:
    compare("took 3.2 s\nright 92.0%", [Printed("took   48.9 s\n\nright 92.1%\n")], "here")
    compare("a\n...\nz", [Printed("a\nb\nc\nz")], "here")
    compare("a ... z\n...", [Printed("a b z\nc")], "here")
    compare("accuracy\n--------\n   92.0%", [Printed("accuracy\n---------\n92.0%")], "here")


def test_commands_are_read_as_a_shell_reads_them(folder: Path) -> None:
    block = "$ a \\\n  b\nshown\n$ c <<E\nd\nE\n"
    assert commands_of(block, is_console=True) == [("a   b", "shown\n"), ("c <<E\nd\nE", "")]
    assert run_command("printf 'b\\na\\n' | sort").out == "a\nb\n"
    assert run_command("cat <<E | sort\nb\na\nE").out == "a\nb\n"
    assert run_command("echo one > two").out == ""
    assert run_command("sort < two # three").out == "one\n"
    assert run_command('python -c "print(1 + 1)"').out == "2\n"
    assert "bare" not in sys.argv
    assert run_command("textransfer info corpora/few.csv > said").out == ""
    assert "table" in Path("said").read_text(encoding="utf-8")


def test_bundled_reviews_are_those_of_the_repository() -> None:
    assert bundled_corpora("en").resolve() == (ROOT / "corpora").resolve()
