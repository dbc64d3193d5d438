"""Values to plain JSON types and back, driven by the types of their attributes."""

from __future__ import annotations

import enum
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any

import attrs

_Self = typing.TypeVar("_Self", bound="Plain")


class Plain:
    """Gives an attrs class `to_dict`, `from_dict` and its repr.

    The repr is what attrs would write. But attrs compiles one for every class, a tenth of the time of `import openup`.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        cls: Any = type(self)
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in attrs.fields(cls) if field.repr)
        return f"{cls.__qualname__.rsplit('>.', 1)[-1]}({', '.join(shown)})"

    def to_dict(self) -> dict[str, Any]:
        """Return the value as dicts, lists, strings, numbers, booleans and None."""
        result: dict[str, Any] = lower(self)
        return result

    @classmethod
    def from_dict(cls: type[_Self], data: Mapping[str, Any]) -> _Self:
        """Return the value that `to_dict` made `data` from.

        Raises:
            ValueError: `data` has another shape; the message names the place and what was expected.
        """
        result: _Self = _raise(cls, data, cls.__name__)
        return result

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic, and with it FastAPI, validate, serialise and document the class."""
        from ._pydantic import core_schema

        return core_schema(cls, handler)


def lower(value: Any) -> Any:
    """Return a value as plain JSON types."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [lower(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if attrs.has(type(value)):
        return {field.name: lower(getattr(value, field.name)) for field in attrs.fields(type(value))}
    return value


def _raise(wanted: Any, data: Any, place: str) -> Any:
    origin = typing.get_origin(wanted)
    arguments = typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        if data is None and type(None) in arguments:
            return None
        (wanted,) = (argument for argument in arguments if argument is not type(None))
        return _raise(wanted, data, place)
    if origin in (tuple, frozenset):
        _expect(isinstance(data, (list, tuple)), "a list", data, place)
        return origin(_raise(arguments[0], item, f"{place}[{index}]") for index, item in enumerate(data))
    if attrs.has(wanted):
        return _raise_value(wanted, data, place)
    if issubclass(wanted, enum.Enum):
        known = [member.value for member in wanted]
        _expect(data in known, f"one of {', '.join(map(repr, known))}", data, place)
        return wanted(data)
    if wanted is float:
        _expect(isinstance(data, (int, float)) and not isinstance(data, bool), "a number", data, place)
        try:
            return float(data)
        except OverflowError:
            raise ValueError(f"{place}: the number is too large") from None
    _expect(type(data) is wanted, f"a value of type {wanted.__name__}", data, place)
    return data


def _raise_value(cls: Any, data: Any, place: str) -> Any:
    _expect(isinstance(data, Mapping), "an object", data, place)
    hints = hints_of(cls)
    unknown = sorted(str(key) for key in data if key not in hints)
    if unknown:
        raise ValueError(f"{place}: unknown field {unknown[0]!r}; known: {', '.join(hints)}")
    missing = [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING and field.name not in data]
    if missing:
        raise ValueError(f"{place}: field {missing[0]!r} is missing")
    version = attrs.fields_dict(cls).get("schema_version")
    if version is not None and data.get("schema_version", version.default) != version.default:
        raise ValueError(f"{place}.schema_version: this release reads version {version.default}")
    return cls(**{name: _raise(hints[name], item, f"{place}.{name}") for name, item in data.items()})


@functools.cache
def hints_of(cls: Any) -> dict[str, Any]:
    """Return the types of a class's attributes, by name."""
    return {name: hint for name, hint in typing.get_type_hints(cls).items() if name in attrs.fields_dict(cls)}


def _expect(holds: bool, wanted: str, given: object, place: str) -> None:
    if not holds:
        raise ValueError(f"{place}: expected {wanted}, not {type(given).__name__}")
