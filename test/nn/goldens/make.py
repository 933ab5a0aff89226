"""Values and gradients of PyTorch for the layers and losses of src/nn, for goldens.test.ts.

    python -m venv venv && venv/bin/pip install torch==2.13.0
    venv/bin/python test/nn/goldens/make.py && npx prettier --write test/nn/goldens/*.json

Writes layers.json, losses.json, recurrent.json, graphs.json and contrabin.json beside itself. Everything is computed in float64, from inputs that are float32.
A case has inputs, weights by the names that our layers give them, outputs, and gradients of the sum of all outputs
times `directions`. Weights of linear layers are transposed: ours are [inputs, outputs].
"""

import json
import math
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
torch.use_deterministic_algorithms(True)

WIDTH, HEADS, INNER = 8, 2, 12
PADDING = torch.tensor([[1, 1, 1, 1, 0], [1, 1, 1, 0, 0]])


def draw(*shape, scale=1.0):
    return (torch.randn(shape) * scale).float().double()


def plain(tensor):
    """A tensor as JSON holds it: eight digits, which is more than float32 has."""
    if tensor.dtype == torch.bool:
        tensor = tensor.long()
    kind = "float32" if tensor.is_floating_point() else "int64"
    values = tensor.detach().flatten().tolist()
    return {
        "dtype": kind,
        "shape": list(tensor.shape),
        "data": [float(f"{v:.8g}") if kind == "float32" else v for v in values],
    }


def spread(module):
    """Gives a module's parameters values that hide nothing: no zeros and no ones."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            center = 1.0 if "norm" in name and name.endswith("weight") else 0.0
            parameter.copy_(center + draw(*parameter.shape, scale=0.4))
    return module


def linear(name, module):
    """Our names for a linear layer: (tensor, how its gradient is turned)."""
    found = {f"{name}.weight": (module.weight, lambda t: t.T)}
    if module.bias is not None:
        found[f"{name}.bias"] = (module.bias, lambda t: t)
    return found


def norm(name, module):
    return {f"{name}.scale": (module.weight, lambda t: t), f"{name}.bias": (module.bias, lambda t: t)}


def part(index):
    """One third of what PyTorch keeps in one tensor: query, key, value."""
    return lambda t: t.chunk(3)[index].T


def attention(name, module):
    found = linear(f"{name}.output", module.out_proj)
    for i, which in enumerate(("query", "key", "value")):
        if module.in_proj_weight is not None:
            found[f"{name}.{which}.weight"] = (module.in_proj_weight, part(i))
        else:
            own = (module.q_proj_weight, module.k_proj_weight, module.v_proj_weight)[i]
            found[f"{name}.{which}.weight"] = (own, lambda t: t.T)
        found[f"{name}.{which}.bias"] = (module.in_proj_bias, lambda t, i=i: t.chunk(3)[i])
    return found


def block(name, layer, decoder):
    found = attention(f"{name}.attention", layer.self_attn) | norm(f"{name}.attention.norm", layer.norm1)
    if decoder:
        found |= attention(f"{name}.cross", layer.multihead_attn) | norm(f"{name}.cross.norm", layer.norm2)
    last = layer.norm3 if decoder else layer.norm2
    found |= linear(f"{name}.feedForward.inner", layer.linear1)
    found |= linear(f"{name}.feedForward.output", layer.linear2)
    return found | norm(f"{name}.feedForward.norm", last)


def case(name, inputs, weights, forward, options=None):
    """Runs a case. `weights`: our name -> (parameter, how to turn it); `forward`: inputs -> tensor or tensors."""
    fed = {}
    for key, value in inputs.items():
        fed[key] = value.clone().requires_grad_() if value.is_floating_point() else value
    outputs = forward(*fed.values())
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    directions = [draw(*y.shape) for y in outputs]
    sum((y * d).sum() for y, d in zip(outputs, directions)).backward()
    gradients = {key: plain(value.grad) for key, value in fed.items() if value.grad is not None}
    for key, (parameter, turn) in weights.items():
        gradients[key] = plain(turn(parameter.grad).contiguous())
    return {
        "name": name,
        "options": options or {},
        "inputs": {key: plain(value) for key, value in inputs.items()},
        "weights": {key: plain(turn(p.detach()).contiguous()) for key, (p, turn) in weights.items()},
        "outputs": [plain(y) for y in outputs],
        "directions": [plain(d) for d in directions],
        "gradients": gradients,
    }


def simple_layers():
    x = draw(2, 3, 4)
    module = spread(nn.Linear(4, 3))
    yield case("linear", {"x": x}, linear("layer", module), module)
    module = spread(nn.Linear(4, 3, bias=False))
    yield case("linear", {"x": x}, linear("layer", module), module, {"bias": False})
    module = nn.LayerNorm(4)
    with torch.no_grad():
        module.weight.copy_(draw(4) + 1)
        module.bias.copy_(draw(4))
    yield case("layerNorm", {"x": x * 3}, norm("layer", module), module)
    module = nn.RMSNorm(4, eps=1e-6)
    with torch.no_grad():
        module.weight.copy_(draw(4) + 1)
    yield case("rmsNorm", {"x": x * 3}, {"layer.scale": (module.weight, lambda t: t)}, module)
    wide = torch.linspace(-6, 6, 25).float().double()
    yield case("gelu", {"x": wide}, {}, F.gelu)
    yield case("geluTanh", {"x": wide}, {}, lambda x: F.gelu(x, approximate="tanh"))
    module = spread(nn.Embedding(3, 4))
    ids = torch.tensor([[0, 1, 0, 0, 2, 0, 1], [0, 0, 0, 0, 0, 0, 0]])
    weights = {"layer.weight": (module.weight, lambda t: t)}
    yield case("embedding", {"ids": ids}, weights, module)


def attentions():
    x, mask = draw(2, 5, WIDTH), PADDING
    later = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1)
    for causal, padded in ((False, False), (True, False), (False, True), (True, True)):
        module = spread(nn.MultiheadAttention(WIDTH, HEADS, batch_first=True))

        def forward(x, mask):
            return module(
                x,
                x,
                x,
                key_padding_mask=mask == 0 if padded else None,
                attn_mask=later if causal else None,
                need_weights=False,
            )[0]

        options = {"causal": causal, "padded": padded}
        yield case("attention", {"x": x, "mask": mask}, attention("layer", module), forward, options)

    module = spread(nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, kdim=6, vdim=6))

    def cross(x, context, mask):
        return module(x, context, context, key_padding_mask=mask == 0, need_weights=False)[0]

    inputs = {"x": draw(2, 3, WIDTH), "context": draw(2, 5, 6), "mask": mask}
    yield case("crossAttention", inputs, attention("layer", module), cross)


def transformers():
    mask = PADDING
    for before, activation in ((True, "gelu"), (False, "relu")):
        options = {"norm": "before" if before else "after", "activation": activation}
        settings = {"dropout": 0.0, "batch_first": True, "norm_first": before, "activation": activation}
        last = nn.LayerNorm(WIDTH) if before else None
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, INNER, **settings)
        module = spread(nn.TransformerEncoder(layer, 2, norm=last, enable_nested_tensor=False))
        weights = norm("layer.norm", module.norm) if before else {}
        for i, part_ in enumerate(module.layers):
            weights |= block(f"layer.{i}", part_, False)

        def encode(x, mask):
            return module(x, src_key_padding_mask=mask == 0)

        yield case("encoder", {"x": draw(2, 5, WIDTH), "mask": mask}, weights, encode, options)

        last = nn.LayerNorm(WIDTH) if before else None
        layer = nn.TransformerDecoderLayer(WIDTH, HEADS, INNER, **settings)
        decoder = spread(nn.TransformerDecoder(layer, 1, norm=last))
        weights = norm("layer.norm", decoder.norm) if before else {}
        weights |= block("layer.0", decoder.layers[0], True)
        later = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1)

        def decode(x, memory, mask):
            return decoder(x, memory, tgt_mask=later, memory_key_padding_mask=mask == 0)

        inputs = {"x": draw(2, 3, WIDTH), "memory": draw(2, 5, WIDTH), "mask": mask}
        yield case("decoder", inputs, weights, decode, options)


def pools():
    x, mask = draw(2, 5, 4), PADDING
    inputs = {"x": x, "mask": mask}
    there = mask.unsqueeze(-1)
    yield case("maskedMean", inputs, {}, lambda x, mask: (x * there).sum(1) / there.sum(1))
    yield case("maskedMax", inputs, {}, lambda x, mask: x.masked_fill(there == 0, -math.inf).amax(1))
    yield case("firstPosition", inputs, {}, lambda x, mask: x[:, 0])

    query = draw(1, 4).requires_grad_()

    def single(x, mask):
        scores = (x @ query[0] / 2).masked_fill(mask == 0, -math.inf)
        return (scores.softmax(-1).unsqueeze(-1) * x).sum(1)

    yield case("attentionPooling", inputs, {"layer.query": (query, lambda t: t)}, single)

    inner, hops = spread(nn.Linear(4, 6, bias=False)), spread(nn.Linear(6, 3, bias=False))

    def attentive(x, mask):
        scores = hops(torch.tanh(inner(x))).transpose(1, 2)
        weights = scores.masked_fill((mask == 0).unsqueeze(1), -math.inf).softmax(-1)
        penalty = torch.linalg.norm(weights @ weights.transpose(1, 2) - torch.eye(3))
        return weights @ x, weights, penalty

    weights = linear("layer.inner", inner) | linear("layer.hops", hops)
    yield case("selfAttentivePooling", inputs, weights, attentive)


class Projection(nn.Module):
    """The head of SimpleCLIP."""

    def __init__(self):
        super().__init__()
        self.projection, self.output, self.norm = nn.Linear(6, 4), nn.Linear(4, 4), nn.LayerNorm(4)

    def forward(self, x):
        projected = self.projection(x)
        return self.norm(projected + self.output(F.gelu(projected)))


def heads():
    x = draw(3, 6)
    module = spread(Projection())
    weights = linear("layer.projection", module.projection) | linear("layer.output", module.output)
    yield case("projectionHead", {"x": x}, weights | norm("layer.norm", module.norm), module)
    dense, output = spread(nn.Linear(6, 6)), spread(nn.Linear(6, 4))
    weights = linear("layer.dense", dense) | linear("layer.output", output)
    yield case("classificationHead", {"x": x}, weights, lambda x: output(torch.tanh(dense(x))))
    places = torch.arange(7).unsqueeze(1)
    rates = torch.exp(torch.arange(0, 6, 2) * (-math.log(10000.0) / 6))
    table = torch.zeros(7, 6)
    table[:, 0::2], table[:, 1::2] = torch.sin(places * rates), torch.cos(places * rates)
    yield case("sinusoidalPositions", {"x": draw(2, 7, 6)}, {}, lambda x: x + table)


def entropies():
    logits, targets = draw(7, 4, scale=2), torch.tensor([0, 3, 1, 1, 2, 1, 0])
    holes = torch.tensor([0, -100, 1, 1, -100, 3, 2])
    factors = [0.2, 1.0, 3.0, 0.7]
    for weighted in (False, True):
        for smoothing in (0.0, 0.1):
            for ignored in (False, True):
                options = {"labelSmoothing": smoothing}
                options |= {"classWeights": factors} if weighted else {}
                options |= {"ignoreIndex": -100} if ignored else {}
                loss = nn.CrossEntropyLoss(
                    weight=torch.tensor(factors) if weighted else None, label_smoothing=smoothing
                )
                inputs = {"logits": logits, "targets": holes if ignored else targets}
                yield case("crossEntropy", inputs, {}, lambda logits, targets: loss(logits, targets), options)
    inputs = {"logits": draw(3, 4, scale=4), "targets": torch.rand(3, 4).float().double()}
    yield case("binaryCrossEntropy", inputs, {}, F.binary_cross_entropy_with_logits)
    positive, columns = [0.5, 1.0, 2.0, 4.0], [1.0, 0.3, 2.0, 0.1]

    def weighed(logits, targets):
        return F.binary_cross_entropy_with_logits(
            logits, targets, weight=torch.tensor(columns), pos_weight=torch.tensor(positive)
        )

    options = {"positiveWeight": positive, "weights": columns}
    yield case("binaryCrossEntropy", inputs, {}, weighed, options)


def pairs():
    a, b, c = draw(6, 5), draw(6, 5), draw(6, 5)
    labels = torch.tensor([1.0, -1.0, -1.0, 1.0, 1.0, -1.0])
    for margin in (0.0, 0.3):
        loss = nn.CosineEmbeddingLoss(margin=margin)

        def embedding(a, b):
            return loss(a, b, labels)

        yield case("cosineEmbedding", {"a": a, "b": b}, {}, embedding, {"margin": margin})

    def gemini(a, b):
        return ((F.cosine_similarity(a, b) - labels) ** 2).mean()

    yield case("cosineSquaredError", {"a": a, "b": b}, {}, gemini)
    yield case("meanSquaredError", {"a": a, "b": b}, {}, F.mse_loss)
    for margin in (0.3, 1.0, 5.0):
        loss = nn.TripletMarginLoss(margin=margin)

        def triplet(a, b, c):
            return loss(a, b, c)

        yield case("tripletMargin", {"a": a, "b": b, "c": c}, {}, triplet, {"margin": margin})


def contrasts():
    a, b = draw(6, 5), draw(6, 5)
    for symmetric in (True, False):
        for normalize in (True, False):

            def nce(a, b):
                q, k = (F.normalize(a, dim=1), F.normalize(b, dim=1)) if normalize else (a, b)
                logits = q @ k.T / 0.2
                right = torch.arange(6)
                there = F.cross_entropy(logits, right)
                return (there + F.cross_entropy(logits.T, right)) / 2 if symmetric else there

            options = {"temperature": 0.2, "symmetric": symmetric, "normalize": normalize}
            yield case("infoNCE", {"a": a, "b": b}, {}, nce, options)

    labels = torch.tensor([3, 1, 3, 3, 1, 2])

    def supervised(a):
        z = F.normalize(a, dim=1)
        losses = []
        for i in range(6):
            others = [j for j in range(6) if j != i]
            positives = [j for j in others if labels[j] == labels[i]]
            if positives:
                bottom = torch.logsumexp(torch.stack([z[i] @ z[j] / 0.1 for j in others]), 0)
                losses.append(-sum(z[i] @ z[j] / 0.1 - bottom for j in positives) / len(positives))
        return torch.stack(losses).mean()

    yield case("supervisedContrastive", {"a": a}, {}, supervised, {"temperature": 0.1})

    # SimpleCLIP, as released: cross entropy of the logits and of their transpose with the targets and theirs.
    for temperature in (1.0, 0.5):

        def soft_clip(a, b):
            logits = b @ a.T / temperature
            targets = F.softmax((a @ a.T + b @ b.T) / 2 * temperature, dim=-1)
            rows = (-targets * F.log_softmax(logits, dim=-1)).sum(1)
            columns = (-targets.T * F.log_softmax(logits.T, dim=-1)).sum(1)
            return ((rows + columns) / 2).mean()

        yield case("softClip", {"a": a, "b": b}, {}, soft_clip, {"temperature": temperature})


def gates(order):
    """PyTorch's weights of a recurrent layer as ours: the gates in ONNX's order, [inputs, outputs]."""

    def turn(t):
        parts = t.chunk(len(order))
        return torch.cat([parts[i] for i in order]).t()

    return turn


def recurrents():
    """In both directions sequences start at their own ends; PyTorch has them packed."""
    kinds = (("gru", nn.GRU, (1, 0, 2)), ("lstm", nn.LSTM, (0, 3, 1, 2)))
    for name, kind, order in kinds:
        for layers, both, started, lengths in (
            (1, False, False, None),
            (1, True, True, [2, 5, 1]),
            (2, True, True, [5, 3, 4]),
            (2, False, False, [1, 5, 5]),
        ):
            module = spread(kind(3, 4, num_layers=layers, bidirectional=both, batch_first=True))
            weights = {}
            for layer in range(layers):
                for side, suffix in (("forward", ""), ("backward", "_reverse"))[: 1 + both]:
                    for ours, theirs in (("input", "ih"), ("recurrent", "hh")):
                        for what in ("weight", "bias"):
                            parameter = getattr(module, f"{what}_{theirs}_l{layer}{suffix}")
                            weights[f"layer.{layer}.{side}.{ours}.{what}"] = (parameter, gates(order))
            inputs = {"x": draw(3, 5, 3)}
            if started:
                inputs["hidden"] = draw(layers * (1 + both), 3, 4)
                if name == "lstm":
                    inputs["cell"] = draw(layers * (1 + both), 3, 4)

            def forward(x, *states):
                start = (states if name == "lstm" else states[0]) if states else None
                if lengths is None:
                    outputs, ends = module(x, start)
                else:
                    packed = nn.utils.rnn.pack_padded_sequence(
                        x, torch.tensor(lengths), batch_first=True, enforce_sorted=False
                    )
                    outputs, ends = module(packed, start)
                    outputs, _ = nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True, total_length=5)
                return (outputs, *ends) if name == "lstm" else (outputs, ends)

            options = {"layers": layers, "bidirectional": both}
            options |= {} if lengths is None else {"lengths": lengths}
            yield case(name, inputs, weights, forward, options)


def graphs():
    """Gemini's structure2vec, a graph and an edge at a time; we have the graphs side by side in blocks of four nodes."""
    placed = [  # (block, first node, nodes, edges: a node and a neighbour)
        (0, 0, 3, [(0, 1), (1, 2), (2, 0), (2, 2)]),
        (0, 3, 1, []),
        (1, 0, 4, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 0), (0, 1)]),
    ]
    adjacency, members = torch.zeros(2, 4, 4).long(), torch.zeros(3, 8).long()
    for graph, (block, start, count, edges) in enumerate(placed):
        members[graph, block * 4 + start : block * 4 + start + count] = 1
        for node, neighbour in edges:
            adjacency[block, start + node, start + neighbour] += 1
    for depth, rounds in ((2, 5), (1, 1), (3, 2)):
        node, output = spread(nn.Linear(5, 6, bias=False)), spread(nn.Linear(6, 6, bias=False))
        message = [spread(nn.Linear(6, 6, bias=False)) for _ in range(depth)]

        def forward(nodes, adjacency, members):
            vectors = []
            for block, start, count, edges in placed:
                features = nodes[block, start : start + count]
                states = torch.zeros(count, 6)
                for _ in range(rounds):
                    sums = [torch.zeros(6) for _ in range(count)]
                    for v, u in edges:
                        sums[v] = sums[v] + states[u]
                    heard = torch.stack(sums)
                    for i, layer in enumerate(message):
                        heard = layer(torch.relu(heard) if i > 0 else heard)
                    states = torch.tanh(node(features) + heard)
                vectors.append(output(states.sum(0)))
            return torch.stack(vectors)

        weights = linear("layer.node", node) | linear("layer.output", output)
        if rounds > 1:
            for i, layer in enumerate(message):
                weights |= linear(f"layer.message.{i}", layer)
        inputs = {"nodes": draw(2, 4, 5), "adjacency": adjacency, "members": members}
        yield case("structure2vec", inputs, weights, forward, {"depth": depth, "rounds": rounds})


class Head(nn.Module):
    """The head of SimpleCLIP, of any width."""

    def __init__(self, width, size):
        super().__init__()
        self.projection, self.output, self.norm = nn.Linear(width, size), nn.Linear(size, size), nn.LayerNorm(size)

    def forward(self, x):
        projected = self.projection(x)
        return self.norm(projected + self.output(F.gelu(projected)))

    def named(self, name):
        found = linear(f"{name}.projection", self.projection) | linear(f"{name}.output", self.output)
        return found | norm(f"{name}.norm", self.norm)


def contrabin():
    """ContraBin's losses: equations (2) to (8), one stage and draw a case."""
    views = {"source": draw(6, 4), "binary": draw(6, 4), "comment": draw(6, 4)}
    pairs = {"source": ("binary", "comment"), "binary": ("source", "comment"), "comment": ("binary", "source")}

    def soft(a, b):
        logits = b @ a.T
        targets = F.softmax((a @ a.T + b @ b.T) / 2, dim=-1)
        rows = (-targets * F.log_softmax(logits, dim=-1)).sum(1)
        columns = (-targets.T * F.log_softmax(logits.T, dim=-1)).sum(1)
        return ((rows + columns) / 2).mean()

    def nce(a, b):
        logits, right = a @ b.T, torch.arange(6)
        return (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2

    for joining in ("sum", "concatenation"):
        width = 4 if joining == "sum" else 8
        single = [spread(Head(width, 4)), spread(nn.Linear(4, 1))]
        many = [spread(Head(width, 4)), spread(Head(4, 4)), spread(nn.Linear(4, 4))]
        weights = single[0].named("layer.linear.head") | linear("layer.linear.lambda", single[1])
        weights |= many[0].named("layer.non-linear.head.0") | many[1].named("layer.non-linear.head.1")
        weights |= linear("layer.non-linear.lambda", many[2])
        for stage in ("primary", "linear", "non-linear"):
            for out in pairs:
                for comparison, compare in (("soft targets", soft), ("InfoNCE", nce)):
                    # All draws in the paper's way, one in each other way.
                    if out != "binary" and (joining, comparison) != ("sum", "soft targets"):
                        continue

                    def forward(source, binary, comment):
                        own = {"source": source, "binary": binary, "comment": comment}
                        a, b = (own[view] for view in pairs[out])
                        if stage == "primary":
                            return compare(a, b)
                        x = a + b if joining == "sum" else torch.cat([a, b], 1)
                        for module in single if stage == "linear" else many:
                            x = module(x)
                        found = torch.sigmoid(x)
                        return compare(found * a + (1 - found) * b, own[out])

                    for parameter, _ in weights.values():
                        parameter.grad = torch.zeros_like(parameter)
                    options = {"joining": joining, "stage": stage, "leftOut": out, "comparison": comparison}
                    fed = {key: value.clone() for key, value in views.items()}
                    yield case("contrabin", fed, weights, forward, options)


def write(name, *families):
    cases = [found for family in families for found in family()]
    path = Path(__file__).parent / f"{name}.json"
    path.write_text(json.dumps(cases, separators=(",", ":")))
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


write("layers", simple_layers, attentions, transformers, pools, heads)
write("losses", entropies, pairs, contrasts)
write("recurrent", recurrents)
write("graphs", graphs)
write("contrabin", contrabin)
