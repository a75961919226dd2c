"""Paths of every optimizer by PyTorch in float64, for mod_test.ts; of Muon as PyTorch 2.9 computes it.

Writes optimizers.json beside it:
    /usr/bin/python3 packages/optim/golden/optimizers.py
"""

import json
import pathlib

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

STEPS, KEPT = 20, (0, 1, 4, 19)
START = [torch.randn(2, 2), torch.randn(2)]
GRADIENTS = [[torch.randn(2, 2), torch.randn(2)] for _ in range(STEPS)]
RATES = [0.1 * 0.8 ** (step // 3) for step in range(STEPS)]

cases = []


def clip(parameters, limit):
    """Scales to a norm of at most the limit; torch's own adds 1e-6 to the norm."""
    parameters = [p for p in parameters if p.grad is not None]
    norm = torch.sqrt(sum((p.grad ** 2).sum() for p in parameters))
    for p in parameters:
        p.grad.mul_(min(1.0, limit / norm.item()))


class RateInside:
    """v = momentum * v + rate * g; value -= v, with Nesterov: value -= momentum * v + rate * g."""

    def __init__(self, parameters, lr, momentum, nesterov=False):
        self.param_groups = [{"lr": lr}]
        self.parameters, self.momentum, self.nesterov = parameters, momentum, nesterov
        self.velocities = [torch.zeros_like(p) for p in parameters]

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.parameters, self.velocities):
            pull = self.param_groups[0]["lr"] * p.grad
            v.mul_(self.momentum).add_(pull)
            p.sub_(self.momentum * v + pull if self.nesterov else v)


def case(optimizer, options, make, rates=None, groups=None, frozen=(), decay=None):
    parameters = [value.clone().requires_grad_() for value in START]
    torch_optimizer = make(parameters)
    values = []
    for step in range(STEPS):
        for place, (p, g) in enumerate(zip(parameters, GRADIENTS[step])):
            p.grad = None if place == 1 and step in frozen else g.clone()
        if rates is not None:
            torch_optimizer.param_groups[0]["lr"] = rates[step]
        if "clipNorm" in options:
            clip(parameters, options["clipNorm"])
        if "clipParameterNorm" in options:
            for p in parameters:
                clip([p], options["clipParameterNorm"])
        if decay is not None:
            for p in parameters:
                p.data.mul_(1 - decay)
        torch_optimizer.step()
        if step in KEPT:
            values.append([x for p in parameters for x in p.flatten().tolist()])
    cases.append({
        "optimizer": optimizer,
        "options": options,
        "rates": rates,
        "groups": groups,
        "frozen": list(frozen),
        "values": values,
    })


def sgd(options, rates=None, frozen=(), decay=None, **torch_options):
    case("Sgd", {"learningRate": 0.1, **options},
         lambda p: torch.optim.SGD(p, lr=0.1, **torch_options), rates, None, frozen, decay)


sgd({})
sgd({"momentum": 0.9}, momentum=0.9)
sgd({"momentum": 0.9, "nesterov": True}, momentum=0.9, nesterov=True)
sgd({"momentum": 0.9, "dampening": 0.5}, momentum=0.9, dampening=0.5)
sgd({"momentum": 0.9, "dampening": 0.5}, momentum=0.9, dampening=0.5, frozen=(0, 1, 2, 10, 11))
sgd({"momentum": 0.9}, momentum=0.9, rates=RATES)
sgd({"weightDecay": 0.3}, weight_decay=0.3)
sgd({"weightDecay": 0.3, "momentum": 0.9, "nesterov": True, "clipNorm": 0.5},
    weight_decay=0.3, momentum=0.9, nesterov=True)
sgd({"weightDecay": 0.3, "decoupled": True, "momentum": 0.9}, momentum=0.9, decay=0.1 * 0.3)
sgd({"clipNorm": 1.5})
sgd({"clipParameterNorm": 1.0})
case("Sgd", {"learningRate": 0.1, "momentum": 0.9},
     lambda p: torch.optim.SGD([{"params": p[:1], "lr": 0.02}, {"params": p[1:], "weight_decay": 0.3}],
                               lr=0.1, momentum=0.9),
     groups=[{"learningRate": 0.02}, {"weightDecay": 0.3}])
for nesterov in (False, True):
    case("Sgd", {"learningRate": 0.1, "momentum": 0.9, "nesterov": nesterov, "rateInVelocity": True},
         lambda p: RateInside(p, 0.1, 0.9, nesterov), rates=RATES)

case("Adam", {}, lambda p: torch.optim.Adam(p))
case("Adam", {"learningRate": 0.1, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3, "weightDecay": 0.3},
     lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.3))
case("Adam", {"learningRate": 0.1, "clipNorm": 0.5},
     lambda p: torch.optim.Adam(p, lr=0.1), rates=RATES)
case("Adam", {"learningRate": 0.1}, lambda p: torch.optim.Adam(p, lr=0.1), frozen=(0, 1, 2, 10, 11))
case("AdamW", {}, lambda p: torch.optim.AdamW(p))
case("AdamW", {"learningRate": 0.1, "weightDecay": 0.3},
     lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.3), rates=RATES)
case("RmsProp", {}, lambda p: torch.optim.RMSprop(p))
case("RmsProp", {"learningRate": 0.1, "alpha": 0.8, "epsilon": 1e-3, "momentum": 0.9, "weightDecay": 0.3},
     lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.8, eps=1e-3, momentum=0.9, weight_decay=0.3))
case("Adagrad", {}, lambda p: torch.optim.Adagrad(p))
case("Adagrad", {"learningRate": 0.1, "epsilon": 1e-3, "weightDecay": 0.3},
     lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-3, weight_decay=0.3))



class Muon:
    """torch.optim.Muon with adjust_lr_fn "original", which Debian's PyTorch does not have, in float64."""

    def __init__(self, parameters, lr=1e-3, decay=0.1, momentum=0.95, nesterov=True, iterations=5):
        self.param_groups = [{"lr": lr}]
        self.parameters, self.decay, self.momentum = parameters, decay, momentum
        self.nesterov, self.iterations = nesterov, iterations
        self.buffers = [torch.zeros_like(p) for p in parameters]

    @torch.no_grad()
    def step(self):
        for p, buffer in zip(self.parameters, self.buffers):
            if p.grad is None:
                continue
            buffer.lerp_(p.grad, 1 - self.momentum)
            update = p.grad.lerp(buffer, self.momentum) if self.nesterov else buffer
            if p.ndim == 1:
                # Not PyTorch's, which takes matrices alone: SGD's velocity, which is no mean.
                update = update / (1 - self.momentum)
            factor = 1.0
            if p.ndim > 1:
                # Gradus stores [in, out], PyTorch [out, in].
                update = self.orthogonal(update.T).T
                factor = max(1, p.shape[1] / p.shape[0]) ** 0.5
            rate = self.param_groups[0]["lr"]
            p.mul_(1 - rate * self.decay)
            p.add_(update, alpha=-rate * factor)

    def orthogonal(self, matrix):
        x = matrix / matrix.norm().clamp(min=1e-7)
        is_tall = x.shape[0] > x.shape[1]
        x = x.T if is_tall else x
        for _ in range(self.iterations):
            a = x @ x.T
            x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
        return x.T if is_tall else x


case("Muon", {}, lambda p: Muon(p))
case("Muon", {"learningRate": 0.1, "weightDecay": 0.3, "momentum": 0.8},
     lambda p: Muon(p, 0.1, 0.3, 0.8), rates=RATES)
case("Muon", {"learningRate": 0.1, "nesterov": False, "iterations": 2, "clipNorm": 0.5},
     lambda p: Muon(p, 0.1, nesterov=False, iterations=2))
case("Muon", {"learningRate": 0.1, "momentum": 0}, lambda p: Muon(p, 0.1, momentum=0, nesterov=False),
     frozen=(0, 1, 2, 10, 11))

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "command": "/usr/bin/python3 packages/optim/golden/optimizers.py",
    "torch": torch.__version__,
    "steps": STEPS,
    "kept": KEPT,
    "start": [value.flatten().tolist() for value in START],
    "gradients": [[g.flatten().tolist() for g in gradients] for gradients in GRADIENTS],
    "cases": cases,
}, indent=2) + "\n")
