"""Count how common words are, for the reasons of a product's own guide: `python training/words.py [CORPUS]`.

Writes the number of clauses in the corpus and, of these, how many hold each common word and each common pair of words.
Rare ones are left out: a phrase of theirs is telling whatever their exact number.
"""

from __future__ import annotations

import json
import pathlib
import sys
from collections import Counter
from itertools import chain

from openup import _own_reasons, _text

HERE = pathlib.Path(__file__).parent
CORPUS = HERE / "situations.jsonl"
TARGET = HERE.parent / "src" / "openup" / "data" / "words.json"


def main() -> None:
    """Write the file."""
    path = pathlib.Path(sys.argv[1]) if sys.argv[1:] else CORPUS
    letters = [_text.read(json.loads(line)["text"]) for line in path.read_text("utf-8").splitlines()]
    clauses = [clause for letter in letters for clause in letter.clauses]
    counts = Counter(chain.from_iterable(map(_own_reasons.features, clauses)))
    words = {word: count for word, count in counts.items() if isinstance(word, str)}
    pairs = {" ".join(pair): count for pair, count in counts.items() if isinstance(pair, tuple)}
    data = {
        "clauses": len(clauses),
        "words": _common(words, _own_reasons.COMMON_WORD),
        "pairs": _common(pairs, _own_reasons.COMMON_PAIR),
    }
    TARGET.write_text(json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(clauses)} clauses, {len(data['words'])} words, {len(data['pairs'])} pairs")


def _common(counts: dict[str, int], least: int) -> dict[str, int]:
    return {name: count for name, count in sorted(counts.items()) if count >= least}


if __name__ == "__main__":
    main()
