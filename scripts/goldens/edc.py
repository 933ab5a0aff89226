"""Writes test/metrics/edc-goldens.json: what SciPy says of all pairs, one by one.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install scipy==1.17.*
    /tmp/goldens/bin/python scripts/goldens/edc.py > test/metrics/edc-goldens.json

The vectors are made by a small generator of our own, so that they are the same with every version of numpy.
"""

import json

import numpy
import scipy
from scipy.spatial.distance import pdist
from scipy.stats import pearsonr, spearmanr

from park_miller import numbers


def case(seed, items, size_x, size_y, noise):
    draw = numbers(seed)
    x = [[round(next(draw) - 0.3, 3) for _ in range(size_x)] for _ in range(items)]
    y = [
        [round(sum(row) / size_x * (k + 1) % 1 + noise * next(draw), 3) for k in range(size_y)] for row in x
    ]
    lengths = [int(1 + 20 * abs(row[0])) for row in x]
    a, b = pdist(numpy.array(x), "cosine"), pdist(numpy.array(y), "cosine")
    c = pdist(numpy.array(lengths, dtype=float)[:, None], "cityblock")
    r = numpy.corrcoef([a, b, c])
    partial = (r[0, 1] - r[0, 2] * r[1, 2]) / ((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2)) ** 0.5
    # Items 1 and 2 twice and 0 not at all, without the pairs of an item with its copy.
    times = [1] * items
    times[:3] = [0, 2, 2]
    places = [i for i, n in enumerate(times) for _ in range(n)]
    pairs = [(i, j) for k, i in enumerate(places) for j in places[k + 1 :] if i != j]
    square = lambda d: scipy.spatial.distance.squareform(d)
    drawn = numpy.corrcoef([square(a)[i, j] for i, j in pairs], [square(b)[i, j] for i, j in pairs])[0, 1]
    euclidean = pearsonr(pdist(numpy.array(x)), pdist(numpy.array(y)))
    return {
        "x": x,
        "y": y,
        "lengths": lengths,
        "times": times,
        "pearson": pearsonr(a, b).statistic,
        "spearman": spearmanr(a, b).statistic,
        "euclidean": euclidean.statistic,
        "partial": partial,
        "drawn": drawn,
    }


json.dump(
    {
        "scipy": scipy.__version__,
        "cases": [case(1, 12, 3, 2, 0.5), case(7, 40, 5, 7, 0.1), case(11, 33, 4, 9, 2)],
    },
    __import__("sys").stdout,
)
