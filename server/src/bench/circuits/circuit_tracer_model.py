"""A GPT-2 and its transcoders as a replacement model of circuit-tracer, and its graphs in Loupe's names.

Needs `pip install circuit-tracer`. LayerNorm's weights must have been multiplied into what follows them,
which changes nothing (TransformerLens calls it `LNPre`): Loupe's transcoders read before them too.
"""

import logging
from importlib.metadata import version

import torch
from circuit_tracer import attribute
from circuit_tracer.replacement_model.replacement_model_transformerlens import TransformerLensReplacementModel
from circuit_tracer.transcoder import SingleLayerTranscoder, TranscoderSet
from transformer_lens import HookedTransformerConfig

VERSION = version("circuit-tracer")
logging.getLogger().setLevel(logging.ERROR)


class NoTokenizer:
    """Asked for to spell the prompt, for a first token that is special, and for the side of padding."""

    padding_side = "right"

    def __init__(self, vocabulary):
        self.vocab_size = vocabulary
        self.bos_token_id, self.all_special_ids = vocabulary - 1, [vocabulary - 1]

    def decode(self, ids, *_, **__):
        return " ".join(str(int(i)) for i in torch.as_tensor(ids).flatten())


def replacement_model(blocks, wte, wpe, transcoders, heads, w_u=None, b_u=None):
    """Weights are taken over, not copied, where their layout allows it.

    blocks: per layer `qkv` (weight `[d, 3 · d]`, bias), `out`, `mlp_in`, `mlp_out`, weights `[in, out]`;
    transcoders: per layer `(encoder [width, d], b_enc, decoder [width, d], b_dec)`; w_u: `[d, vocabulary]`,
    without one the embedding's.
    """
    vocabulary, d = wte.shape
    width = transcoders[0][0].shape[0]
    config = HookedTransformerConfig(
        n_layers=len(blocks),
        d_model=d,
        n_ctx=len(wpe),
        d_head=d // heads,
        n_heads=heads,
        d_mlp=blocks[0]["mlp_in"][0].shape[1],
        d_vocab=vocabulary,
        act_fn="gelu_new",
        normalization_type="LNPre",
        eps=1e-5,
        dtype=wte.dtype,
        device="cpu",
        init_weights=False,
    )
    # Narrow ones, because theirs come with weights of their own.
    theirs = {}
    for layer, (encoder, b_enc, decoder, b_dec) in enumerate(transcoders):
        each = SingleLayerTranscoder(d, 1, torch.relu, layer, device=torch.device("cpu"), dtype=wte.dtype)
        each.d_transcoder = width
        each.W_enc.data, each.b_enc.data = encoder, b_enc
        each.W_dec.data, each.b_dec.data = decoder, b_dec
        theirs[layer] = each
    model = TransformerLensReplacementModel.from_config(
        config, TranscoderSet(theirs, "ln2.hook_normalized", "hook_mlp_out")
    )
    model.tokenizer = NoTokenizer(vocabulary)
    model.embed.W_E.data, model.pos_embed.W_pos.data = wte, wpe
    unembed = model.unembed.old_unembed
    unembed.W_U.data = wte.T.contiguous() if w_u is None else w_u
    unembed.b_U.data = torch.zeros(vocabulary, dtype=wte.dtype) if b_u is None else b_u
    for block, weights in zip(model.blocks, blocks):
        w, b = weights["qkv"]
        for name, matrix, bias in zip("QKV", w.chunk(3, 1), b.chunk(3)):
            getattr(block.attn, f"W_{name}").data = matrix.reshape(d, heads, -1).transpose(0, 1).contiguous()
            getattr(block.attn, f"b_{name}").data = bias.reshape(heads, -1)
        w, block.attn.b_O.data = weights["out"]
        block.attn.W_O.data = w.reshape(heads, -1, d)
        mlp = block.mlp.old_mlp
        mlp.W_in.data, mlp.b_in.data = weights["mlp_in"]
        mlp.W_out.data, mlp.b_out.data = weights["mlp_out"]
    return model


def graph(model, tokens, max_nodes, batch, logits=None):
    """Its own graph. logits: ids to explain; without, the most probable, at most 10."""
    targets = None if logits is None else torch.tensor(logits)
    ids = torch.as_tensor(tokens)
    with torch.enable_grad():
        return attribute(
            ids, model, attribution_targets=targets, batch_size=batch, max_feature_nodes=max_nodes or None
        )
