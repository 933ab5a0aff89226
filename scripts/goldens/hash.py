"""Writes test/tokens/hashes.json: MurmurHash3_x86_128 by the package mmh3.

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
print(json.dumps({data.hex(): digest(data) for data in cases}))
