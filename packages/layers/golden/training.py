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

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "command": "/usr/bin/python3 packages/layers/golden/training.py",
    "torch": torch.__version__,
    "runs": runs,
}, indent=2) + "\n")
