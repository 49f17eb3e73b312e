"""Speed and memory from a text file to an encoded corpus, beside gensim's own way to read.

    python benchmarks/text.py reviews.txt.xz --gigabytes 2 --repeats 3

First, on a sample, the ids must stand for the words of the definition. Then a large file is made of the text,
repeated with changed words, and scanned in fresh processes. gensim reads a file that was tokenized beforehand
(LineSentence, build_vocab), on a smaller file, in turn with ours, which tokenizes as well. Each process warms
up on a little text first, so that imports and loading compiled code do not count.

Peak memory is VmHWM of the process, which holds mapped pages of files as well as its own memory (Linux).
Libraries of one system are not imported where the other is measured.
Prints JSON lines: one a run, and a summary with medians.
"""

import contextlib
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice
from pathlib import Path
from typing import Any

from arguments import make_parser
from records import print_line, print_setting, spread

from textransfer import Corpus, SkipGram
from textransfer.pretrain.progress import Progress
from textransfer.text.encoding.compiled import CompiledWords
from textransfer.text.encoding.scan import scan_corpus
from textransfer.text.normalize import normalize
from textransfer.text.reading.batches import batches_of
from textransfer.text.tokenizers.words import WordsTokenizer, split_unicode

EVERY = 40
"""One word in so many is changed in a repetition of the text."""
WARM_UP = ["a few words to load the compiled loops with"] * 50_000


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "corpus", "--repeats", "--folder")
    parser.add_argument("--gigabytes", type=float, default=2.0, help="size of the large file")
    parser.add_argument("--gensim-gigabytes", type=float, default=0.2, help="size of the file gensim reads")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--train-tokens", type=int, default=20_000_000, help="0 leaves pretraining out")
    arguments = parser.parse_args()
    documents = list(Corpus(arguments.corpus))
    check_against_definition(documents)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        large, small = folder / "large.txt", folder / "small.txt"
        make_file(documents, large, arguments.gigabytes)
        make_file(documents, small, arguments.gensim_gigabytes)
        tokenized = tokenize_file(small)
        print_setting(gigabytes=arguments.gigabytes, changed_words=f"1 in {EVERY} in each repetition")
        for threads in arguments.threads:
            summarise("scan", threads, [in_process(scan, large, threads) for _ in range(arguments.repeats)])
        pairs = [
            (in_process(scan, small, max(arguments.threads)), in_process(read_with_gensim, tokenized))
            for _ in range(arguments.repeats)
        ]
        for ours, theirs in pairs:
            print_line(kind="pair", textransfer=ours, gensim_from_tokenized_file=theirs)
        ratios = [a["tokens_per_second"] / b["tokens_per_second"] for a, b in pairs]
        print_line(kind="summary", what="speed over gensim's reading", **spread(ratios, digits=2))
        if arguments.train_tokens:
            print_line(
                kind="pretrain", **in_process(pretrain, large, max(arguments.threads), arguments.train_tokens)
            )


def check_against_definition(documents: list[str]) -> None:
    """Stop unless the ids of the first documents stand for the words of the definition."""
    sample = documents[:2000]
    n_tokens = 0
    for lowercase in (True, False):
        expected = [split_unicode(normalize(text, lowercase=lowercase)) for text in sample]
        number = CompiledWords(WordsTokenizer(lowercase=lowercase))
        found: list[str] = []
        for batch in batches_of(sample):
            numbered = number(batch)
            words = numbered.words.words()
            found += [words[i] for i in numbered.ids.tolist()]
        if found != [word for words in expected for word in words]:
            raise SystemExit("the compiled words are not those of the definition")
        n_tokens += len(found)
    print_line(kind="gate", tokens_equal_to_the_definition=n_tokens)


def make_file(documents: list[str], path: Path, gigabytes: float) -> None:
    """Write the documents again and again, each time with other words among them, up to a size."""
    left = int(gigabytes * 1e9)
    with path.open("w", encoding="utf-8") as stream:
        for line in repeated(documents):
            left -= stream.write(line + "\n")
            if left <= 0:
                return


def repeated(documents: list[str]) -> Iterator[str]:
    """Yield the documents for ever; a changed word gets a number that few others have."""
    for repetition in count():
        for number, text in enumerate(documents):
            words = text.split(" ")
            if repetition:
                for place in range((number + repetition) % EVERY, len(words), EVERY):
                    words[place] += str(1000 * repetition + number % 1000)
            yield " ".join(words)


def tokenize_file(path: Path) -> Path:
    """Write the words of a file, as gensim wants them: a document a line, a space between words."""
    tokenized = path.with_suffix(".tokens")
    tokenizer = WordsTokenizer()
    with tokenized.open("w", encoding="utf-8") as stream:
        for words in tokenizer.tokenize_many(Corpus(path)):
            stream.write(" ".join(words) + "\n")
    return tokenized


def in_process(measure: Callable[..., dict[str, Any]], *arguments: object) -> dict[str, Any]:
    """Call a function in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def scan(path: Path, threads: int) -> dict[str, Any]:
    """Encode a file with this package."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        scan_corpus(WARM_UP, WordsTokenizer(), Path(folder), n_jobs=threads)
        started, cpu = time.perf_counter(), time.process_time()
        raw = scan_corpus(Corpus(path), WordsTokenizer(), Path(folder), n_jobs=threads)
        return measured(raw.n_tokens, started, cpu, distinct_words=len(raw.counted.words))


def read_with_gensim(path: Path) -> dict[str, Any]:
    """Read and count a tokenized file with gensim."""
    from gensim.models import Word2Vec
    from gensim.models.word2vec import LineSentence

    model = Word2Vec(vector_size=1, min_count=5)
    list(islice(LineSentence(str(path)), 10))
    started, cpu = time.perf_counter(), time.process_time()
    model.build_vocab(LineSentence(str(path)))
    return measured(model.corpus_total_words, started, cpu, kept_words=len(model.wv))


def pretrain(path: Path, threads: int, n_tokens: int) -> dict[str, Any]:
    """Pretrain on a file until so many tokens were read, as `textransfer pretrain` would."""

    def stop(record: Progress) -> None:
        if record.n_tokens >= n_tokens:
            raise KeyboardInterrupt

    model = SkipGram(vector_size=100, window=5, epochs=1, min_count=5, n_jobs=threads)
    started = time.perf_counter()
    with contextlib.suppress(KeyboardInterrupt):
        model.fit(path, work_folder=path.parent, on_progress=stop)
    return {
        "corpus_tokens": model.vectors_.n_tokens,
        "trained_tokens": model.history_[-1].n_tokens,
        "words": len(model.vectors_),
        "seconds_with_reading": round(time.perf_counter() - started, 1),
        "peak_megabytes": peak_megabytes(),
    }


def measured(n_tokens: int, started: float, cpu: float, **facts: object) -> dict[str, Any]:
    """Put the figures of a run together."""
    seconds = time.perf_counter() - started
    return {
        "n_tokens": n_tokens,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "tokens_per_second": round(n_tokens / seconds),
        "peak_megabytes": peak_megabytes(),
        **facts,
    }


def peak_megabytes() -> int | None:
    """Return the most memory that this process ever held; ru_maxrss would begin with its parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def summarise(what: str, threads: int, runs: list[dict[str, Any]]) -> None:
    """Print the runs of one setting, then their median."""
    for run in runs:
        print_line(kind=what, threads=threads, **run)
    rates = [run["tokens_per_second"] for run in runs]
    peak = max((run["peak_megabytes"] or 0) for run in runs)
    print_line(
        kind="summary",
        what=f"{what}, tokens per second",
        threads=threads,
        peak_megabytes=peak,
        **spread(rates, digits=0),
    )


if __name__ == "__main__":
    main()
