"""How well word vectors and labelled texts suit each other, told before a classifier is trained."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from textransfer.checks import plain_arguments
from textransfer.embeddings.attested import attested_by, too_little
from textransfer.embeddings.case import warn_of_case
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_tokenizer, as_vectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.randomness import Purpose, generator, seed_of
from textransfer.records import record_of
from textransfer.sentiment.sentences.encoders import sif_averaging
from textransfer.sentiment.training.threads import suiting_threads
from textransfer.text.reading.label_names import shown_label
from textransfer.text.reading.labelled import LabelledTexts, check_labelled
from textransfer.text.spelling import choose_spellings, compose, spelled_in
from textransfer.transfer.comparing.coverage import LOW_COVERAGE, Coverage, coverage_of
from textransfer.transfer.comparing.splits import drawn_evenly, few_shot_draws, single_classes
from textransfer.transfer.comparing.task import TokenizedTexts, class_codes, tokenized
from textransfer.transfer.fitness.distance import Distance, distance_to
from textransfer.transfer.fitness.separation import Separation, separation_of
from textransfer.transfer.fitness.unknown_words import UnknownWord, unknown_words
from textransfer.transfer.statistics.intervals import wilson

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Threat = Literal["none", "possible", "unknown"]
Fit = Literal["good", "in part", "poor", "unknown"]

N_UNLABELLED = 2000
"""Unlabelled texts that are looked at, at most; drawn evenly."""
N_SEPARATED = 1000
"""Labelled texts that separation is measured on, at most; drawn with the classes' proportions."""
FAIR_COVERAGE = 0.8
SIGNIFICANT = 0.05
TOLERABLE_LOSS = 0.05
"""Accuracy that pretrained vectors may be behind words alone, at worst, where they are no threat."""
LITTLE = 0.3
"""Share of the way from chance to certainty: classes that surely lie closer hardly lie apart."""


@dataclass(frozen=True)
class FitCheck:
    """How well vectors and labelled texts suit each other."""

    n_texts: int
    """Labelled texts."""
    classes: dict[str, int]
    """Labelled texts of each class."""
    n_task_texts: int
    """Texts that the distance is measured on: the labelled and the unlabelled ones of the task."""
    coverage: Coverage
    """Known words of the labelled texts."""
    unknown: tuple[UnknownWord, ...]
    """Unknown words that matter, the most telling first."""
    distance: Distance
    """Between the texts of the task and the pretraining corpus."""
    attested: float | None
    """Share of the words of a further text, by weight, that two documents of that corpus or more hold."""
    separation: Separation
    """Of the classes, in the pretrained space against that of TF-IDF."""
    threat: Threat
    """Whether negative transfer threatens."""
    threat_sentence: str
    """The same in words, with the reason."""
    fit: Fit
    """All of it together."""
    sentence: str
    """The same in words."""

    def __repr__(self) -> str:
        return f"<FitCheck: {self.sentence}>"

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        verdict = {name: getattr(self, name) for name in ("fit", "sentence", "threat", "threat_sentence")}
        return {**verdict, **record_of(self)}


@plain_arguments
def check_fit(
    vectors: VectorsLike,
    labelled: LabelledTexts,
    unlabelled: Iterable[str] = (),
    *,
    tokenizer: "Tokenizer | str | None" = None,
    random_state: int = 0,
) -> FitCheck:
    """Say how well vectors and labelled texts suit each other.

    Parameters
    ----------
    vectors : WordVectors, path, or gensim's KeyedVectors
        Finished vectors.
    labelled : LabelledTexts
        Two texts of each class at least.
    unlabelled : iterable of str
        Further texts of the task, for a better look at the distance; 2,000 at most are drawn from them.
    tokenizer : Tokenizer, optional
        By default the one that made the vectors.
    random_state : int, default=0
        Seed of drawn texts, simulated samples and shuffled labels.

    Returns
    -------
    FitCheck
        Known words, distance, separation of the classes, and what they say together: `fit` and `threat`.

    Raises
    ------
    ConfigError
        If there is one class only, or a class has a single text.
    CorpusError
        If no labelled text has a word.

    Examples
    --------
    >>> from textransfer import SkipGram, check_fit, read_labelled
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = bundled_corpora("en")
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews / "unlabeled.txt").vectors_
    >>> check_fit(vectors, read_labelled(reviews / "heldout.csv")).classes
    {'negative': 20, 'positive': 20}
    """
    check_labelled(labelled=labelled)
    seed = seed_of(random_state)
    sizes = _class_sizes(labelled)
    vectors = as_vectors(vectors)
    texts = tokenized(labelled, as_tokenizer(tokenizer, vectors))
    if not any(texts.words):
        raise CorpusError(f"{labelled.source} has no word in any text; expected texts with words")
    drawn = drawn_evenly(unlabelled, N_UNLABELLED, generator(random_state, Purpose.UNLABELLED_TEXTS))
    more = list(texts.tokenizer.tokenize_many(drawn))
    warn_of_case(texts.words, vectors.index)
    coverage = coverage_of(texts.words, vectors.index)
    with suiting_threads(len(texts)):
        distance = distance_to(vectors, [*texts.words, *more], seed)
        separation = _separation(vectors, texts, sorted(sizes), seed)
    threat, why = _threat(coverage, separation)
    attested = attested_by(vectors)
    fit, sentence = _fit(coverage, distance, threat, too_little(attested))
    return FitCheck(
        n_texts=len(texts),
        classes=sizes,
        n_task_texts=len(texts) + len(more),
        coverage=coverage,
        unknown=_as_written(unknown_words(texts.words, texts.labels, vectors.index), texts),
        distance=distance,
        attested=attested,
        separation=separation,
        threat=threat,
        threat_sentence=why,
        fit=fit,
        sentence=sentence,
    )


def _as_written(unknown: list[UnknownWord], texts: TokenizedTexts) -> tuple[UnknownWord, ...]:
    """Give words as the texts have them, where the tokenizer gives them another form."""
    words = [entry.word for entry in unknown]
    spellings = compose(words) | choose_spellings(spelled_in(texts.tokenizer, texts.texts), words)
    return tuple(replace(entry, word=spellings.get(entry.word, entry.word)) for entry in unknown)


def _threat(coverage: Coverage, separation: Separation) -> tuple[Threat, str]:
    """Say whether pretrained vectors may do worse than words alone, and why."""
    if coverage.token_share < LOW_COVERAGE:
        return "possible", (
            f"Negative transfer may threaten: only {coverage.token_share:.0%} of the words are known, "
            "the rest of each text is lost"
        )
    accuracy, ahead, p_value = separation.accuracy, separation.ahead, separation.p_value
    if ahead.high < 0:
        return "possible", (
            "Negative transfer may threaten: words alone tell the classes apart better than these vectors do"
        )
    if p_value < SIGNIFICANT and (ahead.estimate >= 0 or ahead.low > -TOLERABLE_LOSS):
        return "none", (
            "Negative transfer does not threaten: the classes lie apart in these vectors, and no less than "
            f"by words alone, as far as {separation.n_texts:,} labels show"
        )
    # Few texts may do worse than chance by bad luck: that proves no more than chance itself would.
    best = max(accuracy.high, wilson(separation.chance, separation.n_texts)[1])
    if p_value >= SIGNIFICANT and best < separation.chance + LITTLE * (1 - separation.chance):
        return "possible", (
            f"Negative transfer may threaten: the classes do not lie apart in these vectors "
            f"({best:.0%} right at best, {separation.chance:.0%} by chance)"
        )
    return "unknown", (
        f"{separation.n_texts:,} labels are not enough to say whether negative transfer threatens: "
        "label more, or let classify compare"
    )


def _fit(coverage: Coverage, distance: Distance, threat: Threat, little: str) -> tuple[Fit, str]:
    """Put coverage, distance, threat and what is said of too little text together."""
    flaws = []
    if coverage.token_share < FAIR_COVERAGE:
        flaws.append(f"{1 - coverage.token_share:.0%} of the words are unknown")
    if distance.nearness in ("some way off", "far"):
        flaws.append(f"the corpus is {distance.nearness}")
    if little:
        flaws.append(f"they come from {little}, so pretrain on more, or start from vectors of others")
    because = f": {' and '.join(flaws)}" if flaws else ""
    if threat == "possible":
        return "poor", f"These vectors do not suit these texts{because or ': see negative transfer'}"
    if flaws:
        return "in part", f"These vectors suit these texts in part{because}"
    if threat == "unknown":
        return "unknown", (
            "The words suit, but so few labels do not say whether the classes lie apart in these vectors"
        )
    return "good", "These vectors suit these texts"


def _class_sizes(labelled: LabelledTexts) -> dict[str, int]:
    sizes = dict(sorted(Counter(labelled.labels).items()))
    if len(sizes) < 2:
        raise ConfigError(
            f"{labelled.source} has "
            f"{f'only the class {shown_label(next(iter(sizes)))}' if sizes else 'no labels'}; "
            "expected at least 2 classes with 2 labelled texts each"
        )
    if min(sizes.values()) < 2:
        raise ConfigError(
            f"{labelled.source}: {single_classes(labelled.labels, labelled.places)}; expected at least 2 of "
            "each class: label another one, or leave the class out"
        )
    return sizes


def _separation(vectors: WordVectors, texts: TokenizedTexts, classes: list[str], seed: int) -> Separation:
    """Measure separation in the space that the classifier sees, and in that of TF-IDF."""
    if len(texts) > N_SEPARATED:
        texts = texts.take(np.sort(few_shot_draws(texts.labels, N_SEPARATED, 1, seed)[0]))
    averaging = sif_averaging(vectors)
    pretrained = averaging.vectors(averaging.bags(texts.words)).astype(np.float64)
    by_words = TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(texts.words)
    products: npt.NDArray[np.float64] = pretrained @ pretrained.T
    return separation_of(
        products,
        np.asarray((by_words @ by_words.T).todense(), np.float64),
        class_codes(texts.labels, classes),
        seed,
    )
