"""PyTorch's side of one case: torch_train.py CASE FOLDER STEPS, one JSON line as answer.

The twin of each model in bench/cases, with the same initial weights, batches and optimiser. Settings are the
best that we found (docs/nn/benchmarks.md): two threads, OMP_WAIT_POLICY=passive (set by the caller), the fused
AdamW, scaled_dot_product_attention, inference_mode.
"""

import inspect
import json
import resource
import sys
import time

import numpy
import torch
import torch.nn.functional as F

torch.set_num_threads(2)
# Gradients that die out over many steps become denormal numbers, which can make a step eight times as long.
torch.set_flush_denormal(True)
case, folder, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])

raw = numpy.fromfile(f"{folder}/weights.bin", dtype=numpy.float32)
P = {}
for name, entry in json.load(open(f"{folder}/weights.json")).items():
    start = entry["offset"] // 4
    data = raw[start : start + entry["size"]].reshape(entry["shape"])
    P[name] = torch.from_numpy(data.copy())
description = json.load(open(f"{folder}/case.json"))
S = description["sizes"]


def read_batch(index):
    batch = {}
    for name, entry in description["batches"][index].items():
        data = numpy.fromfile(f"{folder}/{entry['file']}", dtype=entry["dtype"]).reshape(entry["shape"])
        tensor = torch.from_numpy(data)
        batch[name] = tensor.long() if entry["dtype"] == "int32" else tensor
    return batch


batches = [read_batch(i) for i in range(len(description["batches"]))]


class Linear(torch.nn.Linear):
    """torch.nn.Linear with our [inputs, outputs] weight turned."""

    def __init__(self, path):
        weight = P[f"{path}.weight"]
        super().__init__(weight.shape[0], weight.shape[1], bias=f"{path}.bias" in P)
        with torch.no_grad():
            self.weight.copy_(weight.t())
            if self.bias is not None:
                self.bias.copy_(P[f"{path}.bias"])


class Norm(torch.nn.LayerNorm):
    def __init__(self, path):
        super().__init__(P[f"{path}.scale"].shape[0])
        with torch.no_grad():
            self.weight.copy_(P[f"{path}.scale"])
            self.bias.copy_(P[f"{path}.bias"])


def embedding(path):
    return torch.nn.Embedding.from_pretrained(P[f"{path}.weight"].clone(), freeze=False)


def heads(x, count):
    batch, length, width = x.shape
    return x.view(batch, length, count, width // count).transpose(1, 2)


def attend(q, k, v, bias, causal):
    """Scaled dot-product attention, which PyTorch has as one kernel since 2.0."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=bias, is_causal=causal)
    scores = q @ k.transpose(-2, -1) * (q.shape[-1] ** -0.5)
    if causal:
        scores = scores + torch.full(scores.shape[-2:], float("-inf")).triu(1)
    return (scores if bias is None else scores + bias).softmax(-1) @ v


class Attention(torch.nn.Module):
    def __init__(self, path, count):
        super().__init__()
        self.count = count
        self.query, self.key = Linear(f"{path}.query"), Linear(f"{path}.key")
        self.value, self.output = Linear(f"{path}.value"), Linear(f"{path}.output")

    def forward(self, x, context, bias, causal=False):
        q, k = heads(self.query(x), self.count), heads(self.key(context), self.count)
        v = heads(self.value(context), self.count)
        y = attend(q, k, v, bias, causal)
        return self.output(y.transpose(1, 2).reshape(x.shape))


class Block(torch.nn.Module):
    """Norm after each part; a decoder's block when the weights have a cross attention."""

    def __init__(self, path, count):
        super().__init__()
        self.attention, self.norm1 = Attention(f"{path}.attention", count), Norm(f"{path}.attention.norm")
        self.cross = f"{path}.cross.query.weight" in P
        if self.cross:
            self.crossed, self.norm2 = Attention(f"{path}.cross", count), Norm(f"{path}.cross.norm")
        self.inner, self.outer = Linear(f"{path}.feedForward.inner"), Linear(f"{path}.feedForward.output")
        self.norm3 = Norm(f"{path}.feedForward.norm")

    def forward(self, x, bias=None, memory=None, memory_bias=None, causal=False):
        x = self.norm1(x + self.attention(x, x, bias, causal))
        if self.cross:
            x = self.norm2(x + self.crossed(x, memory, memory_bias))
        return self.norm3(x + self.outer(F.gelu(self.inner(x))))


def padding_bias(mask):
    return ((1 - mask) * -1e9)[:, None, None, :]


class Encoder(torch.nn.Module):
    """Words, positions, blocks, mean over the real positions."""

    def __init__(self, path, layers, count):
        super().__init__()
        at = lambda part: f"{path}.{part}" if path else part
        self.words, self.positions = embedding(at("words")), torch.nn.Parameter(P[at("positions.weight")])
        self.norm = Norm(at("norm"))
        self.blocks = torch.nn.ModuleList([Block(at(f"encoder.{i}"), count) for i in range(layers)])

    def states(self, tokens, mask):
        x = self.norm(self.words(tokens) + self.positions[: tokens.shape[1]])
        bias = padding_bias(mask)
        for block in self.blocks:
            x = block(x, bias)
        return x

    def forward(self, tokens, mask):
        weights = mask[:, :, None]
        return (self.states(tokens, mask) * weights).sum(1) / weights.sum(1)


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder("", S["layers"], S["heads"])
        self.classifier = Linear("classifier")

    def forward(self, batch):
        return self.classifier(self.encoder(batch["tokens"], batch["mask"]))

    def loss(self, batch):
        return F.cross_entropy(self(batch), batch["labels"])


class Head(torch.nn.Module):
    def __init__(self, path):
        super().__init__()
        self.projection, self.output = Linear(f"{path}.projection"), Linear(f"{path}.output")
        self.norm = Norm(f"{path}.norm")

    def forward(self, x):
        p = self.projection(x)
        return self.norm(p + self.output(F.gelu(p)))


class Clip(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.code, self.text = (Encoder(side, S["layers"], S["heads"]) for side in ("code", "text"))
        self.code_head, self.text_head = Head("code.head"), Head("text.head")

    def loss(self, batch):
        images = self.code_head(self.code(batch["code"], batch["codeMask"]))
        texts = self.text_head(self.text(batch["text"], batch["textMask"]))
        logits = texts @ images.t()
        targets = F.softmax((images @ images.t() + texts @ texts.t()) / 2, dim=-1)
        rows = (-targets * F.log_softmax(logits, dim=-1)).sum(1)
        columns = (-targets.t() * F.log_softmax(logits.t(), dim=-1)).sum(1)
        return ((rows + columns) / 2).mean()


class Seq2Seq(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.source = Encoder("source", S["layers"], S["heads"])
        self.words = embedding("target.words")
        self.positions = torch.nn.Parameter(P["target.positions.weight"])
        self.norm = Norm("target.norm")
        self.blocks = torch.nn.ModuleList(
            [Block(f"target.decoder.{i}", S["heads"]) for i in range(S["layers"])]
        )
        self.output = Linear("output")

    def loss(self, batch):
        memory = self.source.states(batch["source"], batch["sourceMask"])
        x = self.norm(self.words(batch["target"]) + self.positions)
        bias = padding_bias(batch["sourceMask"])
        for block in self.blocks:
            x = block(x, memory=memory, memory_bias=bias, causal=True)
        return F.cross_entropy(self.output(x).flatten(0, 1), batch["next"].flatten())


def recurrent(kind, path):
    """torch.nn.GRU or LSTM with our weights: ours are [inputs, outputs], with the gates in ONNX's order."""
    order = {"GRU": (1, 0, 2), "LSTM": (0, 2, 3, 1)}[kind]
    inputs, gates = P[f"{path}.input.weight"].shape
    module = getattr(torch.nn, kind)(inputs, gates // len(order))
    with torch.no_grad():
        for ours, theirs in (("input", "ih"), ("recurrent", "hh")):
            for what in ("weight", "bias"):
                parts = P[f"{path}.{ours}.{what}"].t().chunk(len(order))
                getattr(module, f"{what}_{theirs}_l0").copy_(torch.cat([parts[i] for i in order]))
    return module


class Recurrent(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.classifier = embedding("words"), Linear("classifier")
        self.layer = recurrent("GRU" if case == "gru-train" else "LSTM", "layer.0.forward")

    def loss(self, batch):
        states, _ = self.layer(self.words(batch["tokens"]))
        return F.cross_entropy(self.classifier(states.mean(0)), batch["labels"])


class Structure2vec(torch.nn.Module):
    """
    All graphs at once, without padding, the sum over neighbours as a product with a sparse matrix: 13 ms where adding
    along edges (index_add) takes 15, and products of dense blocks as ours 16.
    """

    def __init__(self):
        super().__init__()
        self.node, self.output = Linear("graphs.node"), Linear("graphs.output")
        self.message = torch.nn.ModuleList([Linear(f"graphs.message.{i}") for i in range(S["depth"])])
        self.batches = {}

    def prepare(self, batch):
        """What a loader of data does: nodes without the padding, edges as a matrix, the graph of each node."""
        blocks, room, width = batch["nodes"].shape
        graph = batch["members"].argmax(0)
        real = batch["members"].sum(0) > 0
        number = torch.cumsum(real, 0) - 1
        block, node, neighbour = batch["adjacency"].nonzero(as_tuple=True)
        counts = batch["adjacency"][block, node, neighbour]
        edges = torch.stack([number[block * room + node], number[block * room + neighbour]])
        nodes = batch["nodes"].flatten(0, 1)[real]
        adjacency = torch.sparse_coo_tensor(edges, counts, (len(nodes), len(nodes))).to_sparse_csr()
        return nodes, adjacency, graph[real], len(batch["members"])

    def loss(self, batch):
        if id(batch) not in self.batches:
            self.batches[id(batch)] = self.prepare(batch)
        nodes, adjacency, graph, count = self.batches[id(batch)]
        own = self.node(nodes)
        states = torch.tanh(own)
        for _ in range(S["rounds"] - 1):
            heard = adjacency @ states
            for i, layer in enumerate(self.message):
                heard = layer(torch.relu(heard) if i > 0 else heard)
            states = torch.tanh(own + heard)
        a, b = self.output(states.new_zeros(count, states.shape[1]).index_add(0, graph, states)).chunk(2)
        return ((F.cosine_similarity(a, b) - batch["labels"]) ** 2).mean()


class Safe(torch.nn.Module):
    """
    Backward, each sequence is turned within its length. Packed sequences give the same in 690 ms instead of 270, for a
    step of a packed batch is a slice of its own, of which the gradient is a copy of the whole.
    """

    def __init__(self):
        super().__init__()
        self.words = embedding("words")
        self.ahead, self.back = recurrent("GRU", "layer.0.forward"), recurrent("GRU", "layer.0.backward")
        self.hidden, self.hops = Linear("attention.inner"), Linear("attention.hops")
        self.inner, self.output = Linear("inner"), Linear("output")

    def loss(self, batch):
        lengths, words = batch["lengths"], self.words(batch["tokens"])
        steps = torch.arange(len(words))[:, None]
        there = steps < lengths
        turned = torch.where(there, lengths - 1 - steps, steps)[:, :, None]
        ahead = self.ahead(words)[0]
        back = self.back(words.gather(0, turned.expand_as(words)))[0]
        back = back.gather(0, turned.expand_as(back))
        states = (torch.cat([ahead, back], 2) * there[:, :, None]).transpose(0, 1)
        scores = self.hops(torch.tanh(self.hidden(states))).transpose(1, 2)
        weights = scores.masked_fill(~there.t()[:, None], -1e9).softmax(-1)
        penalty = torch.linalg.norm(weights @ weights.transpose(1, 2) - torch.eye(S["hops"]))
        a, b = self.output(torch.relu(self.inner((weights @ states).flatten(1)))).chunk(2)
        return (((a * b).sum(1) - batch["labels"]) ** 2).sum() + penalty


MODELS = {
    "structure2vec-train": Structure2vec,
    "safe-train": Safe,
    "gru-train": Recurrent,
    "lstm-train": Recurrent,
    "transformer-train": Classifier,
    "clip-train": Clip,
    "seq2seq-train": Seq2Seq,
    "transformer-infer-1": Classifier,
    "transformer-infer-32": Classifier,
}

model = MODELS[case]()
milliseconds, values = [], []
if description["inference"]:
    model.eval()
    with torch.inference_mode():
        for i in range(steps):
            began = time.perf_counter()
            out = model(batches[i % len(batches)])
            milliseconds.append((time.perf_counter() - began) * 1e3)
            values.append(out.flatten()[0].item())
else:
    # Debian's 1.13 has no fused AdamW; the one over lists of tensors is its fastest.
    newer = "fused" in inspect.signature(torch.optim.AdamW.__init__).parameters
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=description["learningRate"],
        weight_decay=description["weightDecay"],
        **({"fused": True} if newer else {"foreach": True}),
    )
    for i in range(steps):
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = model.loss(batches[i % len(batches)])
        loss.backward()
        optimizer.step()
        values.append(loss.item())
        milliseconds.append((time.perf_counter() - began) * 1e3)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"milliseconds": milliseconds, "values": values, "peakMemory": peak, "torch": torch.__version__}))
