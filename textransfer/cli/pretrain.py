"""``textransfer pretrain``: word vectors from unlabelled text."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.options import (
    Encoding,
    Force,
    Json,
    Quiet,
    RandomState,
    StopWordsOption,
    TextColumn,
    TokenizerOption,
    Verbose,
)
from textransfer.cli.processes import CombineFrequent, CombineRounds, CombineWords
from textransfer.cli.training import (
    CheckpointEvery,
    CheckpointTokens,
    Device,
    NJobs,
    Resume,
    Shuffle,
    dropped_words,
    ending_lines,
    engine_lines,
    run_training,
    settings_line,
)
from textransfer.config import Checkpoints, Combining, PretrainConfig, TokenizerConfig

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors

_BY_SIZE = "by corpus size"


def pretrain_command(
    corpus: Annotated[
        list[str],
        typer.Argument(
            help="Files, globs or folders: .txt .csv .tsv .jsonl .parquet, also .gz .bz2 .xz .zst; "
            "- is standard input."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the vectors.")] = Path(
        "embeddings"
    ),
    preset: Annotated[
        str,
        typer.Option(help="Defaults to start from: default, or article (the toy example of the article)."),
    ] = "default",
    settings: Annotated[
        Path | None, typer.Option("--config", help="TOML file with settings; options given here win.")
    ] = None,
    vector_size: Annotated[
        int | None, typer.Option(help="Dimensions of a word vector.", show_default=_BY_SIZE)
    ] = None,
    window: Annotated[
        int | None, typer.Option(help="Furthest neighbour, in words.", show_default=_BY_SIZE)
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the corpus.", show_default=_BY_SIZE)] = None,
    max_steps: Annotated[
        int | None, typer.Option(help="Stop after so many updates.", show_default="no limit")
    ] = None,
    min_count: Annotated[
        int | None, typer.Option(help="Leave out words rarer than this.", show_default=_BY_SIZE)
    ] = None,
    max_vocab_size: Annotated[
        int | None, typer.Option(help="Keep the most frequent words only.", show_default="all")
    ] = None,
    max_scan_words: Annotated[
        int | None,
        typer.Option(
            help="Distinct words to track while reading; bounds memory.",
            show_default=str(PretrainConfig.max_scan_words),
        ),
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option(help="Threshold for dropping frequent words; 0 keeps all.", show_default=_BY_SIZE),
    ] = None,
    objective: Annotated[
        str | None, typer.Option(help="sgns or nce.", show_default=PretrainConfig.objective)
    ] = None,
    negative: Annotated[
        int | None, typer.Option(help="Noise words a pair.", show_default=str(PretrainConfig.negative))
    ] = None,
    noise: Annotated[
        str | None, typer.Option(help="unigram or log-uniform.", show_default=PretrainConfig.noise)
    ] = None,
    ns_exponent: Annotated[
        float | None,
        typer.Option(help="Power of the counts in the noise.", show_default=str(PretrainConfig.ns_exponent)),
    ] = None,
    noise_sharing: Annotated[
        str | None,
        typer.Option(
            help="Who shares noise words: pair, window, batch.", show_default=PretrainConfig.noise_sharing
        ),
    ] = None,
    shuffle: Shuffle = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="Step size at the start.", show_default=str(PretrainConfig.learning_rate)),
    ] = None,
    min_learning_rate: Annotated[
        float | None,
        typer.Option(help="Step size at the end.", show_default=str(PretrainConfig.min_learning_rate)),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Windows an update.", show_default="1 on cpu")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(help="auto, cpu (compiled), triton (GPU) or torch.", show_default=PretrainConfig.engine),
    ] = None,
    device: Device = None,
    n_jobs: NJobs = None,
    tokenizer: TokenizerOption = None,
    stop_words: StopWordsOption = None,
    keep_negations: Annotated[
        bool | None,
        typer.Option("--keep-negations/--drop-negations", help="Keep not, never, ... despite stop words."),
    ] = None,
    negation: Annotated[
        str | None,
        typer.Option(
            help="Mark words after a negation (not_good): auto (English), english, none.",
            show_default=TokenizerConfig.negation,
        ),
    ] = None,
    lowercase: Annotated[
        bool | None, typer.Option("--lowercase/--keep-case", help="Whether case matters.")
    ] = None,
    subword_vocab_size: Annotated[
        int | None,
        typer.Option(
            help="Pieces the subword tokenizer learns.", show_default=str(TokenizerConfig.subword_vocab_size)
        ),
    ] = None,
    subword_model: Annotated[
        str | None, typer.Option(help="bpe or unigram.", show_default=TokenizerConfig.subword_model)
    ] = None,
    text_column: TextColumn = "text",
    encoding: Encoding = "utf-8",
    random_state: RandomState = 0,
    checkpoint_every: CheckpointEvery = Checkpoints.minutes,
    checkpoint_tokens: CheckpointTokens = Checkpoints.tokens,
    resume: Resume = False,
    combine_words: CombineWords = Combining.words,
    combine_frequent: CombineFrequent = Combining.frequent,
    combine_rounds: CombineRounds = Combining.rounds,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Learn word vectors from unlabelled text and write them to a folder.

    Defaults suit the size of the corpus; what was chosen is shown and saved in `config.json`.
    Ctrl-C during training ends it after the block under way, saves what was learned and a checkpoint.
    After that, or a crash, the same command with `--resume` goes on.

    Examples:

    - `textransfer pretrain corpora/unlabeled.txt`
    - `textransfer pretrain reviews/*.csv.gz --text-column body -o embeddings-reviews`
    - `zcat dump.gz | textransfer pretrain - --vector-size 300 --window 10`
    - `textransfer pretrain corpora/unlabeled.txt --preset article`
    - `textransfer pretrain dump.txt --checkpoint-every 30`, and after a crash the same with `--resume`
    - `torchrun --nproc-per-node=2 -m textransfer pretrain dump.txt` (several processes: docs/clusters.md)
    """
    arguments = dict(locals())
    from textransfer.pretrain.pretraining import CHECKPOINT_SUFFIX, pretrain_vectors
    from textransfer.pretrain.saving import checkpoint_beside

    learn = partial(pretrain_vectors, preset=preset, settings_file=settings)
    checkpoint = checkpoint_beside(output, CHECKPOINT_SUFFIX)
    run_training(learn, arguments, output, checkpoint, partial(_report, output=output))


def _report(vectors: "WordVectors", output: Path) -> tuple[dict[str, Any], list[str]]:
    """Return what ``--json`` prints, and the lines of the summary."""
    from textransfer.pretrain.progress import PROGRESS, read_progress

    tokenizer = vectors.tokenizer_spec or {}
    facts = {
        "output": str(output),
        "n_words": len(vectors),
        "vector_size": vectors.vector_size,
        "n_documents": vectors.n_documents,
        "n_tokens": vectors.n_tokens,
        "tokenizer": tokenizer.get("name"),
        "marks_negation": tokenizer.get("marks_negation", False),
        "poles": vectors.poles(),
        **vectors.metadata,
    }
    return facts, [
        f"read      {facts['n_tokens']:,} words in {facts['n_documents']:,} documents "
        f"(tokenizer: {facts['tokenizer']}{', negation marked' * facts['marks_negation']})",
        f"kept      {facts['n_words']:,} distinct words" + dropped_words(facts),
        settings_line(facts),
        *engine_lines(facts, read_progress(output / PROGRESS)),
        *ending_lines(vectors, facts, output),
    ]
