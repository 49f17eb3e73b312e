"""Build the site of docs/ in build/site, warnings as errors; `python scripts/build_site.py serve` shows it.

A link to a file outside docs/ leads nowhere on the site. There it becomes the file's name, as in the README
on a package index; in the repository it stays a link. The site opens from disk, without a network: no page
loads anything from elsewhere.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = ROOT / "build" / "pages"
SITE = ROOT / "build" / "site"
KEPT = (".md", ".png", ".svg", ".css", ".js")
"""What of docs/ belongs to the site: records of measurements do not."""
LINK = re.compile(r"\[([^\]]+)\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")
LOADED = re.compile(
    r"<(?:script|img|iframe|source)[^>]* src=\"(https?:[^\"]+)|<link[^>]* href=\"(https?:[^\"]+)"
)


def named(text: str, folder: Path) -> str:
    """Return a page's text with files outside docs/ named instead of linked.

    Parameters
    ----------
    text : str
        A page in Markdown.
    folder : Path
        Where it lies, from which its links go.
    """

    def name(link: re.Match[str]) -> str:
        target = (folder / link[2]).resolve()
        if target.is_relative_to(DOCS) or not target.is_relative_to(ROOT):
            return link[0]
        path = f"`{target.relative_to(ROOT).as_posix()}`"
        return path if link[1].strip("`") == path.strip("`") else f"{link[1]} ({path})"

    return LINK.sub(name, text)


def loaded_from_elsewhere(page: str) -> list[str]:
    """Return the addresses on other machines that a page in HTML loads scripts, styles or pictures from."""
    return [script or style for script, style in LOADED.findall(page)]


def copy_pages() -> None:
    """Copy docs/ to build/pages, which the site is built from."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for file in DOCS.rglob("*"):
        if file.suffix in KEPT:
            page = PAGES / file.relative_to(DOCS)
            page.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix == ".md":
                page.write_text(named(file.read_text(encoding="utf-8"), file.parent), encoding="utf-8")
            else:
                shutil.copyfile(file, page)


def main() -> None:
    """Build the site, or serve it."""
    copy_pages()
    serving = sys.argv[1:] == ["serve"]
    order = ["serve"] if serving else ["build", "--clean", "--strict"]
    code = subprocess.run([sys.executable, "-m", "zensical", *order], cwd=ROOT).returncode
    if code or serving:
        sys.exit(code)
    for page in SITE.rglob("*.html"):
        for address in loaded_from_elsewhere(page.read_text(encoding="utf-8")):
            sys.exit(f"{page.relative_to(SITE)} loads {address}: the site must open without a network")


if __name__ == "__main__":
    main()
