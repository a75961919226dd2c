"""Losses of 30 steps of gradient descent by PyTorch in float64, for training_test.ts.

Writes training.json beside it:
    /usr/bin/python3 packages/layers/golden/training.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

STEPS = 30
runs = []


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def train(record, x, labels, run, parameters, learning_rate):
    """Trains on one batch; `run(x, *parameters)` and all tensors are in the layout of Gradus."""
    start = {name: numbers(value) for name, value in parameters.items()}
    leaves = {name: value.requires_grad_() for name, value in parameters.items()}
    optimizer = torch.optim.SGD(leaves.values(), lr=learning_rate)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(run(x, *leaves.values()), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    runs.append({
        "record": record,
        "x": numbers(x),
        "labels": labels.tolist(),
        "learningRate": learning_rate,
        "start": start,
        "losses": losses,
        "end": {name: numbers(value) for name, value in leaves.items()},
    })


train(
    {"type": "sequential", "layers": [
        {"type": "dense", "units": 8, "bias": True},
        {"type": "relu"},
        {"type": "dense", "units": 3, "bias": True},
    ]},
    torch.randn(16, 4),
    torch.randint(3, (16,)),
    lambda x, w0, b0, w2, b2: F.relu(x @ w0 + b0) @ w2 + b2,
    {
        "0.weight": torch.randn(4, 8),
        "0.bias": torch.zeros(8),
        "2.weight": torch.randn(8, 3),
        "2.bias": torch.zeros(3),
    },
    0.1,
)


def to_nchw(images):
    return images.permute(0, 3, 1, 2)


def convolve(images, kernel):
    return F.conv2d(images, kernel.permute(3, 2, 0, 1), padding="same")


def normalise(images, scale, shift):
    return F.batch_norm(images, None, None, scale, shift, True)


def convnet(x, w0, scale1, shift1, w4, scale5, shift5, w8):
    hidden = F.gelu(normalise(convolve(to_nchw(x), w0), scale1, shift1))
    hidden = F.max_pool2d(hidden, 2)
    hidden = hidden + F.gelu(normalise(convolve(hidden, w4), scale5, shift5))
    return hidden.amax((2, 3)) @ w8 / 9


norm = {"type": "batchNorm", "epsilon": 1e-5, "momentum": 0.1, "scale": "trainable"}


def conv(filters):
    return {
        "type": "conv2d", "filters": filters, "kernel": [3, 3], "stride": [1, 1],
        "padding": "same", "dilation": [1, 1], "groups": 1, "bias": False,
    }


train(
    {"type": "sequential", "layers": [
        conv(4),
        norm,
        {"type": "gelu"},
        {"type": "maxPool2d", "window": [2, 2], "stride": [2, 2], "padding": "valid"},
        {"type": "residual", "branch": {
            "type": "sequential", "layers": [conv(4), norm, {"type": "gelu"}],
        }, "shortcut": None},
        {"type": "globalMaxPool2d"},
        {"type": "dense", "units": 3, "bias": False},
        {"type": "scale", "factor": 1 / 9},
    ]},
    torch.randn(6, 7, 6, 2),
    torch.randint(3, (6,)),
    convnet,
    {
        "0.weight": torch.randn(3, 3, 2, 4) / 4,
        "1.scale": torch.ones(4),
        "1.shift": torch.zeros(4),
        "4.branch.0.weight": torch.randn(3, 3, 4, 4) / 6,
        "4.branch.1.scale": torch.ones(4),
        "4.branch.1.shift": torch.zeros(4),
        "6.weight": torch.randn(4, 3),
    },
    0.5,
)

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "command": "/usr/bin/python3 packages/layers/golden/training.py",
    "torch": torch.__version__,
    "runs": runs,
}, indent=2) + "\n")
