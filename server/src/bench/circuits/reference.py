"""The comparison of `loupe bench --circuits`: attribution graphs by PyTorch's autograd, and by circuit-tracer.

Reads requests as lines of JSON from stdin, does each, and answers with a line of JSON. Needs torch, and for
its second half `pip install circuit-tracer`. float32, as many threads as torch takes by itself. Weights are
random, of the sizes asked for; the dictionaries' biases make as many features active as asked for.
"""

import contextlib
import json
import math
import re
import signal
import sys
import time
import warnings

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print(json.dumps({"error": "this Python has no torch"}), flush=True)
    sys.exit(0)
try:
    import circuit_tracer_model as tracer
except ImportError:
    tracer = None

EPSILON = 1e-5
SAMPLE = 64
FEATURES_LOOKED_AT = 4096
ATTENTION_DEVIATION = 0.06
MOST_LOGITS, PROBABILITY = 10, 0.95
# Vectors by position that are differentiated at once; fewer and more were slower for both.
POSITIONS_AT_ONCE = 4096


def normal(*shape, std):
    return torch.empty(*shape).normal_(0, std)


def scale_of(x):
    return ((x - x.mean(-1, keepdim=True)).square().mean(-1, keepdim=True) + EPSILON).sqrt()


def norm(x, scale):
    return (x - x.mean(-1, keepdim=True)) / scale


class Source:
    """A ReLU dictionary, its encoder and decoder `[width, d]`, as circuit-tracer has them."""

    def __init__(self, shape):
        self.layer, self.on_attention = shape["layer"], "attn" in shape["hook"]
        width, std = shape["width"], 1 / math.sqrt(shape["dIn"])
        self.encoder, self.decoder = normal(width, shape["dIn"], std=std), normal(width, shape["dOut"], std=std)
        self.b_enc, self.b_out = torch.zeros(width), torch.zeros(shape["dOut"])

    def calibrate(self, sample, active):
        features = min(FEATURES_LOOKED_AT, len(self.b_enc))
        pre = (sample @ self.encoder[:features].T).flatten().sort().values
        firing = round(pre.numel() * active / len(self.b_enc))
        self.b_enc.fill_(-pre[max(0, pre.numel() - 1 - firing)])

    def encode(self, x):
        """Position, feature and activation of what is active, sorted by position."""
        activations = torch.addmm(self.b_enc, x, self.encoder.T).relu_()
        positions, features = activations.nonzero(as_tuple=True)
        return positions, features, activations[positions, features]


class Model:
    def __init__(self, shape, active):
        d, d_mlp, layers = shape["dModel"], shape["dMlp"], shape["layers"]
        self.heads, self.vocabulary = shape["heads"], shape["vocabulary"]
        self.wte, self.wpe = normal(shape["vocabulary"], d, std=0.02), normal(shape["context"], d, std=0.02)
        shrunk = 0.02 / math.sqrt(2 * layers)
        self.blocks = [
            {
                "qkv": (normal(d, 3 * d, std=ATTENTION_DEVIATION), torch.zeros(3 * d)),
                "out": (normal(d, d, std=shrunk), torch.zeros(d)),
                "mlp_in": (normal(d, d_mlp, std=0.02), torch.zeros(d_mlp)),
                "mlp_out": (normal(d_mlp, d, std=shrunk), torch.zeros(d)),
            }
            for _ in range(layers)
        ]
        sources = [Source(source) for source in shape["sources"]]
        self.attention = {source.layer: source for source in sources if source.on_attention}
        self.mlp = {source.layer: source for source in sources if not source.on_attention}
        kept = self.forward(self.tokens(min(SAMPLE, shape["context"])))[0]
        for source in sources:
            source.calibrate(kept[source.layer]["z" if source.on_attention else "normalized"], active)
        self.replacement = None

    def tokens(self, count):
        return torch.arange(count) * 7919 % self.vocabulary

    def forward(self, tokens):
        """What is held fixed, layer by layer, then the residual stream at the end."""
        x, n = self.wte[tokens] + self.wpe[: len(tokens)], len(tokens)
        mask = torch.full((n, n), -math.inf).triu(1)
        kept = []
        for block in self.blocks:
            state = {"scale1": scale_of(x)}
            q, k, v = torch.addmm(block["qkv"][1], norm(x, state["scale1"]), block["qkv"][0]).chunk(3, -1)
            by_head = lambda y: y.reshape(n, self.heads, -1).transpose(0, 1)
            scores = by_head(q) @ by_head(k).transpose(1, 2) / math.sqrt(q.shape[1] / self.heads)
            state["pattern"] = (scores + mask).softmax(-1)
            state["z"] = (state["pattern"] @ by_head(v)).transpose(0, 1).reshape(n, -1)
            x = x + torch.addmm(block["out"][1], state["z"], block["out"][0])
            state["scale2"] = scale_of(x)
            state["normalized"] = norm(x, state["scale2"])
            hidden = F.gelu(torch.addmm(block["mlp_in"][1], state["normalized"], block["mlp_in"][0]), approximate="tanh")
            state["mlp"] = torch.addmm(block["mlp_out"][1], hidden, block["mlp_out"][0])
            x = x + state["mlp"]
            kept.append(state)
        return kept, x

    def autograd(self, count, mode, max_nodes):
        graph = AutogradGraph(self, self.tokens(count), mode)
        return graph.trace(max_nodes)

    def circuit_tracer(self, count, max_nodes):
        if self.replacement is None:
            transcoders = [self.mlp[layer] for layer in range(len(self.blocks))]
            self.replacement = tracer.replacement_model(
                self.blocks,
                self.wte,
                self.wpe,
                [(each.encoder, each.b_enc, each.decoder, each.b_out) for each in transcoders],
                self.heads,
            )
        # Its first token must be the one that it takes for special, and it goes by this name then.
        tokens = torch.cat([torch.tensor([self.vocabulary - 1]), self.tokens(count)[1:]])
        batch = max(1, POSITIONS_AT_ONCE // count)
        with torch.enable_grad():
            found = tracer.graph(self.replacement, tokens, max_nodes, batch)
        return len(found.selected_features)


class AutogradGraph:
    """The same graph with every edge a gradient times what its source wrote, in batches of targets.

    The pass is run again with patterns and scales as constants, and with what embeddings, attention and MLPs
    write as leaves, so that it is linear.
    """

    def __init__(self, model, tokens, mode):
        self.model, self.count = model, len(tokens)
        self.leaves, self.written, self.reads = [], [], {}
        self.features = []  # (stage, position, feature), by node
        self.nodes = 0
        kept, end = model.forward(tokens)
        with torch.enable_grad():
            x = self.leaf(model.wte[tokens] + model.wpe[: self.count], [], [model.wte[tokens], model.wpe[: self.count]])
            for layer, (block, state) in enumerate(zip(model.blocks, kept)):
                d = x.shape[1]
                values = torch.addmm(block["qkv"][1][2 * d :], norm(x, state["scale1"]), block["qkv"][0][:, 2 * d :])
                by_head = values.reshape(self.count, model.heads, -1).transpose(0, 1)
                z = (state["pattern"] @ by_head).transpose(0, 1).reshape(self.count, d)
                if mode == "features":
                    z = self.replace(2 * layer + 1, model.attention[layer], z, state["z"], state["z"])
                x = x + torch.addmm(block["out"][1], z, block["out"][0])
                read = norm(x, state["scale2"])
                x = x + self.replace(2 * layer + 2, model.mlp[layer], read, state["normalized"], state["mlp"])
            self.reads[2 * len(kept) + 1] = norm(x, scale_of(end))
        self.logits_of(end)

    def leaf(self, values, features, others):
        """features: `(positions, rows)`; others: rows, one for each position. Nodes are sorted by position."""
        leaf = values.detach().clone().requires_grad_()
        positions = torch.cat([p for p, _ in features] + [torch.arange(self.count) for _ in others])
        rows = torch.cat([rows for _, rows in features] + list(others))
        by_position = [(positions == p).nonzero()[:, 0] for p in range(self.count)]
        self.leaves.append(leaf)
        self.written.append([(self.nodes + at, rows[at].T.contiguous()) for at in by_position])
        self.nodes += len(rows)
        return leaf

    def replace(self, stage, source, read, seen, output):
        self.reads[stage] = read
        positions, features, activations = source.encode(seen)
        rows = source.decoder[features] * activations[:, None]
        error = output - source.b_out - torch.zeros_like(output).index_add_(0, positions, rows)
        node = self.nodes
        leaf = self.leaf(output, [(positions, rows)], [error])
        triples = zip(positions.tolist(), features.tolist())
        self.features += [(node + i, stage, p, feature) for i, (p, feature) in enumerate(triples)]
        return leaf

    def logits_of(self, end):
        row = norm(end[-1:], scale_of(end[-1:]))
        probabilities, ids = (row @ self.model.wte.T)[0].softmax(-1).topk(MOST_LOGITS)
        count = int((probabilities.cumsum(0) < PROBABILITY).sum()) + 1
        ids, self.weights = ids[:count], probabilities[:count]
        self.unembedding = self.model.wte[ids] - self.model.wte.mean(0)

    def vectors(self, stage, features):
        if stage == max(self.reads):
            return self.unembedding[features]
        layer = (stage - 1) // 2
        source = self.model.attention[layer] if stage % 2 else self.model.mlp[layer]
        return source.encoder[features]

    def rows(self, targets):
        """Effects on targets `(stage, position, feature)`, `[target, node]`."""
        values = []
        for stage in sorted({stage for stage, _, _ in targets}):
            some = [target for target in targets if target[0] == stage]
            at = torch.tensor([position for _, position, _ in some])
            read = self.vectors(stage, torch.tensor([feature for _, _, feature in some]))
            values.append((self.reads[stage][at] * read).sum(1))
        gradients = torch.autograd.grad(
            torch.cat(values),
            self.leaves,
            torch.eye(len(targets)),
            retain_graph=True,
            allow_unused=True,
            is_grads_batched=True,
        )
        rows = torch.zeros(len(targets), self.nodes)
        for gradient, written in zip(gradients, self.written):
            if gradient is None:
                continue
            for position, (nodes, columns) in enumerate(written):
                rows[:, nodes] = gradient[:, position] @ columns
        return rows

    def trace(self, max_nodes):
        last, batch = max(self.reads), max(1, POSITIONS_AT_ONCE // self.count)
        targets = [(last, self.count - 1, i) for i in range(len(self.weights))]
        with torch.enable_grad():
            rows = self.rows(targets)
        order = [(last, i, -1) for i in range(len(targets))]
        waiting = {node: (stage, position, feature) for node, stage, position, feature in self.features}
        done = 0
        while done < max_nodes and waiting:
            influence = self.influence(rows, order)
            queue = sorted(waiting, key=lambda node: -influence[node])[: min(4 * batch, max_nodes - done)]
            for i in range(0, len(queue), batch):
                # In the order in which `rows` has them.
                some = sorted(queue[i : i + batch], key=lambda node: waiting[node][0])
                with torch.enable_grad():
                    found = self.rows([waiting[node] for node in some])
                order += [(waiting[node][0], len(rows) + k, node) for k, node in enumerate(some)]
                rows = torch.cat([rows, found])
                for node in some:
                    del waiting[node]
            done += len(queue)
        return done

    def influence(self, rows, order):
        """What reaches each node from the logits back, as far as rows are known."""
        size = rows.abs()
        shares = size / size.sum(1, keepdim=True).clamp(min=1e-10)
        influence = torch.zeros(self.nodes)
        for _, row, node in sorted(order, key=lambda entry: -entry[0]):
            own = self.weights[row] if node < 0 else influence[node]
            if own > 0:
                influence += own * shares[row]
        return influence.tolist()


def peak_memory():
    """Most resident memory of this process since the last call, in bytes; 0 where the system does not say."""
    with contextlib.suppress(OSError):
        with open("/proc/self/status") as status:
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read())
        with open("/proc/self/clear_refs", "w") as clear:
            clear.write("5")
        return int(found[1]) * 1024 if found else 0
    return 0


def main():
    # Ctrl-C goes to the bench and to this process alike: end at once, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    warnings.simplefilter("ignore")
    torch.set_grad_enabled(False)
    answers, sys.stdout = sys.stdout, sys.stderr
    say = lambda answer: print(json.dumps(answer), file=answers, flush=True)
    version = None if tracer is None else tracer.VERSION
    say({"version": torch.__version__, "threads": torch.get_num_threads(), "circuitTracer": version})
    model = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "build":
            model = None
            model = Model(request["shape"], request["active"])
            say({"ms": 0, "nodes": 0, "peak": 0})
            continue
        peak_memory()
        started = time.perf_counter()
        if request["do"] == "circuit_tracer":
            nodes = model.circuit_tracer(request["tokens"], request["maxNodes"])
        else:
            nodes = model.autograd(request["tokens"], request["mode"], request["maxNodes"])
        ms = (time.perf_counter() - started) * 1000
        say({"ms": ms, "nodes": nodes, "peak": peak_memory()})


main()
