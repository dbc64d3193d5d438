"""The network in floating point: fitted here, evaluated in whole numbers by `openup._model`."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np
import torch
from torch import nn
from torch.nn import functional

import labels
from openup import _patterns, _signals, _text

DIMENSIONS = 32
WINDOWS = 64
CLAUSES = 64
#: Units between the filters and the outputs.
HIDDEN = 64
#: Dimensions of the pre-trained word vectors.
PRETRAINED = 64
EPOCHS = 20
BATCH = 32
RATE = 2e-3
DECAY = 5e-3
#: Weight decay of what a word learns beyond its pre-trained vector.
OWN_DECAY = 1e-1
WORD_DROPOUT = 0.15
DROPOUT = 0.25
MAX_WORDS = 400
#: What the last layer sees besides the filters.
REST = 1 + len(_patterns.DANGERS)


@attrs.frozen
class Document:
    """A text as the network sees it.

    Attributes:
        words: The canonical words.
        states: The state of each.
        owner: For each word, the index of its clause.
        clause_states: The state of each clause.
        rest: What the last layer sees besides the filters: the size and the patterns.
    """

    words: Sequence[str]
    states: Sequence[int]
    owner: Sequence[int]
    clause_states: Sequence[int]
    rest: Sequence[float]


def document(text: str) -> Document:
    """Return a text as the network sees it."""
    letter = _text.read(text)
    seen = _signals.signals(letter)
    owner = [index for index, clause in enumerate(seen.clauses) for _ in range(clause.start, clause.stop)]
    shown = {match.kind for match in _patterns.find_patterns(letter)}
    rest = [math.log(max(1, len(seen.clauses))), *(float(danger in shown) for danger in _patterns.DANGERS)]
    states = [clause.state for clause in seen.clauses] or [0]
    return Document(
        seen.words[:MAX_WORDS],
        seen.states[:MAX_WORDS],
        owner[:MAX_WORDS],
        states[: max([0, *owner[:MAX_WORDS]]) + 1],
        rest,
    )


class Network(nn.Module):
    """Filters over three words in a row and over clauses; of each the highest value; hidden units over these; outputs.

    Args:
        pretrained: The pre-trained vector of each word; row 0 is for what pads, row 1 for unknown words.
    """

    def __init__(self, pretrained: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("pretrained", torch.tensor(pretrained))
        self.mix = nn.Parameter(torch.eye(pretrained.shape[1], DIMENSIONS))
        self.own = nn.Embedding(len(pretrained), DIMENSIONS, padding_idx=0)
        nn.init.normal_(self.own.weight, 0, 0.02)
        self.own.weight.data[0] = 0
        self.windows = nn.Conv1d(DIMENSIONS, WINDOWS, 3, padding=1)
        self.window_states = nn.Embedding(_signals.STATES, WINDOWS)
        self.within = nn.Linear(DIMENSIONS, CLAUSES)
        self.beside = nn.Linear(DIMENSIONS, CLAUSES, bias=False)
        self.clause_states = nn.Embedding(_signals.CLAUSE_STATES, CLAUSES)
        for states in (self.window_states, self.clause_states):
            nn.init.normal_(states.weight, 0, 0.05)
        self.hidden = nn.Linear(WINDOWS + CLAUSES + REST, HIDDEN)
        self.output = nn.Linear(WINDOWS + CLAUSES + REST + HIDDEN, len(labels.OUTPUTS))

    def vectors(self) -> torch.Tensor:
        """Return the vector of every word."""
        return self.pretrained @ self.mix + self.own.weight

    def forward(
        self,
        words: torch.Tensor,
        states: torch.Tensor,
        owner: torch.Tensor,
        clause_states: torch.Tensor,
        rest: torch.Tensor,
    ) -> torch.Tensor:
        """Return the logits of all outputs; places that pad have word 0."""
        here = words > 0
        if self.training:
            words = torch.where(here & (torch.rand(words.shape) < WORD_DROPOUT), 1, words)
        inside = here.unsqueeze(-1).float()
        vectors = (functional.embedding(words, self.pretrained) @ self.mix + self.own(words)) * inside
        if self.training:
            vectors = functional.dropout(vectors, DROPOUT / 2)
        at_words = self.windows(vectors.transpose(1, 2)).transpose(1, 2) + self.window_states(states)
        highest = (functional.relu(at_words) * inside).max(1).values
        members = functional.one_hot(owner, clause_states.shape[1]).float() * inside
        members = members.transpose(1, 2)
        beside = members @ self.beside(vectors)
        beside = functional.pad(beside[:, :-1], (0, 0, 1, 0)) + functional.pad(beside[:, 1:], (0, 0, 0, 1))
        within = (
            members @ (self.within(vectors) - self.within.bias) + self.within.bias + self.clause_states(clause_states)
        )
        real = (members.sum(2, keepdim=True) > 0).float()
        at_clauses = (functional.relu(within + beside) * real).max(1).values
        kept = functional.dropout(torch.cat([highest, at_clauses], 1), DROPOUT, self.training)
        seen = torch.cat([kept, rest], 1)
        hidden = functional.dropout(functional.relu(self.hidden(seen)), DROPOUT, self.training)
        return self.output(torch.cat([seen, hidden], 1))


def padded(documents: Sequence[tuple[Sequence[int], Document]]) -> tuple[torch.Tensor, ...]:
    """Return a batch: words, states, owners, states of clauses, and the rest."""
    size = max(3, *(len(ids) for ids, _ in documents))
    clauses = max(len(item.clause_states) for _, item in documents)
    words, states, owner = (np.zeros((len(documents), size), np.int64) for _ in range(3))
    clause_states = np.zeros((len(documents), clauses), np.int64)
    for row, (ids, item) in enumerate(documents):
        words[row, : len(ids)] = ids
        states[row, : len(ids)] = item.states
        owner[row, : len(ids)] = item.owner
        clause_states[row, : len(item.clause_states)] = item.clause_states
    rest = np.array([item.rest for _, item in documents], np.float32)
    return tuple(map(torch.from_numpy, (words, states, owner, clause_states, rest)))


def batches(lengths: Sequence[int], size: int, chance: random.Random | None = None) -> Iterator[list[int]]:
    """Yield batches of texts of like length, in random order if there is chance."""
    order = list(range(len(lengths)))
    if chance is None:
        order.sort(key=lengths.__getitem__)
        yield from (order[start : start + size] for start in range(0, len(order), size))
        return
    chance.shuffle(order)
    found = []
    for start in range(0, len(order), 30 * size):
        part = sorted(order[start : start + 30 * size], key=lengths.__getitem__)
        found += [part[first : first + size] for first in range(0, len(part), size)]
    chance.shuffle(found)
    yield from found


def fit(
    documents: Sequence[Document],
    target: np.ndarray,
    weight: np.ndarray,
    places: Mapping[str, int],
    pretrained: np.ndarray,
    seed: int = 0,
) -> Network:
    """Return a network fitted to targets.

    Args:
        documents: The texts.
        target: What is wanted of each output, 0 to 1, texts by outputs.
        weight: How much that counts, texts by outputs.
        places: The row of each word among the pre-trained vectors.
        pretrained: The pre-trained vectors.
        seed: Of all that is random.
    """
    torch.manual_seed(seed)
    chance = random.Random(seed)
    network = Network(pretrained)
    others = [parameter for name, parameter in network.named_parameters() if name != "own.weight"]
    optimizer = torch.optim.AdamW(
        [
            {"params": [network.own.weight], "weight_decay": OWN_DECAY},
            {"params": others, "weight_decay": DECAY},
        ],
        lr=RATE,
    )
    ids = [[places.get(word, 1) for word in item.words] for item in documents]
    lengths = [len(item) for item in ids]
    wanted, counts = torch.tensor(target), torch.tensor(weight)
    steps, step = EPOCHS * math.ceil(len(documents) / BATCH), 0
    for _ in range(EPOCHS):
        for batch in batches(lengths, BATCH, chance):
            network.train()
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / (0.05 * steps)) * max(0.02, 1 - step / steps)
            logits = network(*padded([(ids[i], documents[i]) for i in batch]))
            loss = functional.binary_cross_entropy_with_logits(logits, wanted[batch], reduction="none")
            loss = (loss * counts[batch]).sum() / len(batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            step += 1
    return network.eval()


def logits(network: Network, documents: Sequence[Document], places: Mapping[str, int]) -> np.ndarray:
    """Return a network's logits, texts by outputs."""
    ids = [[places.get(word, 1) for word in item.words] for item in documents]
    found = np.zeros((len(documents), len(labels.OUTPUTS)), np.float32)
    with torch.no_grad():
        for batch in batches([len(item) for item in ids], 128):
            found[batch] = network(*padded([(ids[i], documents[i]) for i in batch])).numpy()
    return found
