"""Writes test/metrics/near-goldens.json: what Python's sets and datasketch's MinHash and LSH say of the same sets.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install datasketch==2.0.*
    /tmp/goldens/bin/python scripts/goldens/near.py > test/metrics/near-goldens.json

The sets are made by a small generator of our own, and so again in the test.
"""

import itertools
import json
import math
from importlib.metadata import version

from datasketch import MinHash, MinHashLSH
from datasketch.lsh import _false_negative_probability, _false_positive_probability

from park_miller import numbers

FAMILIES = 25
CHANGED = [0, 0, 0.01, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3]
SIMILARITY = 0.8


def families():
    """Sets of 10 to 150 numbers, ten of a family, which share all but some numbers."""
    draw = numbers(1)
    word = lambda: int(next(draw) * 2**32)
    for _ in range(FAMILIES):
        base = [word() for _ in range(10 + int(next(draw) * 140))]
        for share in CHANGED:
            yield {word() if next(draw) < share else number for number in base}


def jaccard(a, b):
    return len(a & b) / len(a | b)


def signed(number_set, hashes):
    result = MinHash(num_perm=hashes, seed=1, hashfunc=lambda value: value)
    for number in number_set:
        result.update(number)
    return result


def root_mean_square(errors):
    return math.sqrt(sum(error * error for error in errors) / len(errors))


sets = list(families())
pairs = list(itertools.combinations(range(len(sets)), 2))
exact = {pair: jaccard(sets[pair[0]], sets[pair[1]]) for pair in pairs}
near = [pair for pair in pairs if exact[pair] >= SIMILARITY]

BANDS, ROWS = 21, 6
signatures = [signed(one, BANDS * ROWS) for one in sets]
related = [pair for pair in pairs if exact[pair] > 0]
error = root_mean_square([signatures[a].jaccard(signatures[b]) - exact[a, b] for a, b in related])
lsh = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
for i, signature in enumerate(signatures):
    lsh.insert(i, signature)
candidates = {(min(a, b), max(a, b)) for a in range(len(sets)) for b in lsh.query(signatures[a]) if a != b}

print(
    json.dumps(
        {
            "datasketch": version("datasketch"),
            "similarity": SIMILARITY,
            "sizes": [len(one) for one in sets],
            "sums": [sum(one) for one in sets],
            "related": len(related),
            "near": near,
            "error": error,
            "bands": {"bands": BANDS, "rows": ROWS},
            "candidates": len(candidates),
            "found": len(candidates & set(near)),
            "areas": [
                {
                    "similarity": s,
                    "bands": b,
                    "rows": r,
                    "wrong": _false_positive_probability(s, b, r),
                    "missed": _false_negative_probability(s, b, r),
                }
                for s, b, r in [(0.8, 21, 6), (0.8, 9, 13), (0.5, 42, 3), (0.95, 6, 20)]
            ],
        }
    )
)
