"""All fields of all rows of a dump, decoded by lxml's iterparse. Called with a case, a folder and a number of steps,
as bench/duel.ts says."""

import hashlib
import json
import resource
import sys
import time

from lxml import etree

path = json.load(open(f"{sys.argv[2]}/case.json"))["path"]


def rows():
    # Without blank text there is nothing between the rows to be built.
    for _, row in etree.iterparse(path, events=("end",), tag="row", remove_blank_text=True):
        yield row.items()
        # The usual way to constant memory: the row is emptied, and those before it are taken off the root.
        row.clear(keep_tail=False)
        while row.getprevious() is not None:
            del row.getparent()[0]


def main():
    started = time.perf_counter()
    characters = 0
    for items in rows():
        for name, value in items:
            characters += len(name) + len(value)
    milliseconds = (time.perf_counter() - started) * 1000

    # A digest takes as long as the reading, and is the same work on both sides: a pass of its own.
    digest = hashlib.sha256()
    count = 0
    for items in rows():
        digest.update("\0".join(text for item in items for text in item).encode())
        count += 1
    print(
        json.dumps(
            {
                "milliseconds": milliseconds,
                "digest": digest.hexdigest(),
                "count": count,
                "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            }
        )
    )


main()
