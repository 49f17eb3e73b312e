"""Values that are computed when they are first asked for."""

import functools
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property as cached_property  # noqa: TID251 - here it is chosen
else:

    class cached_property(functools.cached_property):  # noqa: TID251 - named as the one that it stands for
        """That of Python 3.12, which has no lock.

        That of 3.11 holds one for all objects of a class: a process that was forked while another thread
        computed waits for it for ever. Two threads may now compute the same value; one of them is kept.
        """

        def __get__(self, instance: Any, owner: type | None = None) -> Any:  # noqa: ANN401
            """Return the value, computed if it is not there yet."""
            if instance is None:
                return self
            values = instance.__dict__
            if self.attrname not in values:
                values[self.attrname] = self.func(instance)
            return values[self.attrname]
