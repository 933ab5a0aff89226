"""Writes test/metrics/agreement-goldens.json: kappa by scikit-learn, alpha by the package krippendorff.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install scikit-learn==1.9.* krippendorff==0.9.*
    /tmp/goldens/bin/python scripts/goldens/agreement.py > test/metrics/agreement-goldens.json
"""

import json
import sys

import krippendorff
import numpy
from park_miller import numbers
from sklearn.metrics import cohen_kappa_score


def case(seed, raters, items, left_out, noise):
    """Raters who see the same thing, each with noise of his own, and leave a share of the items out."""
    draw = numbers(seed)
    truth = [1 + 4 * next(draw) for _ in range(items)]
    values = [
        [
            None if next(draw) < left_out else min(5, max(1, round(value + noise * (next(draw) - 0.5))))
            for value in truth
        ]
        for _ in range(raters)
    ]
    table = numpy.array([[numpy.nan if v is None else v for v in row] for row in values])
    alpha = {
        level: krippendorff.alpha(reliability_data=table, level_of_measurement=level)
        for level in ["nominal", "ordinal", "interval"]
    }
    made = {"ratings": values, "alpha": alpha}
    if raters == 2:
        both = [(a, b) for a, b in zip(*values) if a is not None and b is not None]
        a, b = zip(*both)
        made["kappa"] = {
            "none": cohen_kappa_score(a, b),
            "quadratic": cohen_kappa_score(a, b, weights="quadratic"),
        }
    return made


# The worked example of Krippendorff's "Computing Krippendorff's Alpha-Reliability" (2011): four raters, twelve items.
EXAMPLE = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
example = numpy.array([[numpy.nan if v is None else v for v in row] for row in EXAMPLE])
cases = [case(3, 2, 30, 0, 3), case(5, 2, 40, 0.2, 6), case(7, 4, 25, 0.3, 2), case(11, 3, 60, 0.1, 9)]
cases.append(
    {
        "ratings": EXAMPLE,
        "alpha": {
            level: krippendorff.alpha(reliability_data=example, level_of_measurement=level)
            for level in ["nominal", "ordinal", "interval"]
        },
    }
)
json.dump({"cases": cases}, sys.stdout)
