"""The correlation of cosine distances over all pairs: by SciPy's pdist and pearsonr, or by NumPy in blocks.

NumPy at its best: vectors of 32 bits, which its matrix products like, blocks that fit into the cache with the sums
taken by dot products, and only the blocks on one side of the diagonal."""

import json
import resource
import sys
import time

import numpy as np

case, folder = sys.argv[1], sys.argv[2]
about = json.load(open(f"{folder}/case.json"))
n, sizes = about["items"], about["sizes"]
if case == "scipy":
    from scipy.spatial.distance import pdist
    from scipy.stats import pearsonr
start = time.perf_counter()
x, y = (np.fromfile(f"{folder}/{name}.f32", dtype=np.float32).reshape(n, size) for name, size in zip("xy", sizes))
if case == "scipy":
    pearson = float(pearsonr(pdist(x, "cosine"), pdist(y, "cosine")).statistic)
else:
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    y /= np.linalg.norm(y, axis=1, keepdims=True)
    sums = np.zeros(5)
    step = 500
    for i in range(0, n, step):
        for j in range(i, n, step):
            a, b = x[i : i + step] @ x[j : j + step].T, y[i : i + step] @ y[j : j + step].T
            if i == j:
                above = np.triu_indices(len(a), 1)
                a, b = a[above], b[above]
            a, b = a.ravel(), b.ravel()
            sums += (a.sum(dtype=np.float64), b.sum(dtype=np.float64), np.dot(a, a), np.dot(b, b), np.dot(a, b))
    pairs = n * (n - 1) / 2
    sa, sb, aa, bb, ab = sums / pairs
    pearson = float((ab - sa * sb) / ((aa - sa * sa) * (bb - sb * sb)) ** 0.5)
milliseconds = (time.perf_counter() - start) * 1000
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"milliseconds": milliseconds, "count": n * (n - 1) // 2, "pearson": pearson, "peakMemory": memory}))
