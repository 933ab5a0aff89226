"""Merges and tokens by Hugging Face's tokenizers, for test/tokens/bpe.test.ts.

    pip install tokenizers==0.23.3 && python3 scripts/goldens/bpe.py > test/tokens/bpe.json
"""

import json
import random

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

WORDS = [
    "Returns the number of bytes that were written, or -1; errno says why.",
    "static int copy_bytes(const char *from, char *to, size_t n) {\n  while (n--) *to++ = *from++;\n  return 0;\n}",
    "It's an index into `table`: don't pass 0x7fff, we'll crash.   Three spaces, a\ttab\n\n and two lines.",
    "Größe in Bytes – „naïve“ Überprüfung: 数を数える 🙂🙂",
    "for (int i = 0; i < 100; i++) sum += values[i] * values[i + 1];",
]

REGISTERS = ["rax", "rbx", "rcx", "rdi", "rsi", "r12"]


def assembly(seed):
    draw = random.Random(seed)
    lines = []
    for i in range(120):
        a, b = draw.choice(REGISTERS), draw.choice(REGISTERS)
        lines.append(
            draw.choice(
                [
                    f"mov {a}, {b}",
                    f"mov {a}, qword [{b}+0x{draw.randrange(4) * 8:x}]",
                    f"add {a}, 0x{draw.randrange(16):x}",
                    "call function",
                    f".{i}:",
                    f"jne .{draw.randrange(120)}",
                ]
            )
        )
    return "\n".join(["push rbp", *lines, "ret"])


def golden(texts, cut, size, unseen):
    tokenizer = Tokenizer(models.BPE())
    bytes_alone = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=cut == "words")
    lines = pre_tokenizers.Split(Regex("[^\n]*\n|[^\n]+"), "isolated")
    tokenizer.pre_tokenizer = bytes_alone if cut == "words" else pre_tokenizers.Sequence([lines, bytes_alone])
    trainer = trainers.BpeTrainer(
        vocab_size=4 + 256 + size,
        min_frequency=2,
        special_tokens=["<padding>", "<mask>", "<begin>", "<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary = tokenizer.get_vocab()
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return {
        "cut": cut,
        "size": size,
        "texts": texts,
        "merges": [[vocabulary[part] - 4 for part in merge] for merge in merges],
        "tokens": [[text, tokenizer.encode(text).ids] for text in [*texts, *unseen]],
    }


print(
    json.dumps(
        [
            golden(WORDS * 3, "words", 200, ["Writes the bytes of naïve tables; sum += values[i]", ""]),
            golden([assembly(seed) for seed in range(4)], "lines", 300, [assembly(9), "nop\n\nret\n"]),
        ],
        ensure_ascii=False,
    )
)
