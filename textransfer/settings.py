"""What all groups of settings share: checks, copies with changes, plain values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from textransfer.checks import check_hint, choices_of, frozen_pairs, plain
from textransfer.errors import ConfigError

LabelWeights = Mapping[Any, float] | tuple[tuple[Any, float], ...]
"""How much texts of each label count; settings keep them as pairs."""


@dataclass(frozen=True)
class Settings:
    """A group of settings: a frozen dataclass whose fields have their defaults."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = frozen_pairs(plain(getattr(self, field.name)))
            if field.type is Path and isinstance(value, str) and value:
                value = Path(value)
            is_empty = value is None or (isinstance(value, tuple) and not value)  # no weights
            is_none = is_empty and "none" in choices_of(field.type)
            object.__setattr__(self, field.name, "none" if is_none else value)
        problems = self.problems()
        if problems:
            raise ConfigError("; ".join(problems))

    def problems(self) -> list[str]:
        """Return every complaint about these settings, so that all are reported at once."""
        return [
            complaint
            for field in fields(self)
            for complaint in check_hint(field.name, getattr(self, field.name), field.type)
        ]

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the settings, in order of definition."""
        return [field.name for field in fields(cls)]

    def override(self, **changes: object) -> Self:
        """Return a copy with the settings that are not None replaced.

        Raises
        ------
        ConfigError
            If a name is unknown or a value is out of range.
        """
        unknown = sorted(set(changes) - set(self.names()))
        if unknown:
            raise ConfigError(f"unknown setting {', '.join(unknown)}; known are {', '.join(self.names())}")
        return replace(self, **{name: value for name, value in changes.items() if value is not None})

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values that JSON can hold."""
        return asdict(self)
