"""Sizes and tags of real dumps, for bench/posts/generate.ts: numbers and names of tags, no text.

    work/bench-venv/bin/python bench/posts/measure.py Posts.xml… > bench/posts/profile.json
"""

import collections
import json
import re
import sys

from lxml import etree

LENGTHS = {1: [], 2: []}
BLOCKS = {1: [], 2: []}
TAGS = collections.Counter()
TAG_COUNTS, ANSWERS, SCORES, BLOCK_LENGTHS = [], [], [], []
questions = accepted = 0
for path in sys.argv[1:]:
    for _, row in etree.iterparse(path, tag="row"):
        kind = int(row.get("PostTypeId"))
        if kind > 2:
            continue
        blocks = re.findall(r"<pre[^>]*><code>([^<]*)</code></pre>", row.get("Body"))
        LENGTHS[kind].append(len(re.sub(r"<pre.*?</pre>", "", row.get("Body"), flags=re.S)))
        BLOCKS[kind].append(len(blocks))
        BLOCK_LENGTHS += map(len, blocks)
        SCORES.append(int(row.get("Score")))
        if kind == 1:
            questions += 1
            accepted += row.get("AcceptedAnswerId") is not None
            ANSWERS.append(int(row.get("AnswerCount")))
            tags = re.findall(r"[^<>|]+", row.get("Tags"))
            TAG_COUNTS.append(len(tags))
            TAGS.update(tags)


def quantiles(values):
    """The 0th to the 100th percentile."""
    values.sort()
    return [values[min(len(values) - 1, i * len(values) // 100)] for i in range(101)]


print(
    json.dumps(
        {
            "proseLength": {"question": quantiles(LENGTHS[1]), "answer": quantiles(LENGTHS[2])},
            "blocks": {"question": quantiles(BLOCKS[1]), "answer": quantiles(BLOCKS[2])},
            "blockLength": quantiles(BLOCK_LENGTHS),
            "score": quantiles(SCORES),
            "answers": quantiles(ANSWERS),
            "tagCount": quantiles(TAG_COUNTS),
            "acceptedShare": round(accepted / questions, 4),
            "tags": dict(TAGS.most_common(150)),
        }
    )
)
