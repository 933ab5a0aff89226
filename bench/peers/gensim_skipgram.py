"""gensim's side of `skipgram`: gensim_skipgram.py NAME FOLDER STEPS, one JSON line as answer.

Settings are the best that we found (docs/nn/benchmarks.md): its compiled routines on a corpus in a file, which spares
the interpreter from handing out sentences, two workers, one thread of BLAS in each. OpenBLAS takes its AVX-512
routines where it finds the processor; on vectors of 100 numbers those for AVX2 took 5 to 8 % less time.
"""

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OPENBLAS_CORETYPE="Haswell")

import json
import resource
import sys
import time

import gensim
import numpy
from gensim.models import word2vec

assert word2vec.FAST_VERSION >= 0 and word2vec.CORPUSFILE_VERSION >= 0, "gensim without its compiled routines"
folder = sys.argv[2]
corpus = f"{folder}/corpus.txt"
task = json.load(open(f"{folder}/task.json"))
S = task["settings"]
model = word2vec.Word2Vec(
    vector_size=S["size"],
    window=S["window"],
    negative=S["negative"],
    sample=S["sample"],
    alpha=S["alpha"],
    epochs=S["epochs"],
    min_count=S["minCount"],
    sg=1,
    workers=2,
)
model.build_vocab(corpus_file=corpus)
began = time.perf_counter()
model.train(
    corpus_file=corpus,
    total_examples=model.corpus_count,
    total_words=model.corpus_total_words,
    epochs=S["epochs"],
)
milliseconds = (time.perf_counter() - began) * 1e3

rows = numpy.array([[model.wv.key_to_index[word] for word in row] for row in task["judged"]])
products = numpy.einsum("ni,nki->nk", model.wv.vectors[rows[:, 0]], model.syn1neg[rows[:, 1:]]).astype(float)
products[:, 0] *= -1
loss = float(numpy.log1p(numpy.exp(products)).sum(1).mean())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(
    json.dumps(
        {"milliseconds": [milliseconds], "values": [loss], "peakMemory": peak, "gensim": gensim.__version__}
    )
)
