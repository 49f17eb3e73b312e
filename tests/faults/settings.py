"""What is different in one run of a command, and what may come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .call_numbers import CALLS
from .running import Ended
from .states import Files
from .system_calls import Answer, Families

INTERRUPTED_CODE = 130
THEIRS = "theirs"
"""What another program writes."""


@dataclass(frozen=True)
class Setting:
    """What is different in one run of a command."""

    name: str
    setups: tuple[Callable[[], None], ...] = ()
    """What the child does before it begins."""
    answer: Answer | None = None
    codes: tuple[int, ...] = (2,)
    """Exit codes that are allowed besides 0."""
    names_file: bool = False
    """Whether an error must name a file of the command."""
    touched: tuple[str, ...] = ()
    """Files and folders of the user that another program changes."""
    kept: tuple[str, ...] = ()
    """Files with `THEIRS` that must be there in the end."""
    is_late: bool = False
    """Whether the output was in its place already when another program took that."""
    has_reader: bool = True
    """Whether all that is printed is read."""
    has_errors: bool = True
    """Whether what it says on standard error can be read."""
    is_stuck: bool = False
    """Whether what was begun cannot be cleared away."""
    families: Families = field(default_factory=lambda: CALLS)
    """Calls that are watched."""
    is_repeatable: bool = True
    """Whether the same command must succeed afterwards."""
    other: Ended | None = None
    others: Files = field(default_factory=dict)
    """What the command makes of the inputs as another program leaves them."""
    peers: list[Ended] = field(default_factory=list)
    """Runs of the same command in the meantime."""
