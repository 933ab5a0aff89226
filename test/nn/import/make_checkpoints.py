"""Makes the small random checkpoints beside this file, with what transformers computes from them.

    pip install torch transformers safetensors tokenizers
    python test/nn/import/make_checkpoints.py

Each folder of `checkpoints/` is as `save_pretrained` writes it, plus `expected.json` (texts, ids, generated tokens)
and `expected.safetensors` (inputs and outputs of the network). Made with torch 2.13 and transformers 5.23.
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForPreTraining,
    BertModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
    RobertaModel,
    T5Config,
    T5ForConditionalGeneration,
)
from transformers.models.t5.modeling_t5 import T5Attention

HERE = Path(__file__).parent / "checkpoints"

# What the tokenizers learn from: of our own writing.
CORPUS = [
    "int sum(int *values, int count) { int total = 0; for (int i = 0; i < count; i++) total += values[i]; return total; }",
    "Adds up all the values of an array and returns the total.",
    "static void copy(char *to, const char *from) { while ((*to++ = *from++)) ; }",
    "Copies a string of characters to another place, the terminating zero included.",
    "mov rax, qword ptr [rbp - 0x10]; add rax, rcx; cmp rax, 0x20; jne loop; ret",
    "Returns true when the list is empty; the caller owns the list and must free it.",
    "if (file == NULL) { perror(name); return -1; } read the header, then close the file",
]

TEXTS = [
    "returns the total of all values",
    "while (i < count) total += values[i];",
    "mov rax, 0x20",
]
# What tokenizers stumble over: case, accents, tabs and runs of spaces, other scripts, emoji, special tokens, nothing.
ODD_TEXTS = [
    "",
    " ",
    "  two  spaces\tand\n\nlines ",
    "Déjà-vu, NAÏVE café",
    "x86_64's 12345 != 0xFF",
    "漢字 and кириллица",
    "an emoji 🙂 here",
    "a <mask> or [MASK] inside</s> the text",
    "don't we'll it's",
]


def byte_level(size):
    """As of RoBERTa, and of CodeT5."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=48,
    )


def word_piece(size):
    """As of BERT, lower case."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        model_max_length=48,
    )


def unigram(size):
    """As of T5: pieces with a score, spaces as a visible sign."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\t", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=size, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="</s>", pad_token="<pad>", unk_token="<unk>", model_max_length=48
    )


def randomize(model, seed, spread=0.3):
    """Weights large enough that a mistake in any of them shows in the output."""
    torch.manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape)
        norm = "norm" in name.lower() and name.endswith("weight")
        parameter.data = 1 + 0.2 * noise if norm else spread * noise
    return model.eval()


def tokenizer_cases(tokenizer):
    """Texts with the ids and the way back, and pairs cut to a length."""
    single = [
        {"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)}
        for text in TEXTS + ODD_TEXTS
        for ids in [tokenizer(text)["input_ids"]]
    ]
    batch = dict(tokenizer(TEXTS, padding=True, truncation=True, max_length=12, return_token_type_ids=True))
    pairs = dict(
        tokenizer(
            TEXTS[:2], TEXTS[1:], padding=True, truncation="longest_first", max_length=16, return_token_type_ids=True
        )
    )
    return {"single": single, "batch": batch, "pairs": pairs}


def save(name, model, tokenizer, expected, tensors, **options):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **options)
    for extra in ["generation_config.json"]:
        (folder / extra).unlink(missing_ok=True)
    tokenizer.save_pretrained(folder)
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "expected.safetensors")
    expected["tokenizer"] = tokenizer_cases(tokenizer)
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def inputs_of(tokenizer, texts=TEXTS, **options):
    return tokenizer(texts, padding=True, truncation=True, max_length=14, return_tensors="pt", **options)


ROBERTA = dict(
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=32,
    max_position_embeddings=50,
    type_vocab_size=1,
    layer_norm_eps=1e-5,
)


@torch.no_grad()
def roberta():
    """As CodeBERT, GraphCodeBERT and UniXcoder are stored: the bare encoder with its pooler."""
    tokenizer = byte_level(300)
    model = randomize(RobertaModel(RobertaConfig(vocab_size=len(tokenizer), **ROBERTA)), 1)
    x = inputs_of(tokenizer)
    y = model(x["input_ids"], attention_mask=x["attention_mask"])
    tensors = {"ids": x["input_ids"], "mask": x["attention_mask"], "hidden": y[0], "pooled": y[1]}
    save("roberta", model, tokenizer, {}, tensors)


@torch.no_grad()
def roberta_masked():
    """With the head of its pre-training, in several files, half precision."""
    tokenizer = byte_level(300)
    config = RobertaConfig(vocab_size=len(tokenizer), **ROBERTA)
    model = randomize(RobertaForMaskedLM(config), 2).to(torch.bfloat16)
    stored = model.state_dict()
    x = inputs_of(tokenizer)
    wide = RobertaForMaskedLM(config).eval()
    wide.load_state_dict({key: value.float() for key, value in stored.items()})
    y = wide(x["input_ids"], attention_mask=x["attention_mask"], output_hidden_states=True)
    tensors = {"ids": x["input_ids"], "mask": x["attention_mask"], "hidden": y.hidden_states[-1], "logits": y.logits}
    save("roberta-masked", model, tokenizer, {}, tensors, max_shard_size="12KB")


@torch.no_grad()
def bert():
    """Both heads of its pre-training; two segments."""
    tokenizer = word_piece(150)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=48,
        pad_token_id=0,
    )
    model = randomize(BertForPreTraining(config), 3)
    x = tokenizer(TEXTS[:2], TEXTS[1:], padding=True, truncation=True, max_length=20, return_tensors="pt",
                  return_token_type_ids=True)
    types, mask = x["token_type_ids"], x["attention_mask"]
    y = model.bert(x["input_ids"], attention_mask=mask, token_type_ids=types)
    logits = model(x["input_ids"], attention_mask=mask, token_type_ids=types).prediction_logits
    tensors = {"ids": x["input_ids"], "mask": mask, "types": types, "hidden": y[0], "pooled": y[1], "logits": logits}
    save("bert", model, tokenizer, {}, tensors)


@torch.no_grad()
def minilm():
    """A sentence transformer: the mean of what is there, of length one. Stored as float16."""
    tokenizer = word_piece(150)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=32,
        max_position_embeddings=48,
        pad_token_id=0,
    )
    model = randomize(BertModel(config), 4).to(torch.float16)
    wide = BertModel(config).eval()
    wide.load_state_dict({key: value.float() for key, value in model.state_dict().items()})
    x = inputs_of(tokenizer)
    hidden = wide(x["input_ids"], attention_mask=x["attention_mask"])[0]
    there = x["attention_mask"][:, :, None].float()
    mean = (hidden * there).sum(1) / there.sum(1).clamp(min=1e-9)
    sentence = torch.nn.functional.normalize(mean, dim=1)
    tensors = {"ids": x["input_ids"], "mask": x["attention_mask"], "hidden": hidden, "sentence": sentence}
    save("minilm", model, tokenizer, {}, tensors)


GENERATIONS = {
    "greedy": dict(max_length=20),
    "greedy, long, without repeats": dict(max_length=20, min_length=12, no_repeat_ngram_size=2),
    "beams": dict(max_length=20, num_beams=5, length_penalty=1.0),
    "beams, short": dict(max_length=20, num_beams=5, length_penalty=0.6),
    "beams, all of them": dict(max_length=16, num_beams=5, num_return_sequences=5, length_penalty=2.0),
    "beams, early": dict(max_length=20, num_beams=3, early_stopping=True),
    "beams, long, without repeats": dict(max_length=20, num_beams=5, min_length=10, no_repeat_ngram_size=3),
}


@torch.no_grad()
def generated(model, x):
    cases = []
    for name, options in GENERATIONS.items():
        beams = options.get("num_beams", 1) > 1
        y = model.generate(
            **x, do_sample=False, return_dict_in_generate=True, output_scores=True, **options
        )
        scores = y.sequences_scores.tolist() if beams else None
        cases.append({"name": name, "options": options, "sequences": y.sequences.tolist(), "scores": scores})
    return cases


@torch.no_grad()
def t5_model(name, tokenizer, seed, ends, untied, **options):
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        num_heads=4,
        num_layers=2,
        relative_attention_num_buckets=8,
        relative_attention_max_distance=20,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
        **options,
    )
    model = randomize(T5ForConditionalGeneration(config), seed)
    # A random network seldom ends by itself; ending is half of what beam search is about.
    model.shared.weight[tokenizer.eos_token_id] *= ends
    if untied:
        model = with_output_table(model)
    x = inputs_of(tokenizer, return_token_type_ids=False)
    target = inputs_of(tokenizer, TEXTS[::-1], return_token_type_ids=False)
    fed = model._shift_right(target["input_ids"])
    y = model(**x, decoder_input_ids=fed, output_hidden_states=True)
    tensors = {
        "ids": x["input_ids"],
        "mask": x["attention_mask"],
        "target": fed,
        "memory": y.encoder_last_hidden_state,
        "hidden": y.decoder_hidden_states[-1],
        "logits": y.logits,
        **gradients_of(model, x, fed),
    }
    save(name, model, tokenizer, {"generated": generated(model, x)}, tensors)


@torch.enable_grad()
def gradients_of(model, x, fed):
    """Of the mean square of the logits, by some parameters of each kind, as PyTorch keeps them."""
    model.zero_grad()
    model(**x, decoder_input_ids=fed).logits.square().mean().backward()
    parts = ["relative_attention_bias", "encoder.block.0.layer.0.layer_norm", "encoder.block.1.layer.1.DenseReluDense"]
    return {
        f"gradient of {name}": parameter.grad
        for name, parameter in model.named_parameters()
        if any(part in name for part in parts) or name == "shared.weight"
    }


def with_output_table(model):
    """As T5 from version 1.1 on is stored: transformers 5 itself writes tied tables only, and reads both."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        file = Path(folder, "model.safetensors")
        table = model.shared.weight + 0.3 * torch.randn(model.shared.weight.shape)
        save_file({**load_file(file), "lm_head.weight": table}, file, metadata={"format": "pt"})
        config = json.loads(Path(folder, "config.json").read_text())
        del config["scale_decoder_outputs"]
        Path(folder, "config.json").write_text(json.dumps({**config, "tie_word_embeddings": False}))
        return T5ForConditionalGeneration.from_pretrained(folder).eval()


def t5():
    """The original: a ReLU, one table of embeddings for all, logits scaled. Pieces of Unigram."""
    t5_model("t5", unigram(120), 5, 1.4, False, d_kv=4, d_ff=32, feed_forward_proj="relu")


def t5_gated():
    """Version 1.1 in its ways: gated GELU, an output table of its own, heads wider than the model; BPE as CodeT5."""
    t5_model("t5-gated", byte_level(280), 6, 2.5, True, d_kv=8, d_ff=24, num_decoder_layers=1,
             feed_forward_proj="gated-gelu")


def buckets():
    """Relative positions of T5 in buckets, for the sizes of the real models and of ours."""
    distance = torch.arange(-300, 301)
    cases = [
        {
            "buckets": count,
            "longest": longest,
            "bidirectional": both,
            "values": T5Attention._relative_position_bucket(distance, both, count, longest).tolist(),
        }
        for count, longest in [(32, 128), (8, 20), (64, 256)]
        for both in [True, False]
    ]
    (HERE / "buckets.json").write_text(json.dumps({"first": -300, "cases": cases}) + "\n")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for make in [roberta, roberta_masked, bert, minilm, t5, t5_gated, buckets]:
        make()
