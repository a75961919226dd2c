"""A network that Gradus trained, for PyTorch.

    model = load_model()  # with the weights of model.safetensors, beside this file
    y = model(x)

x is [batch, 3, 32, 32], y is [batch, 10].
Written by @gradus/torch.
"""

import json
import os
import struct

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
DTYPES = {"F32": torch.float32, "I32": torch.int32, "I64": torch.int64}


class GlobalMaxPool2d(nn.Module):
    """The largest number of each channel."""

    def forward(self, x):
        return x.flatten(2).max(2).values


class Scale(nn.Module):
    """Multiplies by a factor that is not trained."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return self.factor * x


def build_model():
    """The network, with weights as PyTorch starts them."""
    return nn.Sequential(
        nn.Conv2d(3, 24, kernel_size=4, stride=2, padding=1, bias=False),  # [24, 16, 16]
        nn.Conv2d(24, 8, kernel_size=3, padding=1, bias=False),  # [8, 16, 16]
        nn.MaxPool2d(2),  # [8, 8, 8]
        nn.BatchNorm2d(8, eps=0.00001, momentum=0.4),  # [8, 8, 8]
        nn.GELU(),  # [8, 8, 8]
        nn.Conv2d(8, 12, kernel_size=3, padding=1, bias=False),  # [12, 8, 8]
        nn.MaxPool2d(2),  # [12, 4, 4]
        nn.BatchNorm2d(12, eps=0.00001, momentum=0.4),  # [12, 4, 4]
        nn.GELU(),  # [12, 4, 4]
        GlobalMaxPool2d(),  # [12]
        nn.Linear(12, 10, bias=False),  # [10]
        Scale(0.1111111111111111),  # [10]
    )


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
