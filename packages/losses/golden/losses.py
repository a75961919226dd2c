"""Costs and gradients of every loss by PyTorch in float64, for mod_test.ts.

Writes losses.json beside it:
    /usr/bin/python3 packages/losses/golden/losses.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

ROWS, CLASSES = 4, 3
logits = 3 * torch.randn(ROWS, CLASSES)
labels = torch.randint(CLASSES, (ROWS,))
one_hot = F.one_hot(labels, CLASSES).double()
soft = torch.softmax(torch.randn(ROWS, CLASSES), 1)
weights = torch.tensor([0.5, 2.0, 1.25])
quantities = 2 * torch.randn(ROWS, CLASSES)
signs = torch.where(torch.randn(ROWS, CLASSES) < 0, -1.0, 1.0)

cases = []


def case(loss, options, prediction, target, cost):
    x = prediction.clone().requires_grad_()
    value = cost(x)
    value.backward()
    cases.append({
        "loss": loss,
        "options": options,
        "prediction": prediction.tolist(),
        "target": target.tolist(),
        "cost": value.item(),
        "gradient": x.grad.flatten().tolist(),
    })


for smoothing in (0.0, 0.1):
    for weight in (None, weights):
        options = {"labelSmoothing": smoothing}
        if weight is not None:
            options["classWeights"] = weight.tolist()
        for target in (labels, one_hot, soft):
            case("SoftmaxCrossEntropy", options, logits, target, lambda x: F.cross_entropy(
                x, target, weight=weight, label_smoothing=smoothing))

probabilities = torch.softmax(logits, 1)
for target in (labels, one_hot, soft):
    rows = one_hot if target is labels else target
    case("CrossEntropy", {}, probabilities, target,
         lambda p: -(rows * p.log()).sum(1).mean())

case("MeanSquaredError", {}, logits, quantities, lambda x: F.mse_loss(x, quantities))
case("MeanAbsoluteError", {}, logits, quantities, lambda x: F.l1_loss(x, quantities))
for delta in (1.0, 2.5):
    case("Huber", {"delta": delta}, logits, quantities,
         lambda x: F.huber_loss(x, quantities, delta=delta))
case("BinaryCrossEntropyWithLogits", {}, logits, soft,
     lambda x: F.binary_cross_entropy_with_logits(x, soft))
case("Hinge", {}, logits, signs, lambda x: (1 - signs * x).clamp(min=0).mean())

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "command": "/usr/bin/python3 packages/losses/golden/losses.py",
    "torch": torch.__version__,
    "cases": cases,
}, indent=2) + "\n")
