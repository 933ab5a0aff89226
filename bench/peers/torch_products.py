"""PyTorch's side of `bench products`: torch_products.py NAME FOLDER STEPS, one JSON line as answer."""

import json
import resource
import sys
import time
from pathlib import Path

import torch

torch.set_num_threads(2)
product = json.loads((Path(sys.argv[2]) / "product.json").read_text())


def operand(shape):
    values = torch.arange(shape[0] * shape[1]) * 7 % 5
    return (values / 2 - 0.5).reshape(shape)


a, b = operand(product["a"]), operand(product["b"])
if product.get("transposeA"):
    a = a.T
if product.get("transposeB"):
    b = b.T
y = torch.empty(a.shape[0], b.shape[1])
milliseconds = []
with torch.inference_mode():
    for _ in range(int(sys.argv[3])):
        began = time.perf_counter()
        torch.mm(a, b, out=y)
        milliseconds.append((time.perf_counter() - began) * 1000)
print(
    json.dumps(
        {
            "milliseconds": milliseconds,
            "values": y.flatten()[:3].tolist(),
            "work": {"unit": "GFLOP", "count": product["gigaflops"]},
            "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
