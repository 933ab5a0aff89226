"""What gensim learns from the corpus of `quality.test.ts` (pip install gensim==4.4.0).

Run in this folder: python make_goldens.py > gensim.json

Topics lie on a ring, and a sentence takes some of its words from the two beside its own: so that vectors have not
only clusters to find but degrees of likeness between them.
"""

import json

import gensim
import numpy
from gensim.models import Doc2Vec, Word2Vec
from gensim.models.doc2vec import TaggedDocument

TOPICS, WORDS, COMMON = 12, 10, 10
SENTENCES, LENGTH = 1500, 20
SETTINGS = {
    "skip-gram": {"size": 24, "window": 4, "negative": 5, "sample": 1e-2, "alpha": 0.025, "epochs": 12},
    "pv-dm": {"size": 24, "window": 4, "negative": 5, "sample": 1e-2, "alpha": 0.025, "epochs": 12},
    "pv-dm-concat": {"size": 16, "window": 2, "negative": 5, "sample": 1e-2, "alpha": 0.1, "epochs": 30},
}


class Congruential:
    """As in support.ts."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state / 2**32

    def below(self, n):
        return int(self.uniform() * n)


def corpus():
    random = Congruential(5)
    for i in range(SENTENCES):
        topic = i % TOPICS
        sentence = []
        for _ in range(LENGTH):
            if random.uniform() < 0.2:
                sentence.append(f"common{random.below(COMMON)}")
                continue
            draw = random.uniform()
            near = topic - 1 if draw < 0.15 else topic + 1 if draw < 0.3 else topic
            rank = min(random.below(WORDS), random.below(WORDS))
            sentence.append(f"{(near + TOPICS) % TOPICS}.{rank}")
        yield sentence


def likeness(vectors):
    """Cosines between all pairs, the upper triangle row by row."""
    unit = vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)
    return (unit @ unit.T)[numpy.triu_indices(len(unit), 1)]


def options(name, seed):
    settings = dict(SETTINGS[name])
    return {"vector_size": settings.pop("size"), **settings, "min_count": 1, "workers": 1, "seed": seed}


def words(seed):
    model = Word2Vec(sentences, sg=1, **options("skip-gram", seed))
    return numpy.stack([model.wv[f"{topic}.{rank}"] for topic in range(TOPICS) for rank in range(WORDS)])


def documents(name, seed):
    tagged = [TaggedDocument(sentence, [i]) for i, sentence in enumerate(sentences)]
    model = Doc2Vec(tagged, dm=1, dm_mean=1, dm_concat=int(name == "pv-dm-concat"), **options(name, seed))
    return numpy.stack([model.dv[i] for i in range(SENTENCES)])


def topic_means(vectors):
    return numpy.stack([vectors[topic::TOPICS].mean(0) for topic in range(TOPICS)])


def precision(vectors, topics):
    """Share of the five nearest of each that are of its topic."""
    unit = vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    numpy.fill_diagonal(cosines, -2)
    nearest = numpy.argsort(-cosines, axis=1, kind="stable")[:, :5]
    return float((topics[nearest] == topics[:, None]).mean())


sentences = list(corpus())
of_words = numpy.repeat(numpy.arange(TOPICS), WORDS)
of_documents = numpy.arange(SENTENCES) % TOPICS


def golden(make, reduce, topics):
    made = [make(seed) for seed in range(1, 5)]
    likenesses = [likeness(reduce(vectors)) for vectors in made]
    return {
        "precision": min(precision(vectors, topics) for vectors in made),
        "agreement": float(numpy.corrcoef(likenesses).min()),
        "likeness": [round(float(value), 3) for value in likenesses[0]],
    }


print(
    json.dumps(
        {
            "gensim": gensim.__version__,
            "settings": SETTINGS,
            "ends": [sentences[0], sentences[-1]],
            "skip-gram": golden(words, lambda v: v, of_words),
            "pv-dm": golden(lambda seed: documents("pv-dm", seed), topic_means, of_documents),
            "pv-dm-concat": golden(lambda seed: documents("pv-dm-concat", seed), topic_means, of_documents),
        }
    )
)
