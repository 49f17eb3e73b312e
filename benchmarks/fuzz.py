"""Change files of every kind at random for some minutes; print what became of them, a JSON line a target.

python benchmarks/fuzz.py --minutes 30 > docs/benchmarks/fuzz.jsonl
"""

import argparse
import itertools
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/fuzz"))

from targets import GOLDEN, changed, outcome_of, seeds


def main() -> None:
    """Fuzz for so many minutes, the targets by turns."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for inputs that end in another error than ours")
    arguments = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    seconds: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in ("embeddings", "classifier", "combined"):
            shutil.copytree(GOLDEN / kind, folder / kind)
        targets = seeds(folder)
        end = time.monotonic() + 60 * arguments.minutes
        for turn in itertools.count():
            for target, (content, file, read) in targets.items():
                start = time.monotonic()
                draws = random.Random(f"{arguments.seed} {turn} {target}")  # noqa: S311 - no secret
                for _ in range(20):
                    case = changed(content, draws)
                    try:
                        outcome = outcome_of(case, file, read, folder)
                    except Exception as error:
                        outcome = "crashes"
                        print(f"{target}: {type(error).__name__}: {error}", file=sys.stderr)
                        if arguments.keep:
                            arguments.keep.mkdir(exist_ok=True)
                            (arguments.keep / f"{turn}-{Path(file).name}").write_bytes(case)
                    counts.setdefault(target, Counter())[outcome] += 1
                (folder / file).write_bytes(content)
                seconds[target] += time.monotonic() - start
            if time.monotonic() > end:
                break
    for target, count in counts.items():
        row = {"target": target, "cases": sum(count.values()), "seconds": round(seconds[target], 1)}
        print(json.dumps({**row, **{key: count[key] for key in ("refused", "accepted", "crashes")}}))


if __name__ == "__main__":
    main()
