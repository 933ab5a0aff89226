"""transformers' side of `beam5`: transformers_beam5.py NAME FOLDER STEPS, one JSON line as answer.

With "write" for a name it makes the model and the texts that both sides take: a T5 whose weights are drawn so that
texts wander instead of repeating one token. Settings are the best that we found (docs/nn/benchmarks.md): two threads,
OMP_WAIT_POLICY=passive (set by the caller), inference_mode, float32, the attention that it takes by itself. A static
cache was no faster (2,070 against 1,910 ms), and 5 % faster where torch.compile had worked 45 seconds on it first.
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import T5Config, T5ForConditionalGeneration

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
torch.set_num_threads(2)
name, folder, steps = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])

BATCH, LENGTH, NEW_TOKENS, VOCABULARY, WIDTH = 8, 128, 64, 8000, 256


def write():
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=VOCABULARY,
        d_model=WIDTH,
        d_kv=32,
        d_ff=1024,
        num_layers=3,
        num_heads=8,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if "layer_norm" not in key:
                spread = 1 if "shared" in key or "relative" in key else weight.shape[1] ** -0.5
                weight.normal_(0, spread)
    model.save_pretrained(folder)
    # An output table of its own: with the table of the embeddings each token would be followed by itself.
    # transformers 5 writes tied tables only, and reads both.
    file = folder / "model.safetensors"
    table = torch.randn(VOCABULARY, WIDTH) * 2 * WIDTH**-0.5
    save_file({**load_file(file), "lm_head.weight": table}, file, metadata={"format": "pt"})
    settings = json.loads((folder / "config.json").read_text())
    settings.pop("scale_decoder_outputs", None)
    (folder / "config.json").write_text(json.dumps({**settings, "tie_word_embeddings": False}))
    ids = torch.randint(2, VOCABULARY, (BATCH, LENGTH))
    # Texts of 72, 80, … 128 tokens.
    mask = (torch.arange(LENGTH) < LENGTH - 56 + 8 * torch.arange(BATCH)[:, None]).long()
    document = {"ids": (ids * mask).tolist(), "mask": mask.tolist(), "tokens": NEW_TOKENS}
    (folder / "texts.json").write_text(json.dumps(document))


def measure():
    texts = json.loads((folder / "texts.json").read_text())
    model = T5ForConditionalGeneration.from_pretrained(folder).eval()
    options = {
        "input_ids": torch.tensor(texts["ids"]),
        "attention_mask": torch.tensor(texts["mask"]),
        "num_beams": 5,
        "max_new_tokens": texts["tokens"],
        # No text ends early, so that both sides take as many steps.
        "min_length": texts["tokens"],
        "do_sample": False,
    }
    milliseconds = []
    with torch.inference_mode():
        for _ in range(steps):
            began = time.perf_counter()
            model.generate(**options)
            milliseconds.append((time.perf_counter() - began) * 1e3)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        found = model.generate(**options, return_dict_in_generate=True, output_scores=True)
    values = found.sequences_scores.tolist()
    # Both sides must write the same: a sum in which each place has its own weight.
    places = torch.arange(1, texts["tokens"] + 1)
    values += [float(1 + (row[1 : texts["tokens"] + 1] * places).sum()) for row in found.sequences]
    print(
        json.dumps(
            {
                "milliseconds": milliseconds,
                "values": values,
                "peakMemory": peak,
                "versions": [transformers.__version__, torch.__version__],
            }
        )
    )


if name == "write":
    write()
else:
    measure()
