"""The sets of `results.py`: what is pretrained on, what labels are drawn from, what is tested on.

Files lie in a folder a set, as `DATA/imdb/train.csv.xz`. While developing, the first part of the training
file is the pool and the rest is tested on; the official test files are for a final check.
"""

from dataclasses import dataclass
from pathlib import Path

from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import LabelledTexts, parse_rows, read_labelled

BUDGETS = (8, 16, 32, 64, 128, 512)


@dataclass(frozen=True)
class Part:
    """Some rows of a file."""

    file: str
    rows: str = "0:"

    def labelled(self, data: Path) -> LabelledTexts:
        """Read a table of labelled texts."""
        return read_labelled([data / self.file], rows=parse_rows(self.rows))

    def documents(self, data: Path) -> list[str]:
        """Read the texts alone."""
        if Path(self.file).name.startswith("unlabeled"):
            return list(Corpus([data / self.file]))
        return self.labelled(data).texts


@dataclass(frozen=True)
class DataSet:
    """One set; `words` names the tokenizer of the rivals, for ours is chosen by the text."""

    title: str
    corpus: tuple[Part, ...]
    pool: Part
    development: tuple[Part, ...]
    test: Part | None = None
    budgets: tuple[int, ...] = BUDGETS
    words: str = "words"

    def tested(self, data: Path, *, is_official: bool) -> LabelledTexts:
        """Read the texts to test on."""
        if is_official and self.test is None:
            raise SystemExit(f"{self.title} has no official test part here")
        parts = (self.test,) if is_official and self.test else self.development
        read = [part.labelled(data) for part in parts]
        return LabelledTexts(
            [text for one in read for text in one.texts],
            [label for one in read for label in one.labels],
            self.title,
        )


_IMDB = (Part("imdb/unlabeled.txt.xz"), Part("imdb/train.csv.xz", "0:12500"))
_SST2 = Part("sst2/train.csv")

SETS = {
    "imdb": DataSet(
        "IMDb reviews, English, 2 classes",
        _IMDB,
        Part("imdb/train.csv.xz", "0:12500"),
        (Part("imdb/train.csv.xz", "12500:17500"),),
        budgets=(*BUDGETS, 1000, 12500),
    ),
    "sst2_imdb": DataSet(
        "SST-2 sentences of film reviews with the unlabelled text of IMDb, English, 2 classes",
        _IMDB,
        _SST2,
        (Part("sst2/dev.csv"),),
    ),
    "sst2": DataSet(
        "SST-2 sentences with their own text, English, 2 classes",
        (_SST2,),
        _SST2,
        (Part("sst2/dev.csv"),),
    ),
    "ag_news": DataSet(
        "AG News, English, 4 classes",
        (Part("ag_news/unlabeled.txt"), Part("ag_news/train.csv")),
        Part("ag_news/train.csv", "0:5000"),
        (Part("ag_news/train.csv", "5000:10000"),),
        Part("ag_news/test.csv"),
        (*BUDGETS, 1000),
    ),
    "jrte_ja": DataSet(
        "Hotel review sentences, Japanese, 3 uneven classes",
        (Part("jrte_ja/unlabeled.txt"),),
        Part("jrte_ja/train.csv"),
        (Part("jrte_ja/dev.csv"),),
        Part("jrte_ja/test.csv"),
        words="japanese",
    ),
    "khate_ko": DataSet(
        "Comments on news, Korean, 3 uneven classes",
        (Part("khate_ko/unlabeled.txt.xz"), Part("khate_ko/train.csv.xz", "0:5264")),
        Part("khate_ko/train.csv.xz", "0:5264"),
        (Part("khate_ko/train.csv.xz", "5264:"), Part("khate_ko/dev.csv.xz")),
    ),
    "germeval_de": DataSet(
        "Tweets, German, 2 uneven classes",
        (Part("germeval_de/train.csv.xz", "0:3000"),),
        Part("germeval_de/train.csv.xz", "0:3000"),
        (Part("germeval_de/train.csv.xz", "3000:"),),
        Part("germeval_de/test.csv.xz"),
    ),
    "clinc150": DataSet(
        "Requests, English, 150 intents",
        (Part("clinc150/train.csv.xz"),),
        Part("clinc150/train.csv.xz"),
        (Part("clinc150/dev.csv.xz"),),
        Part("clinc150/test.csv.xz"),
        (300, 750, 1500, 7500),
    ),
}
