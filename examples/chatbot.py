"""A chatbot that asks one question when the cause is unclear: `python examples/chatbot.py`."""

from collections.abc import Callable

import attrs

import openup

YES = {"yes", "y", "yeah", "yep", "i think so"}
NO = {"no", "n", "nope", "not really"}


def converse(letter: str, ask: Callable[[str], str]) -> openup.Recommendation:
    """Return guidance after at most one question; with danger in the text, none is asked.

    Args:
        letter: What the person wrote.
        ask: Puts a question to them and returns what they answer.
    """
    situation = openup.Situation(letter)
    answer = openup.recommend(situation)
    if not answer.questions:
        return answer

    question = answer.questions[0]
    said = ask(question.text)
    heard = said.strip().lower().rstrip(".!")
    if heard in YES:
        situation = attrs.evolve(situation, known_reasons={question.reason})
    elif heard in NO:
        situation = attrs.evolve(situation, ruled_out={question.reason})
    else:  # They told more: read it together with the letter.
        situation = attrs.evolve(situation, text=f"{letter}\n\n{said}")
    return openup.recommend(situation)


def prompt(question: str) -> str:
    """Ask on the terminal."""
    return input(f"{question}\n> ")


if __name__ == "__main__":
    print(openup.to_text(converse(prompt("What is going on between you?"), prompt)))
