"""Convolution, pooling, normalisation, losses and activations by PyTorch in float64, with gradients,
for the tests in ../_reference. Images are [n, h, w, c] and kernels [h, w, in / groups, out], as ours.

Writes kernels.json beside it:
    /usr/bin/python3 packages/tensor/golden/kernels.py && deno fmt packages/tensor/golden
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def numbers(t):
    values = t.detach().contiguous().reshape(-1).tolist()
    return {"shape": list(t.shape), "values": " ".join(f"{x:.17g}" for x in values)}


def draw(*shape):
    # Few digits, to keep the file short; an input has to be a leaf for its gradient.
    return (torch.randn(*shape) * 100).round().div(100).requires_grad_()


def gradients(y, inputs):
    """y, a random dy, and the gradients of the inputs for it."""
    dy = draw(*y.shape).detach()
    found = torch.autograd.grad(y, list(inputs.values()), dy)
    return {"dy": numbers(dy), **{"d" + name: numbers(g) for name, g in zip(inputs, found)}}


def images_first(t):
    return t.permute(0, 3, 1, 2)


def channels_last(t):
    return t.permute(0, 2, 3, 1)


def convolution(x, kernel, stride=(1, 1), pads=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    x, kernel, bias = draw(*x), draw(*kernel), draw(kernel[-1])
    (top, bottom), (left, right) = pads
    padded = F.pad(images_first(x), (left, right, top, bottom))
    y = channels_last(F.conv2d(padded, kernel.permute(3, 2, 0, 1), bias, stride=stride,
                               dilation=dilation, groups=groups))
    return {"stride": stride, "padding": (top, left), "dilation": dilation, "groups": groups,
            "x": numbers(x), "kernel": numbers(kernel), "bias": numbers(bias), "y": numbers(y),
            **gradients(y, {"x": x, "kernel": kernel})}


def pooling(x, window, stride, padding=(0, 0), ceil=False):
    x = draw(*x)
    planes = images_first(x)
    y, places = F.max_pool2d(planes, window, stride, padding, ceil_mode=ceil, return_indices=True)
    mean = F.avg_pool2d(planes, window, stride, padding, ceil_mode=ceil, count_include_pad=False)
    n, h, w, c = x.shape
    # torch counts places in a plane [h, w]; we in all of x [n, h, w, c].
    flat = (torch.arange(n).view(n, 1, 1, 1) * h * w + channels_last(places)) * c + torch.arange(c)
    y, mean = channels_last(y), channels_last(mean)
    return {"window": window, "stride": stride, "padding": padding, "x": numbers(x),
            "max": {"y": numbers(y), "indices": numbers(flat), **gradients(y, {"x": x})},
            "average": {"y": numbers(mean), **gradients(mean, {"x": x})}}


def batch_norm(shape, momentum):
    x, scale, shift = draw(*shape), draw(shape[-1]), draw(shape[-1])
    mean, variance = draw(shape[-1]).detach(), draw(shape[-1]).detach().abs() + 0.5
    before = {"runningMean": numbers(mean), "runningVariance": numbers(variance)}
    rows = x.reshape(-1, shape[-1])
    inference = F.batch_norm(rows, mean, variance, scale, shift, False, momentum, 1e-5)
    y = F.batch_norm(rows, mean, variance, scale, shift, True, momentum, 1e-5).reshape(shape)
    return {"x": numbers(x), "scale": numbers(scale), "shift": numbers(shift), "momentum": momentum,
            "before": before, "inference": numbers(inference), "y": numbers(y),
            "after": {"runningMean": numbers(mean), "runningVariance": numbers(variance)},
            **gradients(y, {"x": x, "scale": scale, "shift": shift})}


def layer_norm(shape):
    x, scale, shift = draw(*shape), draw(shape[-1]), draw(shape[-1])
    y = F.layer_norm(x, shape[-1:], scale, shift, 1e-5)
    return {"x": numbers(x), "scale": numbers(scale), "shift": numbers(shift), "y": numbers(y),
            **gradients(y, {"x": x, "scale": scale, "shift": shift})}


def softmax_cross_entropy(rows, classes):
    logits = draw(rows, classes)
    labels = torch.randint(classes, (rows,))
    table = torch.rand(rows, classes).mul(100).round().div(100)
    weight = torch.rand(classes).mul(100).round().div(100) + 0.5
    for target in [labels, table]:
        for w in [None, weight]:
            for smoothing in [0.0, 0.1]:
                loss = F.cross_entropy(logits, target, w, label_smoothing=smoothing)
                (gradient,) = torch.autograd.grad(loss, [logits])
                yield {"logits": numbers(logits), "target": numbers(target),
                       "weight": None if w is None else numbers(w), "labelSmoothing": smoothing,
                       "loss": loss.item(), "gradient": numbers(gradient)}


def cross_entropy(rows, classes):
    p = torch.rand(rows, classes).mul(100).round().div(100).add(0.01).requires_grad_()
    labels = torch.randint(classes, (rows,))
    loss = F.nll_loss(p.log(), labels)
    (gradient,) = torch.autograd.grad(loss, [p])
    return {"p": numbers(p), "target": numbers(labels), "loss": loss.item(),
            "gradient": numbers(gradient)}


def pointwise(op, loss_of, targets):
    prediction = draw(3, 4)
    loss = loss_of(prediction, targets)
    (gradient,) = torch.autograd.grad(loss, [prediction])
    return {"op": op, "prediction": numbers(prediction), "target": numbers(targets),
            "loss": loss.item(), "gradient": numbers(gradient)}


def activation(op, function):
    x = draw(12)
    y = function(x)
    return {"op": op, "x": numbers(x), "y": numbers(y), **gradients(y, {"x": x})}


SAME = ((1, 1), (1, 1))
values = draw(3, 4).detach()
signs = torch.tensor([1.0, -1.0]).repeat(6).reshape(3, 4)
path = pathlib.Path(__file__)
path.with_suffix(".json").write_text(json.dumps({
    "torch": torch.__version__,
    "convolutions": [
        convolution((2, 4, 3, 2), (1, 1, 2, 3)),
        convolution((1, 5, 4, 2), (3, 3, 2, 2)),
        convolution((2, 4, 5, 1), (3, 3, 1, 2), pads=SAME),
        convolution((1, 6, 6, 2), (3, 3, 2, 2), stride=(2, 2), pads=((0, 1), (0, 1))),
        convolution((1, 5, 6, 1), (4, 2, 1, 2), stride=(1, 3), pads=((2, 1), (1, 0))),
        convolution((1, 7, 6, 1), (3, 2, 1, 2), pads=SAME, dilation=(2, 3)),
        convolution((1, 4, 4, 4), (3, 3, 2, 6), pads=SAME, groups=2),
        convolution((1, 5, 5, 3), (3, 3, 1, 6), stride=(2, 1), pads=SAME, groups=3),
    ],
    "poolings": [
        pooling((2, 4, 4, 2), (2, 2), (2, 2)),
        pooling((1, 5, 5, 2), (3, 3), (2, 2), (1, 1)),
        pooling((1, 5, 3, 2), (2, 2), (2, 2), ceil=True),
        pooling((1, 4, 5, 1), (3, 2), (1, 2), (1, 1)),
        pooling((2, 3, 4, 1), (3, 4), (3, 4)),
    ],
    "batchNorms": [batch_norm((5, 3), 0.1), batch_norm((2, 3, 2, 2), 0.4)],
    "layerNorms": [layer_norm((5, 3)), layer_norm((2, 3, 4))],
    "softmaxCrossEntropies": [*softmax_cross_entropy(4, 3)],
    "crossEntropies": [cross_entropy(4, 3)],
    "pointwiseLosses": [
        pointwise("squaredError", F.mse_loss, values),
        pointwise("absoluteError", F.l1_loss, values),
        pointwise("huber", lambda p, t: F.huber_loss(p, t, delta=0.7), values),
        pointwise("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits,
                  torch.rand(3, 4)),
        pointwise("hinge", lambda p, t: F.relu(1 - p * t).mean(), signs),
    ],
    "activations": [
        activation("relu", F.relu),
        activation("leakyRelu", lambda x: F.leaky_relu(x, 0.3)),
        activation("elu", lambda x: F.elu(x, 0.3)),
        activation("gelu", F.gelu),
        activation("silu", F.silu),
        activation("softplus", F.softplus),
        activation("sigmoid", torch.sigmoid),
        activation("tanh", torch.tanh),
        activation("arctan", torch.atan),
    ],
}))
