"""The tokens of a program's code by capstone's disasm_lite: the text of each instruction cut into the tokens of
ours-tokens.ts. Called with a case, a folder and a number of steps, as bench/duel.ts says."""

import hashlib
import json
import re
import resource
import sys
import time
from array import array

import capstone

folder = sys.argv[2]
case = json.load(open(f"{folder}/case.json"))

# What the two disassemblers call differently.
NAMES = case["names"]
# Prefixes stand before the name, and are no tokens.
PREFIXES = {"rep", "repe", "repne", "repz", "repnz", "lock", "bnd", "notrack", "data16", "xacquire", "xrelease"}
# Their operands are implied by the name or written in as many ways as there are disassemblers.
BARE = set(case["bare"])
MEMORY = re.compile(r"(?:(?:byte|word|dword|qword|xmmword|ymmword|zmmword|tbyte|xword|fword|ptr) )*(?:(\w\w):)?\[([^\]]*)\]")


def operand_tokens(text, is_branch):
    if text[0] == "-" or text[0].isdigit():
        value = int(text, 0)
        # Our reader's numbers are exact up to here.
        if 2**53 <= value <= 2**64 - 2**53 or value <= -(2**53):
            return ["#big"]
        return [("@" if is_branch else "#") + f"{value & 255:02x}"]
    memory = MEMORY.fullmatch(text)
    if memory is None:
        return [text.split(" ")[0]]
    segment, inside = memory.groups()
    tokens = ["["]
    if segment in ("fs", "gs"):
        tokens.append(segment)
    displacement = 0
    sign = 1
    for word in inside.split(" "):
        if word == "+":
            sign = 1
        elif word == "-":
            sign = -1
        elif word[0].isdigit() or word[0] == "-":
            displacement = sign * int(word, 0)
        elif "*" in word:
            register, scale = word.split("*")
            tokens.append(register)
            if scale != "1":
                tokens.append("*" + scale)
        elif word not in ("riz", "eiz"):
            tokens.append(word)
    tokens.append(f"+{displacement & 255:02x}")
    return tokens


def main():
    started = time.perf_counter()
    data = open(case["path"], "rb").read()
    engine = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    vocabulary = {}
    ids = array("I")
    count = 0
    for address, offset, size in case["ranges"]:
        for _, _, name, operands in engine.disasm_lite(data[offset : offset + size], address):
            count += 1
            words = name.split(" ")
            while len(words) > 1 and words[0] in PREFIXES:
                words.pop(0)
            name = NAMES.get(words[0], words[0])
            texts = [name]
            if operands and name not in BARE:
                is_branch = name == "call" or name[0] == "j" or name.startswith("loop")
                for operand in operands.split(", "):
                    texts += operand_tokens(operand, is_branch)
            for text in texts:
                ids.append(vocabulary.setdefault(text, len(vocabulary)))
    digest = hashlib.sha256(ids.tobytes())
    digest.update("\n".join(vocabulary).encode())
    milliseconds = (time.perf_counter() - started) * 1000
    print(
        json.dumps(
            {
                "milliseconds": milliseconds,
                "digest": digest.hexdigest(),
                "count": len(ids),
                "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "instructions": count,
            }
        )
    )
    if case.get("dump"):
        words = list(vocabulary)
        open(case["dump"] + ".peer", "w").write("\n".join(words[i] for i in ids))


main()
