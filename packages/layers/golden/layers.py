"""Outputs and gradients of layers by PyTorch in float64, for layer_golden_test.ts.

Writes layers.json beside it:
    /usr/bin/python3 packages/layers/golden/layers.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

cases = []


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def case(record, x, run, parameters={}, after=lambda: {}):
    """Runs `run(x, **parameters)` and backward from random gradients; all in the layout of Gradus.

    `after()` tells what else there is to know then.
    """
    x = x.clone().requires_grad_()
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    y = run(x, **leaves)
    dy = torch.randn(y.shape)
    y.backward(dy)
    cases.append({
        "record": record,
        "parameters": {name: numbers(value) for name, value in leaves.items()},
        "x": numbers(x),
        "dy": numbers(dy),
        "y": numbers(y),
        "dx": numbers(x.grad),
        "gradients": {name: numbers(value.grad) for name, value in leaves.items()},
        **after(),
    })


# 0 is a kink of some; the ends are where exponentials grow.
points = torch.cat([torch.tensor([0.0, -30.0, 30.0]), 3 * torch.randn(9)]).reshape(2, 6)
for record, run in [
    ({"type": "arctan"}, torch.atan),
    ({"type": "elu", "alpha": 1}, F.elu),
    ({"type": "elu", "alpha": 0.3}, lambda x: F.elu(x, alpha=0.3)),
    ({"type": "gelu"}, F.gelu),
    ({"type": "leakyRelu", "alpha": 0.01}, F.leaky_relu),
    ({"type": "leakyRelu", "alpha": -0.5}, lambda x: F.leaky_relu(x, -0.5)),
    ({"type": "relu"}, F.relu),
    ({"type": "sigmoid"}, torch.sigmoid),
    ({"type": "silu"}, F.silu),
    ({"type": "softplus"}, lambda x: F.softplus(x, threshold=100)),
    ({"type": "tanh"}, torch.tanh),
    ({"type": "softmax"}, lambda x: torch.softmax(x, -1)),
    ({"type": "flatten"}, lambda x: x.flatten(1)),
]:
    case(record, points, run)

images = torch.randn(2, 2, 3, 4)
case({"type": "softmax"}, 5 * images, lambda x: torch.softmax(x, -1))
case({"type": "flatten"}, images, lambda x: x.flatten(1))

for batch, inputs, units in [(5, 4, 3), (1, 1, 7), (3, 6, 1)]:
    x, weight, bias = torch.randn(batch, inputs), torch.randn(inputs, units), torch.randn(units)
    case({"type": "dense", "units": units, "bias": True}, x,
         lambda x, weight, bias: F.linear(x, weight.T, bias), {"weight": weight, "bias": bias})
    case({"type": "dense", "units": units, "bias": False}, x,
         lambda x, weight: F.linear(x, weight.T), {"weight": weight})



def to_nchw(images):
    return images.permute(0, 3, 1, 2)


def to_nhwc(images):
    return images.permute(0, 2, 3, 1)


def pad(images, span, stride, padding, value):
    """Pads images [n, c, h, w] as Gradus does, so that PyTorch need not."""
    sides = []
    for length, taps, step in zip(images.shape[2:], span, stride):
        if padding == "same":
            total = max((-(-length // step) - 1) * step + taps - length, 0)
            sides.append((total // 2, total - total // 2))
        else:
            sides.append((0, 0) if padding == "valid" else (padding, padding))
    return F.pad(images, (*sides[1], *sides[0]), value=value)


def conv2d(x, weight, bias, record):
    kernel, stride, dilation = record["kernel"], record["stride"], record["dilation"]
    span = [(taps - 1) * step + 1 for taps, step in zip(kernel, dilation)]
    padded = pad(to_nchw(x), span, stride, record["padding"], 0.0)
    return to_nhwc(F.conv2d(
        padded, weight.permute(3, 2, 0, 1), bias, stride, 0, dilation, record["groups"]))


for shape, filters, kernel, stride, padding, dilation, groups, bias in [
    ((2, 5, 4, 3), 4, (3, 3), (1, 1), "valid", (1, 1), 1, True),
    ((2, 5, 4, 3), 2, (3, 3), (1, 1), "same", (1, 1), 1, True),
    ((1, 6, 7, 2), 3, (3, 2), (2, 3), "same", (1, 1), 1, True),  # an odd row and column behind
    ((1, 5, 6, 2), 3, (2, 4), (1, 1), "same", (1, 1), 1, False),  # even kernels
    ((2, 7, 6, 1), 2, (3, 3), (2, 2), 1, (1, 1), 1, True),
    ((1, 4, 4, 1), 1, (2, 2), (3, 3), "valid", (1, 1), 1, True),  # a stride that leaves rows out
    ((1, 3, 3, 2), 2, (1, 1), (2, 2), "same", (1, 1), 1, False),  # a stride past the kernel
    ((1, 7, 8, 1), 2, (3, 2), (1, 2), "valid", (2, 3), 1, True),
    ((1, 6, 5, 2), 2, (3, 3), (1, 1), "same", (2, 2), 1, True),
    ((1, 2, 2, 1), 1, (4, 4), (1, 1), 2, (1, 1), 1, True),  # a kernel larger than the image
    ((2, 4, 4, 4), 6, (3, 3), (1, 1), 1, (1, 1), 2, True),
    ((2, 4, 4, 3), 6, (3, 3), (2, 2), "same", (1, 1), 3, True),  # depthwise, two filters a channel
]:
    record = {
        "type": "conv2d", "filters": filters, "kernel": kernel, "stride": stride,
        "padding": padding, "dilation": dilation, "groups": groups, "bias": bias,
    }
    parameters = {"weight": torch.randn(*kernel, shape[3] // groups, filters)}
    if bias:
        parameters["bias"] = torch.randn(filters)
    case(record, torch.randn(shape),
         lambda x, weight, bias=None: conv2d(x, weight, bias, record), parameters)


def average_pool(images, window, stride, padding):
    """Of the numbers inside the images alone: sums of windows, over sums of windows of ones."""
    sums = [F.avg_pool2d(pad(x, window, stride, padding, 0.0), window, stride)
            for x in (images, torch.ones_like(images))]
    return sums[0] / sums[1]


for shape, window, stride, padding in [
    ((2, 4, 4, 3), (2, 2), (2, 2), "valid"),
    ((2, 5, 7, 2), (2, 3), (2, 3), "valid"),  # windows that do not divide
    ((1, 5, 5, 2), (3, 3), (1, 1), "valid"),  # windows that overlap
    ((1, 5, 6, 2), (3, 3), (2, 2), "same"),
    ((1, 5, 5, 1), (2, 2), (2, 2), "same"),
    ((1, 2, 3, 1), (3, 4), (1, 1), "same"),  # a window larger than the image
    ((1, 5, 5, 2), (3, 3), (2, 2), 1),
    ((1, 4, 4, 1), (1, 2), (3, 3), "valid"),
]:
    settings = {"window": window, "stride": stride, "padding": padding}
    # All numbers are negative, so that a padding of zeros would win.
    x = -1 - torch.rand(shape)
    case({"type": "maxPool2d", **settings}, x, lambda x: to_nhwc(F.max_pool2d(
        pad(to_nchw(x), window, stride, padding, -float("inf")), window, stride)))
    case({"type": "averagePool2d", **settings}, x,
         lambda x: to_nhwc(average_pool(to_nchw(x), window, stride, padding)))

for shape in [(2, 4, 3, 2), (1, 1, 1, 3)]:
    x = -1 - torch.rand(shape)
    case({"type": "globalAveragePool2d"}, x, lambda x: x.mean((1, 2)))
    case({"type": "globalMaxPool2d"}, x, lambda x: x.amax((1, 2)))

for shape, epsilon, momentum in [
    ((5, 3), 1e-5, 0.1),
    ((2, 3), 1e-3, 0.4),
    ((2, 3, 4, 2), 1e-5, 0.1),
    ((1, 2, 1, 2), 0.5, 1.0),
]:
    channels = shape[-1]
    running = [torch.zeros(channels), torch.ones(channels)]

    def batch_norm(x, scale, shift, training=True):
        nchw = x if x.dim() == 2 else to_nchw(x)
        y = F.batch_norm(nchw, *running, scale, shift, training, momentum, epsilon)
        return y if x.dim() == 2 else to_nhwc(y)

    x = 2 * torch.randn(shape) + 3
    parameters = {"scale": torch.randn(channels), "shift": torch.randn(channels)}
    case({"type": "batchNorm", "epsilon": epsilon, "momentum": momentum, "scale": "trainable"},
         x, batch_norm, parameters, lambda: {
             "state": {"runningMean": numbers(running[0]), "runningVariance": numbers(running[1])},
             "evalY": numbers(batch_norm(x, **parameters, training=False)),
         })

for shape, epsilon in [((3, 5), 1e-5), ((2, 3, 4, 2), 1e-3), ((1, 2), 0.1)]:
    features = shape[-1]
    case({"type": "layerNorm", "epsilon": epsilon}, 2 * torch.randn(shape) + 3,
         lambda x, scale, shift: F.layer_norm(x, [features], scale, shift, epsilon),
         {"scale": torch.randn(features), "shift": torch.randn(features)})

x = torch.randn(4, 3)
case({"type": "scale", "factor": -0.25}, x, lambda x: -0.25 * x)
dense = {"type": "dense", "units": 3, "bias": True}
weight, bias = torch.randn(3, 3), torch.randn(3)
case({"type": "residual", "branch": {"type": "sequential", "layers": [{"type": "tanh"}, dense]},
      "shortcut": None}, x,
     lambda x, **p: torch.tanh(x) @ p["branch.1.weight"] + p["branch.1.bias"] + x,
     {"branch.1.weight": weight, "branch.1.bias": bias})
case({"type": "residual", "branch": {"type": "sequential", "layers": [dense, {"type": "tanh"}]},
      "shortcut": {"type": "dense", "units": 3, "bias": False}}, x,
     lambda x, **p: torch.tanh(x @ p["branch.0.weight"] + p["branch.0.bias"])
     + x @ p["shortcut.weight"],
     {"branch.0.weight": weight, "branch.0.bias": bias, "shortcut.weight": torch.randn(3, 3)})

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "command": "/usr/bin/python3 packages/layers/golden/layers.py",
    "torch": torch.__version__,
    "cases": cases,
}, indent=2) + "\n")
