"""What the reference cannot read in the sources: settings in docstrings, types of grouped parameters."""

import inspect

import griffe

from textransfer.documenting import PLACE


def value_of(name: str, module: str) -> str | None:
    """Return what a constant of a module stands for, if that is short."""
    value = getattr(griffe.dynamic_import(module), name, None)
    return repr(value) if isinstance(value, str | int | float) else None


class Settings(griffe.Extension):
    """Fills the place for settings in docstrings of classes, and gives each parameter the type of its own."""

    def on_class(self, *, cls: griffe.Class, **_: object) -> None:
        """Take the docstring of the class at run time, as `textransfer.documenting` made it."""
        if cls.docstring is not None and PLACE in cls.docstring.value:
            cls.docstring.value = inspect.getdoc(griffe.dynamic_import(cls.path)) or ""

    def on_function(self, *, func: griffe.Function, **_: object) -> None:
        """Take types and defaults from the signature: of parameters on one line, the parser knows one."""
        if func.docstring is None:
            return
        for parameter in func.parameters:
            if str(parameter.default).isupper():
                parameter.default = value_of(str(parameter.default), func.module.path) or parameter.default
        for section in func.docstring.parsed:
            if section.kind is griffe.DocstringSectionKind.parameters:
                for described in section.value:
                    parameter = next((one for one in func.parameters if one.name == described.name), None)
                    if parameter is not None:
                        described.annotation = parameter.annotation
                        described.value = None if parameter.default is None else str(parameter.default)
