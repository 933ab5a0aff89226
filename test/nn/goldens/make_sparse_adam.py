"""Golden values of tables updated by rows: steps of a small model with torch.optim.SparseAdam on its table and Adam on
the rest (pip install torch==2.13.0).

Run in this folder: python make_sparse_adam.py > sparse_adam.json
"""

import json

import torch

torch.manual_seed(4)
STEPS, WORDS, SIZE = 14, 9, 4
# A step uses few rows, some of them twice; one row is never used.
IDS = [torch.randint(0, WORDS - 1, (4, 3)).tolist() for _ in range(STEPS)]
for step, rows in enumerate(IDS):
    rows[1] = [step % 3] * 3
    rows[2] = rows[3] = rows[1] if step % 2 else rows[0]
TARGETS = torch.randn(STEPS, 4, 2)
TABLE, WEIGHT, BIAS = torch.randn(WORDS, SIZE), torch.randn(3 * SIZE, 2) * 0.5, torch.randn(2)


def run(parts):
    table, weight, bias = (t.clone().requires_grad_() for t in (TABLE, WEIGHT, BIAS))
    optimizers = [torch.optim.SparseAdam([table], lr=0.05), torch.optim.Adam([weight, bias], lr=0.05)]
    losses = []
    for step in range(STEPS):
        for optimizer in optimizers:
            optimizer.zero_grad()
        total = 0.0
        for part in parts:
            ids = torch.tensor([IDS[step][row] for row in part])
            x = torch.nn.functional.embedding(ids, table, sparse=True).flatten(1)
            loss = (((x @ weight + bias) - TARGETS[step][part]) ** 2).mean() / len(parts)
            loss.backward()
            total += loss.item()
        for optimizer in optimizers:
            optimizer.step()
        losses.append(total)
    return {"losses": losses, "table": table.flatten().tolist(), "weight": weight.flatten().tolist()}


start = {"table": TABLE.flatten().tolist(), "weight": WEIGHT.flatten().tolist(), "bias": BIAS.tolist()}
document = {
    "torch": torch.__version__,
    "ids": IDS,
    "targets": TARGETS.tolist(),
    "start": start,
    "one batch": run([[0, 1, 2, 3]]),
    "two batches": run([[0, 1], [2, 3]]),
}
print(json.dumps(document, indent=1))
