"""Runs and trains models that Gradus wrote for PyTorch.

The standard input is a list of {"folder", "x"} as JSON, x in the layout of Gradus. The standard output is
a list of {"before", "after"}: what each model makes of x, and what it does once it is trained for a moment.
The weights of then are in trained.safetensors.
"""

import importlib.util
import json
import sys

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def output_of(network, x):
    with torch.no_grad():
        return network.eval()(x).flatten().tolist()


answers = []
for place, run in enumerate(json.load(sys.stdin)):
    module = load(f"{run['folder']}/model.py", f"model_{place}")
    network = module.load_model()
    x = torch.tensor(run["x"]["data"], dtype=torch.float32).reshape(run["x"]["shape"])
    if x.dim() == 4:
        x = x.permute(0, 3, 1, 2)
    before = output_of(network, x)

    network.train()
    torch.manual_seed(0)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    y = torch.arange(len(x)) % len(before[: len(before) // len(x)])
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(network(x), y).backward()
        optimizer.step()
    answers.append({"before": before, "after": output_of(network, x)})
    with open(f"{run['folder']}/trained.safetensors", "wb") as file:
        file.write(module.encode_safetensors(network.state_dict(), {"format": "pt"}))
json.dump(answers, sys.stdout)
