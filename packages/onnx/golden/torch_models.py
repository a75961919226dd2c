"""Networks as torch.onnx.export writes them, and what PyTorch makes of random inputs.

Writes ⟨name⟩.onnx and models.json beside it, with PyTorch 1.13 (Debian's python3-torch):
    /usr/bin/python3 packages/onnx/golden/torch_models.py
"""

import json
import pathlib

import torch
from torch import nn
from torch.onnx import TrainingMode

torch.set_num_threads(1)
torch.manual_seed(0)

here = pathlib.Path(__file__).parent
models = {}


class Residual(nn.Module):
    def __init__(self, branch, shortcut=None):
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut

    def forward(self, x):
        return self.branch(x) + (x if self.shortcut is None else self.shortcut(x))


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def norm(channels):
    """Batch norm with running statistics that are not those of the start."""
    layer = nn.BatchNorm2d(channels, eps=1e-4, momentum=0.4)
    for tensor in [layer.weight.data, layer.bias.data, layer.running_mean]:
        tensor.copy_(torch.randn(channels))
    layer.running_var.copy_(torch.rand(channels) + 0.5)
    return layer


def write(name, network, shape, **options):
    network.eval()
    x = torch.randn(shape)
    options = {"opset_version": 17, "dynamic_axes": {"x": {0: "rows"}, "y": {0: "rows"}}, **options}
    torch.onnx.export(
        network, x, here / f"{name}.onnx", input_names=["x"], output_names=["y"], **options
    )
    y = network(x).detach()
    models[name] = {
        # Nine digits tell a float32.
        key: {
            "shape": list(tensor.shape),
            "data": [float(f"{value:.9g}") for value in tensor.flatten().tolist()],
        }
        for key, tensor in {"x": x, "y": y}.items()
    }


write(
    "perceptron",
    nn.Sequential(
        nn.Flatten(), nn.Linear(12, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3), nn.Softmax(1)
    ),
    (3, 3, 2, 2),
)

write(
    "activations",
    nn.Sequential(
        nn.Linear(3, 4),
        nn.ELU(0.3),
        nn.Linear(4, 4, bias=False),
        nn.GELU(),
        nn.LayerNorm(4, eps=1e-3),
        nn.Linear(4, 5),
        nn.SiLU(),
        nn.Linear(5, 4),
        nn.LeakyReLU(0.2),
        nn.Linear(4, 4),
        nn.Softplus(),
        nn.Linear(4, 4),
        nn.Sigmoid(),
        nn.Linear(4, 4),
        nn.Tanh(),
        nn.Linear(4, 3),
        Function(lambda x: torch.atan(x) * 0.125),
        nn.Linear(3, 2),
        Function(lambda x: x / 3),
    ),
    (3, 3),
)

# Batch norm as it is, and the rows of the last layer in the order of channels first.
write(
    "convolutions",
    nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        norm(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 8, (1, 3), stride=(1, 2), padding=(0, 1), groups=2, bias=False),
        norm(8),
        nn.GELU(),
        nn.Conv2d(8, 4, 2, dilation=2),
        nn.AvgPool2d(2, stride=1),
        nn.Flatten(),
        nn.ReLU(),
        nn.Linear(4 * 2 * 1, 5),
    ),
    (2, 3, 10, 14),
    training=TrainingMode.PRESERVE,
)


def residual_network():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, bias=False),
        norm(4),
        nn.ReLU(),
        Residual(nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), norm(4), nn.ReLU())),
        Residual(
            nn.Sequential(nn.Conv2d(4, 8, 3, stride=2, padding=1), norm(8)),
            nn.Sequential(nn.Conv2d(4, 8, 1, stride=2, bias=False), norm(8)),
        ),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 5, bias=False),
    )


write("residual", residual_network(), (2, 3, 6, 6), training=TrainingMode.PRESERVE)
# As the exporter does by itself: batch norm folded into convolutions, a batch of fixed size.
write("residual_folded", residual_network(), (2, 3, 6, 6), opset_version=11, dynamic_axes=None)

write(
    "functions",
    nn.Sequential(
        Function(lambda x: 0.5 * x),
        nn.Conv2d(3, 4, 3),
        nn.MaxPool2d(3, stride=2, padding=1),
        Residual(nn.Identity()),
        Function(lambda x: x.mean((2, 3))),
        Function(lambda x: x.view(-1, 4)),
        Function(lambda x: x @ torch.ones(4, 2)),
    ),
    (2, 3, 6, 6),
    opset_version=13,
)

# Images in and out.
write("image", nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.Softplus()), (2, 2, 4, 4))

(here / "models.json").write_text(json.dumps(models) + "\n")
