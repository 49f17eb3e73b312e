"""Which arm of a comparison becomes the classifier that is saved, and an unfitted classifier of that arm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.records import Record
from textransfer.sentiment.baselines import no_pretraining
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.sentences.seeds import SeedWords
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.transfer.comparing.results import (
    BALANCED,
    NO_PRETRAINING,
    SAVED_NAMES,
    SEEDED,
    TFIDF,
    Comparison,
)
from textransfer.transfer.statistics.lead import are_unequal

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Classifier = SentimentClassifier | CombinedClassifier | TfidfBaseline


@dataclass(frozen=True)
class Choice(Record):
    """Which arm is saved, and why."""

    arm: str
    """Its name in the comparison."""
    saved_arm: str
    """The name by which it is asked for."""
    is_asked: bool
    """Whether it was asked for."""
    sentence: str
    """What the comparison says of the other arms, and which is saved."""
    notes: tuple[str, ...]
    """What limits that."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What classifiers are made of, and what decides which of them can be saved."""

    vectors: WordVectors
    tokenizer: "Tokenizer"
    config: ClassifierConfig
    seed_words: SeedWords | None
    random_state: int
    has_text_features: bool
    labels: Sequence[str]
    """Of all the texts that the saved classifier is trained on."""

    def has_balanced(self, asked: str | None) -> bool:
        """Tell whether class weights are an arm: asked for, or where classes are unequal."""
        return asked == BALANCED or (self.config.class_weight == "none" and are_unequal(self.labels))

    def arm_of(self, name: str | None) -> str | None:
        """Return the arm that is asked for by a name; ConfigError if it cannot be saved here."""
        if name is None:
            return None
        arms = {short: arm for arm, short in SAVED_NAMES.items()} | {arm: arm for arm in SAVED_NAMES}
        if name not in arms:
            raise ConfigError(f"save_arm is {name!r}; expected one of {', '.join(SAVED_NAMES.values())}")
        reason = self.obstacle(arms[name])
        if reason:
            raise ConfigError(f"save_arm is {name!r}, but {reason}")
        return arms[name]

    def obstacle(self, arm: str) -> str:
        """Say why an arm cannot be saved, and what to do; empty if it can."""
        if arm not in SAVED_NAMES:
            return "an arm of --arm is compared only"
        if arm == SEEDED and self.seed_words is None:
            return "there are no seed words; give some, or save another arm"
        if arm == BALANCED and self.config.class_weight != "none":
            return "all arms have class weights already; save 'pretrained', or leave class_weight out"
        return ""

    def unfitted(self, arm: str) -> Classifier:
        """Return the classifier of an arm."""
        config = replace(self.config, class_weight="balanced") if arm == BALANCED else self.config
        if arm == TFIDF:
            return TfidfBaseline(self.tokenizer)
        if arm == NO_PRETRAINING:
            network = no_pretraining(
                config,
                tokenizer=self.tokenizer,
                vector_size=self.vectors.vector_size,
                random_state=self.random_state,
            )
        else:
            network = SentimentClassifier.from_config(
                config,
                self.vectors,
                tokenizer=self.tokenizer,
                seed_words=self.seed_words if arm == SEEDED else None,
                random_state=self.random_state,
            )
        return CombinedClassifier.over(network) if self.has_text_features else network

    def choice(self, comparison: Comparison, asked: str | None) -> Choice:
        """Choose the arm that is asked for, or else the one that is ahead, or else the default one."""
        lead = comparison.lead
        best = lead.arm or lead.default
        obstacle = self.obstacle(best)
        arm = asked or (lead.default if obstacle else best)
        if asked:
            ending = f"; {SAVED_NAMES[arm]} is saved, as asked"
        elif lead.arm is None:
            ending = ", which is saved"
        else:
            ending = "; it is saved" if arm == best else f"; {SAVED_NAMES[arm]} is saved"
        notes = [f"{best} cannot be saved: {obstacle}"] if obstacle and not asked else []
        if arm != lead.default and not asked:
            notes.append(
                f"the same texts chose {arm} and judge it: its figures may be a little too good; the "
                "interval of its lead allows for that"
            )
        if comparison.mode == "draws" and not asked:
            notes.append(
                f"the arms were compared on {comparison.n_labels:,} labels, the saved one is trained on "
                f"{comparison.n_pool:,}: with as many, another arm may be ahead"
            )
        return Choice(arm, SAVED_NAMES[arm], asked is not None, lead.sentence + ending, tuple(notes))
