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


def case(record, x, run, parameters={}):
    """Runs `run(x, **parameters)` and backward from random gradients; all in the layout of Gradus."""
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

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "command": "/usr/bin/python3 packages/layers/golden/layers.py",
    "torch": torch.__version__,
    "cases": cases,
}, indent=2) + "\n")
