"""What the JSON Schema of our classes says is what their docstrings say."""

from openup import _pydantic


class Described:
    """A thing.

    Attributes:
        first: A description that
            goes on in the next line.
        second: Another.
    """


def test_a_description_may_go_on_in_the_next_line():
    described = _pydantic._described(Described)

    assert "A description that goes on in the next line." == described["first"]
    assert "Another." == described["second"]
