"""Values as pydantic sees them; imported by pydantic's own call alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import attrs
from pydantic_core import core_schema as core

from ._plain import Plain, hints_of


def core_schema(cls: type[Plain], handler: Any) -> core.CoreSchema:
    """Return the schema by which pydantic validates, serialises and documents a class.

    An instance passes as it is, a mapping goes through the types of the attributes, and what comes out is `to_dict`.
    """
    own_format = "to_dict" in vars(cls)
    shape = core.dict_schema(core.str_schema()) if own_format else _shape(cls, handler)
    make: Callable[..., Plain] = cls.from_dict if own_format else lambda data: cls(**data)

    def validate(value: Any, inner: Callable[[Any], Any]) -> Plain:
        return value if isinstance(value, cls) else make(inner(value))

    def document(_: Any, handler: Any) -> Any:
        schema = handler(shape)
        if handler.mode == "serialization" and "properties" in schema:
            schema["required"] = [*schema["properties"]]  # What comes out has all its fields.
        return schema

    return core.no_info_wrap_validator_function(
        validate,
        shape,
        ref=f"openup.{cls.__name__}:{id(cls)}",
        serialization=core.plain_serializer_function_ser_schema(lambda value: value.to_dict()),
        metadata={"pydantic_js_functions": [document]},
    )


def _shape(cls: Any, handler: Any) -> core.CoreSchema:
    about = _described(cls)
    hints = hints_of(cls)
    return core.typed_dict_schema(
        {
            field.name: core.typed_dict_field(
                handler.generate_schema(hints[field.name]),
                required=field.default is attrs.NOTHING,
                metadata={"pydantic_js_updates": {"description": about.get(field.name, "")}},
            )
            for field in attrs.fields(cls)
        },
        cls_name=cls.__name__,
        extra_behavior="forbid",
        metadata={"pydantic_js_updates": {"title": cls.__name__, "description": about[""]}},
    )


def _described(cls: Any) -> dict[str, str]:
    """Return the descriptions in a class's docstring: of the attributes by name, of the class under the empty name."""
    head, _, attributes = inspect.cleandoc(cls.__doc__ or "").partition("\nAttributes:\n")
    about = {"": " ".join(head.split("\n\n")[0].split())}
    name = ""
    for line in attributes.splitlines():
        if not line.startswith("    "):
            break
        if line.startswith("     "):
            about[name] += " " + line.strip()
        else:
            name, _, about[name] = line.strip().partition(": ")
    return about
