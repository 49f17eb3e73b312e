"""Where the bundled reviews lie: inside an installed package, or beside it in a checkout."""

from pathlib import Path

from textransfer.errors import ConfigError

LANGUAGES = ("en", "ja")
TEST, HELD_OUT = "test.csv", "heldout.csv"
"""The two sentences of the article, and forty more."""


def bundled_corpora(language: str) -> Path:
    """Return the folder with unlabeled.txt, few.csv, test.csv and heldout.csv in a language.

    Raises
    ------
    ConfigError
        If there are none in that language.
    """
    if language not in LANGUAGES:
        raise ConfigError(f"language is {language!r}; expected one of {', '.join(LANGUAGES)}")
    package = Path(__file__).parent
    for root in (package / "corpora", package.parent / "corpora"):
        if (root / "unlabeled.txt").is_file():
            return root if language == "en" else root / language
    raise ConfigError(f"the bundled corpora are missing beside {package}; install textransfer anew")
