"""Golden values of optimisers: twelve steps of a small model in PyTorch (pip install torch==2.13.0).

Run in this folder: python make_optimizers.py > optimizers.json
"""

import json

import torch

torch.manual_seed(3)
STEPS = 12
IDS = [[0, 2, 2], [2, 2, 1], [0, 0, 0], [1, 2, 0]]
TARGETS = torch.randn(STEPS, 4, 2)
TABLE, WEIGHT, BIAS = torch.randn(3, 4), torch.randn(12, 2) * 0.5, torch.randn(2)

CASES = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
    "sgd with momentum and decay": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1),
    "sgd with nesterov": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05),
    "adam with decay": lambda p: torch.optim.Adam(p, lr=0.05, weight_decay=0.1, betas=(0.8, 0.95), eps=1e-6),
    "adamW": lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1),
    "adamW, clipped": lambda p: torch.optim.AdamW(p, lr=0.05),
    "adamW in groups": lambda p: torch.optim.AdamW(
        [{"params": p[:1], "lr": 0.01}, {"params": p[1:2]}, {"params": p[2:], "weight_decay": 0.0}], lr=0.05
    ),
    "adamW, table frozen": lambda p: torch.optim.AdamW(p[1:], lr=0.05),
    "adamW, two batches a step": lambda p: torch.optim.AdamW(p, lr=0.05),
    "adamW, warm-up and cosine": lambda p: torch.optim.AdamW(p, lr=0.05),
}


def run(name, make):
    table, weight, bias = (t.clone().requires_grad_() for t in (TABLE, WEIGHT, BIAS))
    optimizer = make([table, weight, bias])
    factor = lambda step: 1.0
    if "cosine" in name:
        import math

        factor = lambda step: step / 3 if step < 3 else (1 + math.cos(math.pi * min(1, (step - 3) / 8))) / 2
    losses, norms = [], []

    def loss_of(rows, step):
        x = torch.nn.functional.embedding(torch.tensor([IDS[r] for r in rows]), table).flatten(1)
        return (((x @ weight + bias) - TARGETS[step][rows]) ** 2).mean()

    for step in range(STEPS):
        optimizer.zero_grad()
        parts = [[0, 1], [2, 3]] if "two batches" in name else [[0, 1, 2, 3]]
        total = 0.0
        for part in parts:
            loss = loss_of(part, step) / len(parts)
            loss.backward()
            total += loss.item()
        limit = 0.5 if "clipped" in name else float("inf")
        used = [p for g in optimizer.param_groups for p in g["params"]]
        norms.append(torch.nn.utils.clip_grad_norm_(used, limit).item())
        for group in optimizer.param_groups:
            group.setdefault("base", group["lr"])
            group["lr"] = group["base"] * factor(step + 1)
        optimizer.step()
        losses.append(total)
    flat = lambda t: t.detach().flatten().tolist()
    return {"losses": losses, "norms": norms, "table": flat(table), "weight": flat(weight), "bias": flat(bias)}


start = {name: t.flatten().tolist() for name, t in (("table", TABLE), ("weight", WEIGHT), ("bias", BIAS))}
document = {
    "torch": torch.__version__,
    "ids": IDS,
    "targets": TARGETS.tolist(),
    "start": start,
    "cases": {name: run(name, make) for name, make in CASES.items()},
}
print(json.dumps(document, indent=1))
