"""Learning rates of PyTorch's schedulers in float64, for mod_test.ts.

Writes schedules.json beside it:
    /usr/bin/python3 packages/optim/golden/schedules.py
"""

import json
import pathlib

import torch
from torch.optim import lr_scheduler

STEPS = 20
cases = []


def rates(rate, make, observe=None):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler = make(optimizer)
    found = []
    for step in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < STEPS - 1:
            scheduler.step(*([] if observe is None else [observe[step]]))
    return found


def case(schedule, options, rate, make):
    cases.append({"schedule": schedule, "options": options, "rates": rates(rate, make)})


case("exponential", {"rate": 0.3, "decay": 0.9, "stageSteps": 1}, 0.3,
     lambda o: lr_scheduler.ExponentialLR(o, 0.9))
case("exponential", {"rate": 0.3, "decay": 0.9, "stageSteps": 3, "staircase": True}, 0.3,
     lambda o: lr_scheduler.StepLR(o, 3, 0.9))
case("stepDecay", {"rate": 0.3, "every": 4}, 0.3, lambda o: lr_scheduler.StepLR(o, 4))
case("stepDecay", {"rate": 0.3, "factor": 0.5, "milestones": [3, 4, 11]}, 0.3,
     lambda o: lr_scheduler.MultiStepLR(o, [3, 4, 11], 0.5))
case("cosine", {"rate": 0.3, "steps": 19, "final": 0.1}, 0.3,
     lambda o: lr_scheduler.CosineAnnealingLR(o, 19, 0.1))
case("polynomial", {"rate": 0.3, "steps": 12, "power": 1.5}, 0.3,
     lambda o: lr_scheduler.PolynomialLR(o, 12, 1.5))
case("polynomial", {"rate": 0.3, "steps": 15, "final": 0.1}, 0.3,
     lambda o: lr_scheduler.LinearLR(o, 1.0, 1 / 3, 15))
case("oneCycle", {"peak": 0.3, "steps": STEPS, "anneal": "cosine"}, 0.3,
     lambda o: lr_scheduler.OneCycleLR(o, 0.3, total_steps=STEPS))
case("oneCycle",
     {"peak": 0.3, "steps": STEPS, "startFactor": 0.2, "finalFactor": 0.07, "warmupShare": 0.23},
     0.3,
     lambda o: lr_scheduler.OneCycleLR(o, 0.3, total_steps=STEPS, pct_start=0.23, div_factor=5,
                                       final_div_factor=0.2 / 0.07, anneal_strategy="linear"))

LOSSES = [3.0, 2.0, 2.0, 1.9999, 1.9, 2.1, 2.2, 2.3, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.99985, 1.0, 0.5,
          0.6, 0.6, 0.6]
plateau = {"rate": 0.3, "factor": 0.5, "patience": 2, "minimum": 0.04}
cases.append({
    "schedule": "plateau",
    "options": plateau,
    "losses": LOSSES,
    "rates": rates(0.3, lambda o: lr_scheduler.ReduceLROnPlateau(
        o, factor=0.5, patience=2, min_lr=0.04), LOSSES),
})

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "command": "/usr/bin/python3 packages/optim/golden/schedules.py",
    "torch": torch.__version__,
    "cases": cases,
}, indent=2) + "\n")
