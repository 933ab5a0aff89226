"""Writes test/metrics/goldens.json: what scikit-learn says of the same predictions.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install scikit-learn==1.9.* mmh3
    /tmp/goldens/bin/python scripts/goldens/metrics.py > test/metrics/goldens.json

The cases are made by a small generator of our own, so that they are the same with every version of numpy.
"""

import json
import math

import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, brier_score_loss, confusion_matrix, f1_score

from park_miller import numbers


def classification(seed, items, classes, noise):
    draw = numbers(seed)
    truth = [int(next(draw) * classes) for _ in range(items)]
    predicted = [int(next(draw) * classes) if next(draw) < noise else t for t in truth]
    weights = [int(next(draw) * 3) for _ in truth]
    present = sorted(set(truth) | set(predicted))
    return {
        "truth": truth,
        "predicted": predicted,
        "weights": weights,
        "classes": classes,
        "accuracy": accuracy_score(truth, predicted),
        "macroF1": f1_score(truth, predicted, labels=present, average="macro", zero_division=0),
        "weightedAccuracy": accuracy_score(truth, predicted, sample_weight=weights),
        "confusion": confusion_matrix(truth, predicted, labels=list(range(classes))).ravel().tolist(),
    }


def calibration(seed, items):
    draw = numbers(seed)
    scores = [round(next(draw), 4) for _ in range(items)]
    right = [1 if next(draw) < s**1.5 else 0 for s in scores]
    width = {}
    for s, r in zip(scores, right):
        width.setdefault(max(0, math.ceil(s * 10) - 1), []).append((s, r))
    ece = sum(abs(sum(r for _, r in b) - sum(s for s, _ in b)) for b in width.values()) / items
    return {"scores": scores, "right": right, "brier": brier_score_loss(right, scores), "equalWidth10": ece}


def logistic(seed, items, features, classes):
    """Coefficients at the optimum. scikit-learn's C is 1 / (items * penalty); it does not penalise the bias."""
    draw = numbers(seed)
    x = [[round(next(draw) * 2 - 1, 3) for _ in range(features)] for _ in range(items)]
    y = [int(abs(row[0] * 2 + row[1]) + next(draw)) % classes for row in x]
    penalty = 0.01
    model = LogisticRegression(C=1 / (items * penalty), tol=1e-10, max_iter=10000).fit(x, y)
    return {
        "x": x,
        "y": y,
        "classes": classes,
        "penalty": penalty,
        "probabilities": [[round(p, 6) for p in row] for row in model.predict_proba(x).tolist()],
    }


print(
    json.dumps(
        {
            "scikit-learn": sklearn.__version__,
            "classification": [
                classification(1, 200, 4, 0.4),
                classification(2, 50, 2, 0.9),
                classification(3, 30, 6, 0.2),
            ],
            "calibration": [calibration(4, 300)],
            "logistic": [logistic(5, 120, 4, 3)],
        }
    )
)
