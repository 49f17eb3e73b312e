"""What every benchmark prints: JSON lines, the first with machine, date and versions."""

import json
import os
import platform
import statistics
from collections.abc import Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("textransfer", "numpy", "numba", "torch", "gensim", "fasttext-wheel", "word2vec", "scikit-learn")


def print_line(**values: object) -> None:
    """Print one JSON line at once, so that an interrupted run leaves what it has."""
    print(json.dumps(values), flush=True)


def print_setting(**values: object) -> None:
    """Print the line that says where, when and with what."""
    print_line(**setting(**values))


def setting(**values: object) -> dict[str, object]:
    """Return what the line says that comes first: where, when and with what."""
    return {
        "kind": "setting",
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, {processor_name()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "versions": versions(),
        **values,
    }


def versions() -> dict[str, str]:
    """Return the versions of the packages that are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def processor_name() -> str:
    """Return the processor's name as Linux gives it."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor() or "unknown processor"
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
    return names[0] if names else "unknown processor"


def spread(values: Iterable[float], digits: int = 3) -> dict[str, float]:
    """Return median, lowest and highest."""
    listed = list(values)
    three = {"median": statistics.median(listed), "lowest": min(listed), "highest": max(listed)}
    return {name: round(value, digits) if digits else round(value) for name, value in three.items()}
