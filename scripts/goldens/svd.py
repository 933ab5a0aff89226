"""Writes test/models/svd-goldens.json: singular values by LAPACK (numpy.linalg.svd), in full.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install numpy==2.4.*
    /tmp/goldens/bin/python scripts/goldens/svd.py > test/models/svd-goldens.json
"""

import json
import sys

import numpy

from park_miller import numbers


def case(seed, rows, columns, filled, rank):
    draw = numbers(seed)
    matrix = [
        [round(next(draw), 3) if next(draw) < filled else 0 for _ in range(columns)] for _ in range(rows)
    ]
    u, s, _ = numpy.linalg.svd(numpy.array(matrix), full_matrices=False)
    places = u[:, :rank] * s[:rank]
    # Signs of singular vectors are free; products of rows are not.
    return {"matrix": matrix, "rank": rank, "values": s[:rank].tolist(), "gram": (places @ places.T).tolist()}


json.dump(
    {"numpy": numpy.__version__, "cases": [case(3, 30, 12, 0.3, 4), case(5, 9, 40, 0.2, 9), case(9, 25, 25, 0.5, 6)]},
    sys.stdout,
)
