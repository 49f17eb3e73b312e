"""How commands read their line and show their help: typer's own classes with our pages and our checks."""

import math
import os
from pathlib import Path
from typing import Any

import typer

from textransfer.cli import arguments, memory
from textransfer.cli.help import long_name, page
from textransfer.errors import ConfigError
from textransfer.storage.temporary import lend_temporary_folder

LARGEST = 10**12
"""More of anything is a slip, and no array holds it."""
UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""The parser's own, which typer has under several names, by its version."""


class _Parsing:
    """What commands and the program have in common: their help page, and the checks of their line."""

    params: list[Any]

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Write the help page."""
        formatter.write(page(self, ctx, formatter.width))  # type: ignore[arg-type]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Refuse what would be taken for something else, then parse as typer does."""
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)  # type: ignore[misc, no-any-return]
        names = [*arguments.names_of(self.get_params(ctx)), *ctx.help_option_names]  # type: ignore[attr-defined]
        if complaint := arguments.slip_in(args, names):
            raise ConfigError(complaint)
        try:
            typed, _, order = self.make_parser(ctx).parse_args(args=list(args))  # type: ignore[attr-defined]
        except UsageError as error:
            error.ctx = ctx  # type: ignore[attr-defined]
            raise
        options = [parameter for parameter in self.params if isinstance(parameter, typer.core.TyperOption)]
        places = [place for place in self.params if isinstance(place, typer.core.TyperArgument)]
        if complaint := (
            arguments.repeated(order)
            or arguments.check_values(typed, options)
            or arguments.empty_name(typed, places)
        ):
            raise ConfigError(complaint)
        try:
            rest: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        except typer.BadParameter as error:
            option = error.param
            if not isinstance(option, typer.core.TyperOption) or option.name not in typed:
                raise  # it is missing
            raise ConfigError(arguments.misfit(option, typed[option.name])) from None
        for option in options:
            value = ctx.params.get(option.name)
            if isinstance(value, float) and not math.isfinite(value):
                raise ConfigError(f"{long_name(option)} is {value}; expected a finite number")
            if isinstance(value, int) and value > LARGEST:
                raise ConfigError(f"{long_name(option)} is {value}; expected {LARGEST:,} at most")
        return rest


WITH_OWN_THREADS = ("predict",)
"""Commands that work on blocks of texts in threads; those of numpy's products would only wait."""


class Command(_Parsing, typer.core.TyperCommand):
    """One command of the program."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        """Run it; temporary files lie where it writes, if there is no other place for them."""
        # Before numpy is loaded, as by the look at the input.
        if self.name in WITH_OWN_THREADS or memory.is_short():
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        outputs = [ctx.params.get(name) for name in ("output", "report", "embeddings")]
        lend_temporary_folder([path.absolute().parent for path in outputs if isinstance(path, Path)])
        return super().invoke(ctx)


class Program(_Parsing, typer.core.TyperGroup):
    """The program: its commands, and ``help`` as another way to ask for a page."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Take ``textransfer help classify`` for ``textransfer classify --help``."""
        if args[:1] == ["help"]:
            args = [*args[1:2], "--help"]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Find the command that is named, or say which one may be meant."""
        if args[0] not in self.commands and not args[0].startswith("-") and not ctx.resilient_parsing:
            near = arguments.near_names(args[0], self.commands)
            meant = f"did you mean {' or '.join(near)}?" if near else f"expected {', '.join(self.commands)}"
            raise ConfigError(f"no such command: {args[0]}; {meant}")
        return super().resolve_command(ctx, args)
