"""Writes test/tokens/hashes.json: MurmurHash3_x86_128 and of whole words _32 by the package mmh3.

    /tmp/goldens/bin/python scripts/goldens/hash.py > test/tokens/hashes.json
"""

import json
import struct

import mmh3


def digest(data):
    words = struct.unpack("<4I", mmh3.hash_bytes(data, 0, False))
    return "".join(f"{word:08x}" for word in words)


texts = ["", "a", "hello", "hello, world", "0123456789abcdef", "The quick brown fox jumps over the lazy dog"]
cases = [text.encode() for text in texts] + [bytes((i * 7) % 256 for i in range(n)) for n in range(30, 48)]
words = [data[: len(data) // 4 * 4] for data in cases]
print(
    json.dumps(
        {
            "128": {data.hex(): digest(data) for data in cases},
            "32": {data.hex(): mmh3.hash(data, 0, signed=False) for data in words},
        }
    )
)
