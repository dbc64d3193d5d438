"""Let a large model read the corpus: `python training/teacher.py --transformer FOLDER`.

A sentence-embedding transformer is fine-tuned on the corpus' labels and then says what it believes of every situation
and of stretches of it. The small network that ships learns from these beliefs beside the labels (`train.py`). This
takes most of an hour on two cores and seldom has to be done again, so that the beliefs are kept in `beliefs.npz`.
"""

from __future__ import annotations

import argparse
import json
import math
import pathlib
import random
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

import labels
from beliefs import Beliefs

HERE = pathlib.Path(__file__).parent
CORPUS = HERE / "situations.jsonl"

#: Layers whose weights stay as they came; what they make of a text is worked out once.
FROZEN = 6
EPOCHS = 1.0
BATCH = 16
RATE = 6e-5
#: The rate where fine-tuning goes on from the weights of the run before.
FURTHER_RATE = 3e-5
HEAD_RATE = 1e-3
WARM_UP = 0.06
MAX_TOKENS = 256


class Teacher(torch.nn.Module):
    """The transformer with one linear layer over the mean and the maximum of its last hidden states."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        self.tokens = AutoTokenizer.from_pretrained(path)
        self.encoder = AutoModel.from_pretrained(path, add_pooling_layer=False)
        for name, parameter in self.encoder.named_parameters():
            if "embeddings" in name or any(f"layer.{layer}." in name for layer in range(FROZEN)):
                parameter.requires_grad = False
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(2 * self.encoder.config.hidden_size, len(labels.OUTPUTS))
        self.kept: dict[str, torch.Tensor] = {}

    def layers(self, hidden: torch.Tensor, mask: torch.Tensor, first: int, last: int) -> torch.Tensor:
        """Return the hidden states after some of the layers."""
        bias = self.encoder.encoder.compute_position_bias(hidden)
        extended = (1 - mask[:, None, None, :].to(hidden.dtype)) * -1e4
        for layer in self.encoder.encoder.layer[first:last]:
            hidden = layer(hidden, attention_mask=extended, position_bias=bias)[0]
        return hidden

    def keep(self, texts: Sequence[str]) -> None:
        """Work out what the frozen layers make of some texts."""
        new = [text for text in dict.fromkeys(texts) if text not in self.kept]
        training = self.training
        self.eval()
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for batch in batches([len(text) for text in new], 32):
                inputs = self.tokens(
                    [new[i] for i in batch], truncation=True, max_length=MAX_TOKENS, padding=True, return_tensors="pt"
                )
                hidden = self.encoder.embeddings(inputs["input_ids"])
                hidden = self.layers(hidden, inputs["attention_mask"], 0, FROZEN).to(torch.bfloat16)
                for i, states, mask in zip(batch, hidden, inputs["attention_mask"], strict=True):
                    self.kept[new[i]] = states[: int(mask.sum())].clone()
        self.train(training)

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Return the logits of all outputs for some texts."""
        self.keep(texts)
        states = [self.kept[text].float() for text in texts]
        hidden = torch.nn.utils.rnn.pad_sequence(states, batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(state)) for state in states], batch_first=True)
        hidden = self.layers(hidden, mask, FROZEN, len(self.encoder.encoder.layer)).float()
        weight = mask.unsqueeze(-1)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        highest = (hidden + (weight - 1) * 1e4).max(1).values
        return self.head(self.dropout(torch.cat([mean, highest], -1)))


def batches(lengths: Sequence[int], size: int, *, shuffled: bool = False) -> Iterator[list[int]]:
    """Yield batches of texts of like length."""
    order = list(range(len(lengths)))
    if not shuffled:
        order.sort(key=lengths.__getitem__)
        yield from (order[start : start + size] for start in range(0, len(order), size))
        return
    random.shuffle(order)
    stretch = size * 40
    sorted_stretches = [
        sorted(order[start : start + stretch], key=lengths.__getitem__) for start in range(0, len(order), stretch)
    ]
    found = [part[start : start + size] for part in sorted_stretches for start in range(0, len(part), size)]
    random.shuffle(found)
    yield from found


def fit(model: Teacher, texts: Sequence[str], target: np.ndarray, weight: np.ndarray, rate: float) -> None:
    """Fine-tune the upper layers."""
    wide = [p for p in model.encoder.parameters() if p.requires_grad and p.ndim > 1]
    narrow = [p for p in model.parameters() if p.requires_grad and p.ndim <= 1]
    groups = [
        {"params": wide, "lr": rate, "weight_decay": 0.01},
        {"params": narrow, "lr": rate, "weight_decay": 0.0},
        {"params": [model.head.weight], "lr": HEAD_RATE * rate / RATE, "weight_decay": 0.01},
    ]
    optimizer = torch.optim.AdamW(groups, fused=True)
    peaks = [group["lr"] for group in optimizer.param_groups]
    wanted, counts = torch.tensor(target), torch.tensor(weight)
    lengths = [len(text) for text in texts]
    steps, step, start, mean = int(EPOCHS * math.ceil(len(texts) / BATCH)), 0, time.time(), 0.0
    while step < steps:
        for batch in batches(lengths, BATCH, shuffled=True):
            model.train()
            factor = min(1, (step + 1) / (WARM_UP * steps)) * max(0.02, 1 - step / steps)
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * factor
            with torch.autocast("cpu", torch.bfloat16):
                logits = model([texts[i] for i in batch])
            loss = functional.binary_cross_entropy_with_logits(logits.float(), wanted[batch], reduction="none")
            loss = (loss * counts[batch]).sum() / len(batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            mean = 0.98 * mean + 0.02 * loss.item()
            if step % 50 == 0:
                print(
                    f"step {step} of {steps}, loss {mean / (1 - 0.98**step):.3f}, {time.time() - start:.0f} s",
                    flush=True,
                )
            if step == steps:
                return


def believe(model: Teacher, texts: Sequence[str]) -> np.ndarray:
    """Return the model's logits for some texts, texts by outputs."""
    model.eval()
    logits = np.zeros((len(texts), len(labels.OUTPUTS)), np.float32)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches([len(text) for text in texts], 32):
            known = set(model.kept)
            logits[batch] = model([texts[i] for i in batch]).float().numpy()
            for text in model.kept.keys() - known:
                del model.kept[text]
    return logits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--transformer", type=pathlib.Path, required=True, help="folder of all-mpnet-base-v2")
    parser.add_argument("--weights", type=pathlib.Path, default=HERE / ".cache" / "teacher.pt")
    parser.add_argument("--further", action="store_true", help="fine-tune the weights of the run before once more")
    parser.add_argument("--believe-only", action="store_true", help="use the weights of the run before")
    options = parser.parse_args()
    torch.manual_seed(0)
    random.seed(0)
    torch.use_deterministic_algorithms(True)
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    model = Teacher(options.transformer)
    if options.further or options.believe_only:
        model.load_state_dict(torch.load(options.weights))
    if not options.believe_only:
        target, weight = labels.targets(rows)
        fit(model, [row["text"] for row in rows], target, weight, FURTHER_RATE if options.further else RATE)
        options.weights.parent.mkdir(exist_ok=True)
        torch.save(model.state_dict(), options.weights)
    texts = [text for row in rows for text in labels.stretches(row)]
    logits = believe(model, texts)
    Beliefs.write(texts, logits)
    print(f"wrote what is believed of {len(texts)} texts")


if __name__ == "__main__":
    main()
