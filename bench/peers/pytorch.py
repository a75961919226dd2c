"""PyTorch; the argument is the number of threads. Speaks as serve.ts says."""

import json
import math
import os
import sys
import time

# Set on some machines: it would hold OpenBLAS back from the instructions that the processor has.
os.environ.pop("OPENBLAS_CORETYPE", None)

import numpy as np
import torch
from torch import nn

torch.set_num_threads(int(sys.argv[1]))


def filled(shape, seed, scale=1.0):
    """As filled.ts."""
    with np.errstate(over="ignore"):
        i = np.arange(1, math.prod(shape) + 1, dtype=np.uint32)
        h = (i * np.uint32(0x9E3779B1)) ^ (np.uint32(seed + 1) * np.uint32(0x85EBCA6B))
        h = (h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
        h = (h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39)
        h = h ^ (h >> np.uint32(15))
    numbers = (h.astype(np.float64) / 2**32 - 0.5) * scale
    return torch.from_numpy(numbers.astype(np.float32)).reshape(shape)


def weight_scale(inputs):
    return 2 * math.sqrt(6 / inputs)


def images(tensor):
    """Channels first."""
    return tensor.permute(0, 3, 1, 2).contiguous()


def kernel(height_width_in_out):
    return height_width_in_out.permute(3, 2, 0, 1).contiguous()


def product(name, amount):
    size = int(name[3:])
    rows = min(size, amount)
    times = math.ceil(amount / rows)
    a, b = filled((rows, size), 0), filled((size, size), 1)
    c = torch.empty(rows, size)

    def run():
        with torch.no_grad():
            for _ in range(times):
                torch.matmul(a, b, out=c)
        return c[0, 0].item()

    return run


def convolution(amount, is_forward):
    x = images(filled((amount, 32, 32, 32), 0))
    weight = kernel(filled((3, 3, 32, 64), 1, weight_scale(9 * 32)))
    dy = images(filled((amount, 32, 32, 64), 2))

    def forward():
        with torch.no_grad():
            return nn.functional.conv2d(x, weight, padding=1)[0, 0, 0, 0].item()

    def forward_and_backward():
        x.grad = weight.grad = None
        nn.functional.conv2d(x, weight, padding=1).backward(dy)
        return weight.grad[0, 0, 0, 0].item()

    if is_forward:
        return forward
    x.requires_grad_()
    weight.requires_grad_()
    return forward_and_backward


def convolutions(channels, filters):
    return [
        nn.Conv2d(channels, filters, 3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(filters, filters, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]


def set_weights(model):
    layers = [layer for layer in model if isinstance(layer, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        for place, layer in enumerate(layers):
            layer.bias.zero_()
            if isinstance(layer, nn.Conv2d):
                shape = (3, 3, layer.in_channels, layer.out_channels)
                inputs = math.prod(shape[:3])
                layer.weight.copy_(kernel(filled(shape, 10 + place, weight_scale(inputs))))
                continue
            inputs, units = layer.in_features, layer.out_features
            weight = filled((inputs, units), 10 + place, weight_scale(inputs))
            if inputs == 4096:  # behind images, whose channels were last
                weight = weight.reshape(8, 8, 64, units).permute(2, 0, 1, 3).reshape(4096, units)
            layer.weight.copy_(weight.T)


def training(model, input_shape, classes, batch_sizes, epochs):
    set_weights(model)
    batches = []
    for place, rows in enumerate(batch_sizes):
        x = filled((rows, *input_shape), 100 + place)
        batches.append((images(x) if len(input_shape) == 3 else x, torch.arange(rows) % classes))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def run():
        for _ in range(epochs):
            for x, y in batches:
                optimizer.zero_grad(set_to_none=True)
                loss = nn.functional.cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()
            value = loss.item()
        return value

    return run


def iris(batch_sizes, epochs):
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    return training(model, (4,), 3, batch_sizes, epochs)


def setup(name, amount):
    if name.startswith("W1"):
        return product(name, amount)
    if name in ("W2-forward", "W2"):
        return convolution(amount, name == "W2-forward")
    if name == "W3":
        model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
        return training(model, (784,), 10, [amount], 1)
    if name == "W4":
        model = nn.Sequential(
            *convolutions(3, 32),
            *convolutions(32, 64),
            nn.Flatten(),
            nn.Linear(4096, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        )
        return training(model, (32, 32, 3), 10, [amount], 1)
    if name == "W5":
        return iris([16] * 6 + [9], amount)
    if name == "W6":
        return iris([16], 1)
    raise ValueError(f"has no {name}")


def timed(run, times):
    start = time.perf_counter()
    for _ in range(times):
        value = run()
    return {"ms": (time.perf_counter() - start) * 1000 / times, "value": value}


def blas():
    """The library behind the matrix product, which Debian lets be chosen: it decides the speed."""
    with open("/proc/self/maps") as maps:
        loaded = maps.read().lower()
    for name, file in [("OpenBLAS", "openblas"), ("BLIS", "libblis"), ("MKL", "libmkl")]:
        if file in loaded:
            return name
    return "reference BLAS"


VERSION = f"{torch.__version__} on {blas()}" if sys.platform == "linux" else torch.__version__


def answer(reply):
    print(json.dumps({**reply, "version": VERSION}), flush=True)


if "first-step" in sys.argv:
    answer({"ms": 0, "value": setup("W6", 1)()})
    sys.exit()

run = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if "prepare" in request:
            run = setup(request["prepare"], request["amount"])
            answer(timed(run, 1))
        else:
            answer(timed(run, request["run"]))
    except Exception as error:
        answer({"cannot": str(error)})
