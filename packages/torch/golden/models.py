"""State dicts of PyTorch's own modules, and what the modules make of inputs, for import_torch_test.ts.

Writes models.json, and a safetensors file for each model, beside it:
    /usr/bin/python3 packages/torch/golden/models.py
"""

import json
import pathlib
import struct

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
HERE = pathlib.Path(__file__).parent


class Residual(nn.Module):
    def __init__(self, branch, shortcut):
        super().__init__()
        self.branch, self.shortcut = branch, shortcut

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


MODELS = {
    "rows": (
        nn.Sequential(
            nn.Linear(5, 7), nn.BatchNorm1d(7), nn.Tanh(), nn.Dropout(0.5), nn.Linear(7, 3, bias=False)
        ),
        [4, 5],
    ),
    "images": (
        nn.Sequential(
            nn.Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2),
            nn.BatchNorm2d(6, momentum=0.4),
            nn.GELU(),
            nn.MaxPool2d(2, stride=1),
            nn.Flatten(),
            nn.BatchNorm1d(24),
            nn.Linear(24, 3),
        ),
        [2, 4, 5, 4],
    ),
    "residual": (
        nn.Sequential(
            Residual(
                nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 3, 1)),
                nn.Conv2d(2, 3, 1, bias=False),
            ),
            nn.Sequential(nn.Flatten(), nn.Linear(36, 2)),
        ),
        [2, 2, 3, 4],
    ),
}


def encode(tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        if tensor.dtype != torch.float32:  # the counts of batches, which need not be there
            continue
        start = len(data)
        data += tensor.detach().contiguous().numpy().tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [start, len(data)],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


goldens = {}
for name, (model, shape) in MODELS.items():
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.1, 0.5)
    model.train()
    for _ in range(3):  # for running statistics that are not the first ones
        model(torch.randn(8, *shape[1:]))
    x = torch.randn(shape)
    y = model.eval()(x)
    # Images as Gradus has them.
    own = x.permute(0, 2, 3, 1) if x.dim() == 4 else x
    goldens[name] = {
        "x": {"shape": list(own.shape), "data": own.flatten().tolist()},
        "y": {"shape": list(y.shape), "data": y.flatten().tolist()},
    }
    (HERE / f"{name}.safetensors").write_bytes(encode(model.state_dict()))
(HERE / "models.json").write_text(json.dumps(goldens, indent=2) + "\n")
