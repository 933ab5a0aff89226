"""Makes the tiny random sentence encoders of test/nn/import/sentences, with what sentence-transformers says of texts.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch==2.13.* transformers==5.23.* sentence-transformers==6.2.*
    /tmp/goldens/bin/python scripts/goldens/sentences.py

Each folder is as `SentenceTransformer.save` writes it, plus `expected.json`: texts and their vectors. One is then
rewritten as releases before 6 wrote theirs, which is what most published folders look like, and read once more.
"""

import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "test/nn/import"))

import torch
from make_checkpoints import CORPUS, ODD_TEXTS, ROBERTA, TEXTS, byte_level, randomize, word_piece
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel, RobertaConfig, RobertaModel

HERE = ROOT / "test/nn/import/sentences"
# The last is longer than any of the encoders takes.
ALL_TEXTS = TEXTS + ODD_TEXTS + [" ".join(CORPUS)]


def bert(seed):
    tokenizer = word_piece(120)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=12,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
        pad_token_id=0,
    )
    return randomize(BertModel(config), seed), tokenizer


def roberta(seed):
    tokenizer = byte_level(280)
    return randomize(RobertaModel(RobertaConfig(vocab_size=len(tokenizer), **ROBERTA)), seed), tokenizer


def plain(made, folder):
    model, tokenizer = made
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save(name, made, rest, longest, finish=lambda folder: None):
    folder, scratch = HERE / name, Path("/tmp/goldens-plain")
    for old in [folder, scratch]:
        shutil.rmtree(old, ignore_errors=True)
    reader = Transformer(str(plain(made, scratch)), max_seq_length=longest)
    model = SentenceTransformer(modules=[reader, *rest], device="cpu").eval()
    vectors = model.encode(ALL_TEXTS, batch_size=4)
    model.save(str(folder), create_model_card=False)
    finish(folder)
    again = SentenceTransformer(str(folder), device="cpu").encode(ALL_TEXTS)
    assert abs(vectors - again).max() < 1e-6
    expected = [{"text": text, "vector": [round(float(x), 7) for x in v]} for text, v in zip(ALL_TEXTS, vectors)]
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def as_before_6(folder):
    """Other names of modules and options, the transformer in a folder of its own."""
    modules = json.loads((folder / "modules.json").read_text())
    inner = folder / "0_Transformer"
    inner.mkdir()
    for file in list(folder.iterdir()):
        if file.is_file() and file.name not in ("modules.json", "config_sentence_transformers.json"):
            file.rename(inner / file.name)
    for module in modules:
        module["type"] = "sentence_transformers.models." + module["type"].split(".")[-1]
    modules[0]["path"] = "0_Transformer"
    (folder / "modules.json").write_text(json.dumps(modules, indent=2))
    # Lengths stood in a file of their own.
    (inner / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 30, "do_lower_case": False}))
    rules = json.loads((inner / "tokenizer_config.json").read_text())
    (inner / "tokenizer_config.json").write_text(json.dumps({**rules, "model_max_length": 512}, indent=2))
    pooling = folder / "1_Pooling/config.json"
    modes = json.loads(pooling.read_text())["pooling_mode"]
    keys = {"cls": "cls_token", "mean": "mean_tokens", "max": "max_tokens", "mean_sqrt_len_tokens": "mean_sqrt_len_tokens"}
    old = {f"pooling_mode_{key}": mode in modes for mode, key in keys.items()}
    pooling.write_text(json.dumps({"word_embedding_dimension": 12, **old}))


torch.manual_seed(9)
with torch.no_grad():
    save("mean", bert(11), [Pooling(12, "mean"), Normalize()], 24)
    dense = Dense(16, 5)
    residual = Dense(5, 5, bias=False, activation_function=None)
    save("dense", roberta(12), [Pooling(16, "cls"), dense, residual], 20)
    save("old", bert(13), [Pooling(12, ("cls", "max", "mean", "mean_sqrt_len_tokens"))], 30, as_before_6)
