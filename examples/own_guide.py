"""A product with a guide of its own: twenty reasons beside the built-in seven, recognised from example phrases.

`python examples/own_guide.py "She works double shifts and falls asleep on the sofa, she never talks to me any more."`
"""

import pathlib
import sys

import openup

GUIDE = openup.load_guide(pathlib.Path(__file__).with_suffix(".json"))


def main(letter: str) -> str:
    """Return guidance from our own guide."""
    return openup.to_text(openup.recommend(letter, guide=GUIDE))


if __name__ == "__main__":
    print(main(sys.argv[1]))
