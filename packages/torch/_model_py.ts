import type { AveragePool2dRecord, Conv2dRecord, MaxPool2dRecord } from "@gradus/layers";
import type { Shape } from "@gradus/tensor";
import { MODEL_CLASSES, type ModelClass } from "./_model_classes.ts";
import { isReordered, type PlacedLayer } from "./_placed_layer.ts";
import { indented, keywords, python } from "./_python.ts";

/** The text of `model.py`: the network by torch.nn, and safetensors to bytes and back. */
export function modelPy(model: PlacedLayer): string {
  const expression = moduleOf(model, "");
  const classes = (Object.keys(MODEL_CLASSES) as ModelClass[]).filter((name) =>
    new RegExp(`\\b${name}\\(`).test(expression)
  );
  const definitions = classes.map((name) => `\n\n${MODEL_CLASSES[name]}`).join("");
  return `"""A network that Gradus trained, for PyTorch.

    model = load_model()  # with the weights of model.safetensors, beside this file
    y = model(x)

x is ${batchOf(model.input)}, y is ${batchOf(model.output)}.
Written by @gradus/torch.
"""

import json
${definitions.includes("math.") ? "import math\n" : ""}import os
import struct

import torch
${definitions.includes("F.") ? "import torch.nn.functional as F\n" : ""}from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
DTYPES = {"F32": torch.float32, "I32": torch.int32, "I64": torch.int64}
${definitions}

def build_model():
    """The network, with weights as PyTorch starts them."""
    return ${indented(expression, 4).trimStart()}

${SAFETENSORS}`;
}

const SAFETENSORS = `
def load_model():
    """The network with its weights, ready to be used."""
    with open(os.path.join(HERE, "model.safetensors"), "rb") as file:
        tensors, _ = decode_safetensors(file.read())
    model = build_model()
    model.load_state_dict(tensors)
    return model.eval()


def decode_safetensors(contents):
    """The tensors by name, and the metadata, from the bytes of a safetensors file."""
    start = 8 + struct.unpack("<Q", contents[:8])[0]
    header = json.loads(contents[8:start])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        data = bytearray(contents[start + begin : start + end])
        tensor = torch.frombuffer(data, dtype=DTYPES[entry["dtype"]])
        tensors[name] = tensor.reshape(entry["shape"])
    return tensors, metadata


def encode_safetensors(tensors, metadata):
    """The bytes of a safetensors file of tensors by name, and metadata."""
    dtypes = {dtype: name for name, dtype in DTYPES.items()}
    header, data = {"__metadata__": metadata}, bytearray()
    # The widest numbers first, so that all are aligned.
    for name in sorted(tensors, key=lambda name: (-tensors[name].element_size(), name)):
        tensor = tensors[name].detach().cpu().contiguous()
        bytes_of_tensor = bytearray(tensor.numel() * tensor.element_size())
        torch.frombuffer(bytes_of_tensor, dtype=tensor.dtype).copy_(tensor.flatten())
        header[name] = {
            "dtype": dtypes[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(bytes_of_tensor)],
        }
        data += bytes_of_tensor
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(data)
`;

/** `[batch, channels, height, width]`, as PyTorch has it. */
function batchOf(shape: Shape): string {
  return `[${["batch", ...torchShape(shape)].join(", ")}]`;
}

function torchShape(shape: Shape): Shape {
  return shape.length === 3 ? [shape[2]!, shape[0]!, shape[1]!] : shape;
}

/** The expression that makes a layer. */
function moduleOf(layer: PlacedLayer, indent: string): string {
  const { record, input, image, inner } = layer;
  const isImage = input.length === 3;
  switch (record.type) {
    case "sequential":
      return call("nn.Sequential", inner, indent);
    case "residual": {
      const [branch, shortcut] = inner;
      const indentInside = `${indent}    `;
      const argument = (name: string, layer: PlacedLayer) =>
        `${indentInside}${name}=${moduleOf(layer, indentInside)},\n`;
      return `Residual(\n${argument("branch", branch!)}${
        shortcut === undefined ? "" : argument("shortcut", shortcut)
      }${indent})`;
    }
    case "arctan":
      return "Arctan()";
    case "averagePool2d":
      return averagePool(record, layer);
    case "batchNorm":
      return `nn.BatchNorm${isImage ? 2 : 1}d(${input.at(-1)}, eps=${
        python(record.epsilon)
      }, momentum=${python(record.momentum)})`;
    case "conv2d":
      return convolution(record, layer);
    case "dense":
      return `nn.Linear(${input[0]}, ${record.units}${record.bias ? "" : ", bias=False"})`;
    case "dropout":
      return `nn.Dropout(${python(record.rate)})`;
    case "elu":
      return `nn.ELU(${python(record.alpha)})`;
    case "flatten":
      return image === null && isReordered(input) ? "FlattenChannelsLast()" : "nn.Flatten()";
    case "gelu":
      return "nn.GELU()";
    case "globalAveragePool2d":
      return "GlobalAveragePool2d()";
    case "globalMaxPool2d":
      return "GlobalMaxPool2d()";
    case "layerNorm":
      return `${isImage ? "ChannelNorm" : "nn.LayerNorm"}(${input.at(-1)}, eps=${
        python(record.epsilon)
      })`;
    case "leakyRelu":
      return `nn.LeakyReLU(${python(record.alpha)})`;
    case "linear":
      return "nn.Identity()";
    case "maxPool2d":
      return maxPool(record, layer);
    case "relu":
      return "nn.ReLU()";
    case "scale":
      return `Scale(${python(record.factor)})`;
    case "sigmoid":
      return "nn.Sigmoid()";
    case "silu":
      return "nn.SiLU()";
    case "softmax":
      // Channels and features are the second axis.
      return "nn.Softmax(1)";
    case "softplus":
      return "nn.Softplus()";
    case "tanh":
      return "nn.Tanh()";
  }
}

function call(name: string, layers: readonly PlacedLayer[], indent: string): string {
  const inside = `${indent}    `;
  const lines = layers.map((layer) => {
    const isBlock = layer.inner.length > 0;
    const shape = isBlock ? "" : `  # [${torchShape(layer.output).join(", ")}]`;
    return `${inside}${moduleOf(layer, inside)},${shape}\n`;
  });
  return `${name}(\n${lines.join("")}${indent})`;
}

function convolution(record: Conv2dRecord, { input, output }: PlacedLayer): string {
  const { filters, kernel, stride, dilation, groups, bias } = record;
  const span: Pair = [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1];
  const edges = edgesOf(record, { input, output, span });
  const settings = keywords({
    kernel_size: size(kernel),
    stride: sizeUnless(1, stride),
    padding: edges.isEven ? sizeUnless(0, edges.before) : null,
    dilation: sizeUnless(1, dilation),
    groups: groups === 1 ? null : `${groups}`,
    bias: bias ? null : "False",
    pad: edges.isEven ? null : edges.pad,
  });
  const name = edges.isEven ? "nn.Conv2d" : "PaddedConv2d";
  return `${name}(${[input[2], filters, ...settings].join(", ")})`;
}

function maxPool(record: MaxPool2dRecord, { input, output }: PlacedLayer): string {
  const { window, stride } = record;
  const edges = edgesOf(record, { input, output, span: window });
  const isPlain = edges.isEven && isHalf(edges.before, window);
  const settings = keywords({
    stride: `${stride}` === `${window}` ? null : size(stride),
    padding: isPlain ? sizeUnless(0, edges.before) : null,
    pad: isPlain ? null : edges.pad,
  });
  return `${isPlain ? "nn.MaxPool2d" : "PaddedMaxPool2d"}(${
    [size(window), ...settings].join(", ")
  })`;
}

function averagePool(record: AveragePool2dRecord, { input, output }: PlacedLayer): string {
  const { window, stride } = record;
  const edges = edgesOf(record, { input, output, span: window });
  if (!edges.isEven || !isHalf(edges.before, window)) {
    return `PaddedAvgPool2d(${size(window)}, ${size(stride)}, ${edges.pad})`;
  }
  const padding = sizeUnless(0, edges.before);
  const settings = keywords({
    stride: `${stride}` === `${window}` ? null : size(stride),
    padding,
    count_include_pad: padding === null ? null : "False",
  });
  return `nn.AvgPool2d(${[size(window), ...settings].join(", ")})`;
}

type Pair = readonly [height: number, width: number];

/** How far windows reach over an image on each side; with a last window that need not reach its end. */
function edgesOf(
  { padding, stride }: Pick<Conv2dRecord, "padding" | "stride">,
  { input, output, span }: Pick<PlacedLayer, "input" | "output"> & { readonly span: Pair },
): { readonly before: Pair; readonly isEven: boolean; readonly pad: string } {
  const [rows, columns] = [0, 1].map((axis): Pair => {
    if (padding === "valid") return [0, 0];
    if (padding !== "same") return [padding, padding];
    const reach = (output[axis]! - 1) * stride[axis]! + span[axis]!;
    const missing = Math.max(reach - input[axis]!, 0);
    return [Math.floor(missing / 2), Math.ceil(missing / 2)];
  }) as [Pair, Pair];
  return {
    before: [rows[0], columns[0]],
    isEven: rows[0] === rows[1] && columns[0] === columns[1],
    pad: `(${[...columns, ...rows].join(", ")})`,
  };
}

/** Whether torch.nn allows such a padding of a pool. */
function isHalf(padding: Pair, window: Pair): boolean {
  return padding.every((edge, axis) => edge <= window[axis]! / 2);
}

function size([height, width]: Pair): string {
  return height === width ? `${height}` : `(${height}, ${width})`;
}

function sizeUnless(usual: number, pair: Pair): string | null {
  return pair.every((length) => length === usual) ? null : size(pair);
}
