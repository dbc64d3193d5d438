"""Values as pydantic sees them; imported by pydantic's own call alone."""

from __future__ import annotations

import inspect
from typing import Any

import attrs
from pydantic_core import core_schema as core

from ._plain import Plain, hints_of


def core_schema(cls: Any, handler: Any) -> core.CoreSchema:
    """Return the schema by which pydantic validates, serialises and documents a class.

    An instance passes as it is, a mapping goes through the types of the attributes, and what comes out is `to_dict`.
    """
    if "to_dict" in vars(cls):  # A class with a format of its own.
        shape: core.CoreSchema = core.dict_schema(core.str_schema())
        made: core.CoreSchema = core.no_info_after_validator_function(cls.from_dict, shape)
    else:
        about = _described(cls)
        hints = hints_of(cls)
        shape = core.typed_dict_schema(
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
        made = core.no_info_after_validator_function(lambda data: cls(**data), shape)

    def document(_: Any, handler: Any) -> Any:
        schema = handler(shape)
        if handler.mode == "serialization" and "properties" in schema:
            schema["required"] = [*schema["properties"]]  # What comes out has all its fields.
        return schema

    return core.json_or_python_schema(
        json_schema=made,
        python_schema=core.union_schema([core.is_instance_schema(cls), made]),
        serialization=core.plain_serializer_function_ser_schema(_serialise),
        ref=f"openup.{cls.__name__}:{id(cls)}",
        metadata={"pydantic_js_functions": [document]},
    )


def _serialise(value: Plain) -> dict[str, Any]:
    return value.to_dict()


def _described(cls: Any) -> dict[str, str]:
    """Return the descriptions in a class's docstring: of the attributes by name, of the class under the empty name."""
    head, _, attributes = inspect.cleandoc(cls.__doc__ or "").partition("\nAttributes:\n")
    about = {"": " ".join(head.split("\n\n")[0].split())}
    name = ""
    for line in attributes.splitlines():
        if line.startswith("    ") and not line.startswith("     "):
            name, _, about[name] = line.strip().partition(": ")
        elif line.startswith("     "):
            about[name] += " " + line.strip()
        else:
            break
    return about
