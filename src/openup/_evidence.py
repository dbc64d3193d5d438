"""The words that an answer rests on.

They have a module to themselves so that the public values can be defined without what takes letters apart.
"""

from __future__ import annotations

import attrs

from ._plain import Plain


@attrs.frozen(repr=False)
class Evidence(Plain):
    """A stretch of the text as it was given.

    Attributes:
        start: Offset of the first character.
        end: Offset after the last character.
        text: The words themselves, `given[start:end]`.
    """

    start: int
    end: int
    text: str
