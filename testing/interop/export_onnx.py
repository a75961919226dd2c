"""The networks of Iris, Fashion-MNIST and CIFAR-10 in PyTorch, with random numbers, as files of ONNX.

The standard input is a folder as JSON, where the files go; the answer tells of each network what it makes
of random inputs.
"""

import json
import sys
import warnings

import torch
from torch import nn
from torch.onnx import TrainingMode

torch.set_num_threads(1)
torch.manual_seed(0)
warnings.simplefilter("ignore")
folder = json.load(sys.stdin)


class Scale(nn.Module):
    def forward(self, x):
        return x / 9


def block(channels, width, convolutions):
    layers = []
    for place in range(convolutions):
        layers.append(nn.Conv2d(channels, width, 3, padding=1, bias=False))
        if place == 0:
            layers.append(nn.MaxPool2d(2))
        layers += [nn.BatchNorm2d(width, momentum=0.4), nn.GELU()]
        channels = width
    return layers


networks = {
    "iris": (nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)), (30, 4)),
    "fashion_mnist": (
        nn.Sequential(
            nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10)
        ),
        (16, 1, 28, 28),
    ),
    "cifar": (
        nn.Sequential(
            nn.Conv2d(3, 24, 4, stride=2, padding=1, bias=False),
            *block(24, 16, 1),
            *block(16, 48, 2),
            *block(48, 96, 2),
            nn.AdaptiveMaxPool2d(1),
            nn.Flatten(),
            nn.Linear(96, 10, bias=False),
            Scale(),
        ),
        (8, 3, 32, 32),
    ),
}

answer = {}
for name, (network, shape) in networks.items():
    network = nn.Sequential(*network, nn.Softmax(1))
    for _ in range(3):
        network(torch.randn(shape))  # moves running statistics
    network.eval()
    x = torch.randn(shape)
    torch.onnx.export(
        network,
        x,
        f"{folder}/{name}.onnx",
        dynamic_axes={"input": {0: "batch"}},
        input_names=["input"],
        training=TrainingMode.PRESERVE,
    )
    y = network(x)
    answer[name] = {
        key: {"shape": list(tensor.shape), "data": tensor.flatten().tolist()}
        for key, tensor in {"x": x, "y": y}.items()
    }
json.dump(answer, sys.stdout)
