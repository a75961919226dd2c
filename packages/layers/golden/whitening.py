"""Kernels that whiten patches, by PyTorch in float64, for whitening_test.ts.

Writes whitening.json beside it:
    /usr/bin/python3 packages/layers/golden/whitening.py
"""

import json
import pathlib

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

# Neighbouring numbers are alike, as in photographs; all are exact in float32.
noise = torch.randn(6, 5, 6, 2)
images = (noise + noise.roll(1, 1) + noise.roll(1, 2)).float().double()
cases = []

for height, width, filters, epsilon in [(2, 2, 16, 5e-4), (3, 2, 5, 0.1), (1, 1, 2, 1e-6)]:
    patches = images.unfold(1, height, 1).unfold(2, width, 1)  # [n, i, j, c, k, l]
    patches = patches.permute(0, 1, 2, 4, 5, 3).reshape(-1, height * width * 2)
    values, vectors = torch.linalg.eigh(torch.cov(patches.T, correction=0))
    values, vectors = values.flip(0), vectors.flip(1)
    largest = vectors.gather(0, vectors.abs().argmax(0, keepdim=True))
    kernel = vectors * largest.sign() / (values + epsilon).sqrt()
    kernel = torch.cat([kernel, -kernel], 1)[:, :filters]
    cases.append({
        "shape": [height, width, 2, filters],
        "epsilon": epsilon,
        "kernel": kernel.flatten().tolist(),
    })

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "command": "/usr/bin/python3 packages/layers/golden/whitening.py",
    "torch": torch.__version__,
    "images": {"shape": list(images.shape), "data": images.flatten().tolist()},
    "cases": cases,
}, indent=2) + "\n")
