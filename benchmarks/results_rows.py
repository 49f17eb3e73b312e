"""The rows of docs/results.md: every system on every set, where ours is behind, and published figures."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
OURS = "textransfer"
BEFORE = "textransfer at 3e27138"
"""Defaults that looked at the size of the text alone."""
RIVALS = (
    "TF-IDF of the labels + LR",
    "TF-IDF of the corpus + LR",
    "LSA + LR",
    "gensim means + LR",
    "gensim means + LR, C=0.1",
    "fastText, pretrained vectors",
)
MEASURES = {"accuracy": "accuracies", "macro-F1": "macro_f1s"}
TOLERATED = 0.3
"""Points that ours may be behind without being called so."""
SURE = 2.0
"""Standard errors from which on a difference is called sure."""


@dataclass(frozen=True)
class Difference:
    """By how many points a system is ahead of another one, over the draws that both have."""

    points: float
    error: float

    @property
    def is_behind(self) -> bool:
        """Whether it is behind by more than is tolerated."""
        return self.points < -TOLERATED

    @property
    def is_sure(self) -> bool:
        """Whether the difference is larger than chance makes it."""
        return abs(self.points) > SURE * self.error

    def __str__(self) -> str:
        return f"{self.points:+.1f} ± {self.error:.1f}" + ("" if self.is_sure else ", unsure")


def difference(system: Record, other: Record, measure: str) -> Difference:
    """Compare two records draw by draw."""
    pairs = list(zip(system[MEASURES[measure]], other[MEASURES[measure]], strict=False))
    gains = [100 * (a - b) for a, b in pairs]
    error = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("inf")
    return Difference(statistics.mean(gains), error)


def mean(record: Record, measure: str, n_draws: int | None = None) -> float:
    """Return the mean over draws, in per cent."""
    return 100 * statistics.mean(record[MEASURES[measure]][:n_draws])


def by_labels(records: list[Record]) -> dict[int, dict[str, Record]]:
    """Return the results by number of labels and system."""
    found: dict[int, dict[str, Record]] = {}
    for record in records:
        if record["kind"] == "result":
            found.setdefault(record["n_labels"], {})[record["system"]] = record
    return dict(sorted(found.items()))


def set_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a system, once by accuracy and once by macro-F1."""
    results = by_labels(records)
    systems = dict.fromkeys(record["system"] for record in records if record["kind"] == "result")
    ordered = sorted(systems, key=[OURS, BEFORE, *RIVALS, *systems].index)
    for measure in MEASURES:
        yield f"| {measure}, labels | {' | '.join(f'{n:,}' for n in results)} |"
        yield "| --- |" + " --- |" * len(results)
        for system in ordered:
            cells = [_cell(of_systems, system, measure) for of_systems in results.values()]
            yield f"| {system} | {' | '.join(cells)} |"
        yield ""


def _cell(results: dict[str, Record], system: str, measure: str) -> str:
    """Write a mean, and by how much it is ahead of ours; bold if ours is behind by more than is tolerated."""
    if system not in results:
        return ""
    shown = f"{mean(results[system], measure):.1f}"
    if system == OURS or OURS not in results:
        return shown
    lead = difference(results[OURS], results[system], measure)
    if system == BEFORE or not lead.is_behind:
        return f"{shown} ({-lead.points:+.1f})"
    return f"**{shown} ({Difference(-lead.points, lead.error)})**"


def best_rival(results: dict[str, Record], measure: str) -> Record | None:
    """Return the rival with the highest mean."""
    rivals = [results[name] for name in RIVALS if name in results]
    return max(rivals, key=lambda record: mean(record, measure), default=None)


def leads(records: list[Record], measure: str) -> dict[int, tuple[Difference, str]]:
    """Return by how much ours is ahead of the best rival, and who that is, by number of labels."""
    found = {}
    for n_labels, results in by_labels(records).items():
        rival = best_rival(results, measure)
        if rival is not None and OURS in results:
            found[n_labels] = difference(results[OURS], rival, measure), rival["system"]
    return found


def summary_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Count where ours is best, and give a row a set and measure: the lead over the best rival."""
    for measure in MEASURES:
        listed = [lead for records in sets.values() for lead, _ in leads(records, measure).values()]
        behind = [lead for lead in listed if lead.is_behind]
        n_ahead = sum(lead.points >= 0 for lead in listed)
        n_near = len(listed) - n_ahead - len(behind)
        n_sure = sum(lead.is_sure for lead in behind)
        yield (
            f"By {measure}, over {len(listed)} pairs of set and number of labels: ahead of every rival in "
            f"{n_ahead}, behind the best one by at most {TOLERATED} points in {n_near}, by more in "
            f"{len(behind)} (surely in {n_sure})."
        )
        yield ""
    groups: dict[int, list[str]] = {}
    for name, records in sets.items():
        groups.setdefault(min(by_labels(records)), []).append(name)
    for names in groups.values():
        budgets = sorted({n_labels for name in names for n_labels in by_labels(sets[name])})
        yield f"| ahead of the best rival by, labels | | {' | '.join(f'{n:,}' for n in budgets)} |"
        yield "| --- | --- |" + " --- |" * len(budgets)
        for name in names:
            for measure in MEASURES:
                found = leads(sets[name], measure)
                cells = [_lead(*found[n]) if n in found else "" for n in budgets]
                yield f"| {name} | {measure} | {' | '.join(cells)} |"
        yield ""


def _lead(lead: Difference, rival: str) -> str:
    return f"**{lead} ({rival.replace(' + LR', '')})**" if lead.is_behind else f"{lead.points:+.1f}"


def gain_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Give a row a set: what its mean over the numbers of labels was and is."""
    yield "| set | accuracy before | now | gain | macro-F1 before | now | gain |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, records in sets.items():
        both = [found for found in by_labels(records).values() if {OURS, BEFORE} <= found.keys()]
        cells = []
        for measure in MEASURES:
            before, now = (
                statistics.mean(mean(found[system], measure, common_draws(found)) for found in both)
                if both
                else float("nan")
                for system in (BEFORE, OURS)
            )
            cells += [f"{before:.1f}", f"{now:.1f}", f"{now - before:+.1f}"]
        yield f"| {name} | {' | '.join(cells)} |"


def common_draws(results: dict[str, Record]) -> int:
    """Return how many draws both our defaults and those before have."""
    return min(results[system]["draws"] for system in (BEFORE, OURS))


def published_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Put what is measured here between published figures of the same protocol, best first."""
    protocols = [record for record in sets["published"] if record["kind"] == "protocol"]
    for protocol in protocols:
        lines = [
            (record["accuracy"], record["system"], record["source"])
            for record in sets["published"]
            if record["kind"] == "published" and record["protocol"] == protocol["name"]
        ]
        records = sets[protocol["set"]]
        is_official = any(record.get("tested_on") == "official test" for record in records)
        tested_on = "official test" if is_official else "development texts"
        results = by_labels(records).get(protocol["n_labels"], {})
        for system in (
            OURS,
            *(name for name in results if name.startswith("vectors of textransfer")),
            *RIVALS,
        ):
            if system in results:
                n_draws = min(protocol.get("draws", 20), results[system]["draws"])
                here = f"here, {tested_on}, {n_draws} draws"
                lines.append((mean(results[system], "accuracy", n_draws), system, here))
        yield f"| {protocol['title']} | accuracy | where |"
        yield "| --- | --- | --- |"
        for accuracy, system, source in sorted(lines, reverse=True):
            shown = f"**{system}**" if source.startswith("here") else system
            yield f"| {shown} | {accuracy:.1f} | {source} |"
        yield ""
