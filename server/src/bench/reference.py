"""The bench's comparison: the same model, dictionaries and work in plain PyTorch.

Started by `loupe bench`. Reads requests as lines of JSON from stdin, does each, and answers with a line
of JSON. Needs nothing but torch. float32, no_grad, as many threads as torch takes by itself. Weights are
random, of the sizes asked for; the dictionaries' biases make as many features active as asked for.
Where TransformerLens and SAELens can be imported, it also does the work as their users do.

--device cuda does it all on a GPU; --tf32 lets products there be rounded to TF32.
"""

import argparse
import contextlib
import importlib.metadata
import importlib.util
import json
import math
import signal
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print(json.dumps({"error": "this Python has no torch"}), flush=True)
    sys.exit(0)

SAMPLE = 64
FEATURES_LOOKED_AT = 4096
NEXT_TOKENS = 10
ATTENTION_DEVIATION = 0.06
TOP_K = 32


def normal(*shape, std):
    return torch.empty(*shape).normal_(0, std)


class Block:
    def __init__(self, d, d_mlp, layers):
        shrunk = 0.02 / math.sqrt(2 * layers)
        self.norm1 = (torch.ones(d), torch.zeros(d))
        self.norm2 = (torch.ones(d), torch.zeros(d))
        self.qkv = (normal(3 * d, d, std=ATTENTION_DEVIATION), torch.zeros(3 * d))
        self.out = (normal(d, d, std=shrunk), torch.zeros(d))
        self.mlp_in = (normal(d_mlp, d, std=0.02), torch.zeros(d_mlp))
        self.mlp_out = (normal(d, d_mlp, std=shrunk), torch.zeros(d))

    def forward(self, x, heads, past, hooks):
        rows, d = x.shape
        qkv = F.linear(F.layer_norm(x, (d,), *self.norm1), *self.qkv)
        q, k, v = qkv.view(rows, 3, heads, d // heads).permute(1, 2, 0, 3)
        if past is not None:
            k, v = torch.cat([past[0], k], 1), torch.cat([past[1], v], 1)
        # One row that follows a past may look at all of it.
        z = F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=past is None)[0]
        z = z.transpose(0, 1).reshape(rows, d)
        hooks["attn.hook_z"] = z
        middle = x + F.linear(z, *self.out)
        normalized = F.layer_norm(middle, (d,))
        hooks["ln2.hook_normalized"] = normalized
        hidden = F.linear(torch.addcmul(self.norm2[1], normalized, self.norm2[0]), *self.mlp_in)
        mlp = F.linear(F.gelu(hidden, approximate="tanh"), *self.mlp_out)
        hooks["hook_mlp_out"] = mlp
        return middle + mlp, (k, v)


class Source:
    """A ReLU dictionary."""

    def __init__(self, shape, transposed):
        self.layer = shape["layer"]
        self.hook, self.output_hook = short(shape["hook"]), short(shape["outputHook"])
        d_in, d_out, width = shape["dIn"], shape["dOut"], shape["width"]
        size = (width, d_in) if transposed else (d_in, width)
        self.encoder = normal(*size, std=1 / math.sqrt(d_in))
        if transposed:
            self.encoder = self.encoder.t()
        self.decoder = normal(width, d_out, std=1 / math.sqrt(d_in))
        self.b_enc, self.b_out = torch.zeros(width), torch.zeros(d_out)

    def calibrate(self, sample, active):
        width = self.b_enc.numel()
        features = min(FEATURES_LOOKED_AT, width)
        pre = (sample @ self.encoder[:, :features]).flatten().sort().values
        firing = round(pre.numel() * active / width)
        self.b_enc.fill_(-pre[max(0, pre.numel() - 1 - firing)])

    def encode(self, hooks, with_error):
        activations = torch.addmm(self.b_enc, hooks[self.hook], self.encoder).relu_()
        entries = activations.nonzero(as_tuple=True)
        values = activations[entries]
        if not with_error:
            return entries, values
        target = hooks[self.output_hook]
        reconstruction = torch.addmm(self.b_out, activations, self.decoder)
        error = (target - reconstruction).square().sum(1)
        return entries, values, error, target.square().sum(1)


def short(hook):
    """`attn.hook_z` of `blocks.5.attn.hook_z`."""
    return hook.split(".", 2)[2]


def faster_transposed(shape):
    """True if `[width, d_in]` is multiplied clearly faster than the usual `[d_in, width]`."""
    x, best = torch.randn(SAMPLE, shape["dIn"]), {False: math.inf, True: math.inf}
    sources = {transposed: Source(shape, transposed) for transposed in best}
    for _ in range(10):
        for transposed, source in sources.items():
            started = time.perf_counter()
            torch.addmm(source.b_enc, x, source.encoder)
            best[transposed] = min(best[transposed], time.perf_counter() - started)
    return best[True] < 0.9 * best[False]


def libraries():
    """Names and versions of what users run otherwise; None where it is not installed."""
    packages = {"transformer_lens": "transformer-lens", "sae_lens": "sae-lens"}
    if any(importlib.util.find_spec(module) is None for module in packages):
        return None
    lens, saes = (importlib.metadata.version(package) for package in packages.values())
    return f"TransformerLens {lens} + SAELens {saes}"


class Libraries:
    """The same sizes in TransformerLens and SAELens; the dictionaries share the plain ones' weights."""

    def __init__(self, shape, sources):
        from sae_lens import StandardSAE, StandardSAEConfig
        from transformer_lens import HookedTransformer, HookedTransformerConfig

        self.model = HookedTransformer(
            HookedTransformerConfig(
                n_layers=shape["layers"],
                n_heads=shape["heads"],
                d_model=shape["dModel"],
                d_head=shape["dModel"] // shape["heads"],
                d_mlp=shape["dMlp"],
                n_ctx=shape["context"],
                d_vocab=shape["vocabulary"],
                act_fn="gelu_new",
                normalization_type="LNPre",
                device=str(torch.get_default_device()),
            )
        )
        self.names = [f"blocks.{source.layer}.{source.hook}" for source in sources]
        self.saes = []
        for source in sources:
            d_in, width = source.encoder.shape
            config = StandardSAEConfig(d_in=d_in, d_sae=width, apply_b_dec_to_input=False)
            with torch.device("meta"):
                sae = StandardSAE(config)
            weights = {
                "W_enc": source.encoder,
                "W_dec": source.decoder,
                "b_enc": source.b_enc,
                "b_dec": torch.zeros(d_in),
            }
            for name, value in weights.items():
                setattr(sae, name, torch.nn.Parameter(value, requires_grad=False))
            self.saes.append(sae)

    def run(self, tokens):
        logits, cache = self.model.run_with_cache(tokens[None], names_filter=self.names)
        logits[0, -1].softmax(-1).topk(NEXT_TOKENS)
        for name, sae in zip(self.names, self.saes):
            values = cache[name][0]
            sae.encode(values.flatten(1)).topk(TOP_K)


class Model:
    def __init__(self, shape, active):
        d = shape["dModel"]
        self.shape, self.others = shape, None
        self.heads, self.vocabulary = shape["heads"], shape["vocabulary"]
        self.wte = normal(shape["vocabulary"], d, std=0.02)
        self.wpe = normal(shape["context"], d, std=0.02)
        self.final_norm = (torch.ones(d), torch.zeros(d))
        self.blocks = [Block(d, shape["dMlp"], shape["layers"]) for _ in range(shape["layers"])]
        transposed = faster_transposed(shape["sources"][0])
        self.sources = [Source(source, transposed) for source in shape["sources"]]
        self.pasts, self.held = {}, {}
        hooks = self.run(min(SAMPLE, shape["context"]))[1]
        for source in self.sources:
            source.calibrate(hooks[source.layer][source.hook], active)

    def tokens(self, count):
        return torch.arange(count) * 7919 % self.vocabulary

    def run(self, count, past=None):
        """Hooks layer by layer, then logits everywhere, surprisal and what comes next."""
        residual, hooks, kept = self.embed(count, past), [], []
        for layer, block in enumerate(self.blocks):
            hooks.append({})
            before = None if past is None else past[layer]
            residual, keys_values = block.forward(residual, self.heads, before, hooks[-1])
            kept.append(keys_values)
        return self.outcome(residual, self.tokens(count)), hooks, kept

    def embed(self, count, past):
        start = 0 if past is None else past[0][0].shape[1]
        tokens = self.tokens(start + count)[start:]
        return F.embedding(tokens, self.wte) + self.wpe[start : start + count]

    def outcome(self, residual, following):
        normalized = F.layer_norm(residual, residual.shape[-1:], *self.final_norm)
        logits = F.linear(normalized, self.wte)
        surprisal = F.cross_entropy(logits[:-1], following[1:], reduction="none")
        return surprisal, logits[-1].softmax(-1).topk(min(NEXT_TOKENS, self.vocabulary))

    def forward(self, count, _):
        self.run(count)

    def encode(self, count, with_error):
        return [source.encode(self.held[count][source.layer], with_error) for source in self.sources]

    def end_to_end(self, count, with_error):
        _, self.held[count], self.pasts[count] = self.run(count)
        self.encode(count, with_error)

    def append(self, count, with_error):
        _, hooks, _ = self.run(1, self.pasts[count])
        for source in self.sources:
            source.encode(hooks[source.layer], with_error)


    def libraries(self, count, _):
        # What they print is no answer.
        with contextlib.redirect_stdout(sys.stderr):
            self.others = self.others or Libraries(self.shape, self.sources)
            self.others.run(self.tokens(count))


def synchronize():
    """Waits for a GPU's queue."""
    if torch.get_default_device().type == "cuda":
        torch.cuda.synchronize()


def hello(device):
    if device == "cpu":
        return {"threads": torch.get_num_threads(), "device": "CPU"}
    return {"threads": 1, "device": torch.cuda.get_device_name()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--tf32", action="store_true")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        print(json.dumps({"error": "torch finds no GPU"}), flush=True)
        return
    torch.set_default_device(options.device)
    torch.set_float32_matmul_precision("high" if options.tf32 else "highest")
    # Ctrl-C goes to the bench and to this process alike: end at once, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    torch.set_grad_enabled(False)
    answer = {"version": torch.__version__, "libraries": libraries(), **hello(options.device)}
    print(json.dumps(answer), flush=True)
    model = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "build":
            model = None
            model = Model(request["shape"], request["active"])
            answer = {"ms": 0}
        else:
            work = getattr(model, request["do"])
            synchronize()
            started = time.perf_counter()
            work(request["tokens"], request["withError"])
            synchronize()
            answer = {"ms": (time.perf_counter() - started) * 1000}
        print(json.dumps(answer), flush=True)


main()
