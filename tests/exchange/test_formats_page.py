"""The table of formats in the documents is that of the package, and every check there ran."""

import importlib.util
from pathlib import Path

from textransfer.formats import FORMATS

ROOT = Path(__file__).parent.parent.parent


def script():
    spec = importlib.util.spec_from_file_location("formats_script", ROOT / "benchmarks/formats.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_has_the_table_of_the_package():
    assert script().table() in (ROOT / "docs/formats.md").read_text(encoding="utf-8")


def test_every_peer_of_a_format_checked_it():
    checks = {(record["format"], record["peer"]): record for record in script().read_records()}
    for row in FORMATS.values():
        for peer in row.peers:
            assert checks[row.name, peer]["is_right"], f"{peer} does not read {row.name} as it should"
