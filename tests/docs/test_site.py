"""The site of docs/: all pages are in its navigation, and it needs neither the repository nor a network."""

import importlib.util
import re
from pathlib import Path

import textransfer

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
SPEC = importlib.util.spec_from_file_location("build_site", ROOT / "scripts/build_site.py")
build_site = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(build_site)


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    listed = re.findall(r"^ +- [^:#]+: (\S+\.md)$", navigation, re.M)
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert sorted(listed) == sorted(pages), "each page under docs/ stands once under nav in mkdocs.yml"


def test_files_outside_the_documents_are_named_on_the_site() -> None:
    text = "[how](../CONTRIBUTING.md#a-release) [`LICENSE`](../LICENSE) [g](glossary.md#a)"
    assert build_site.named(text, DOCS) == "how (`CONTRIBUTING.md`) `LICENSE` [g](glossary.md#a)"
    assert build_site.named("[g](../glossary.md) [r](../../README.md)", DOCS / "how-to") == (
        "[g](../glossary.md) r (`README.md`)"
    )
    assert build_site.named("[o](https://example.org/x.md)", DOCS) == "[o](https://example.org/x.md)"


def test_what_a_page_loads_from_other_machines_is_seen() -> None:
    page = '<a href="https://a.org"></a><link rel="x" href="https://b.org/s.css"><script src="https://c.org/s.js">'
    assert build_site.loaded_from_elsewhere(page) == ["https://b.org/s.css", "https://c.org/s.js"]


def test_the_reference_describes_every_public_name_once() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (DOCS / "reference").glob("*.md"))
    described = re.findall(r"^::: textransfer\.(\w+)$", pages, re.M)
    assert sorted(described) == sorted(set(textransfer.__all__) - {"__version__"})
    overview = (DOCS / "reference/python.md").read_text(encoding="utf-8")
    for name, page in re.findall(r"\[`(\w+)`\]\((\w+\.md)#textransfer\.\1\)", overview):
        assert f"::: textransfer.{name}\n" in (DOCS / "reference" / page).read_text(encoding="utf-8")
        described.remove(name)
    assert described == [], "the overview links to each"
