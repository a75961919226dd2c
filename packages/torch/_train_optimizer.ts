import type { GroupRecord, MuonGroupRecord, OptimizerRecord, SgdRecord } from "@gradus/optim";
import { definitionsOf, python, pythonList, withFeatures } from "./_python.ts";
import { schedulePy } from "./_train_schedule.ts";

/** What a slot of an optimizer of Gradus is called in PyTorch. */
export const SLOTS: Readonly<Record<OptimizerRecord["type"], Readonly<Record<string, string>>>> = {
  adagrad: { square: "sum" },
  adam: { mean: "exp_avg", variance: "exp_avg_sq" },
  adamW: { mean: "exp_avg", variance: "exp_avg_sq" },
  muon: { velocity: "momentum_buffer" },
  rmsProp: { square: "square_avg", velocity: "momentum_buffer" },
  sgd: { velocity: "momentum_buffer" },
};

/** The parts of `train_ddp.py` that depend on the optimizer. */
export interface OptimizerPy {
  /** Constants at the top. */
  readonly constants: string;
  /** `make_optimizer`, `take_step` and `rates`, and what they need. */
  readonly functions: readonly string[];
}

/** How a training moves its parameters, but for those that are frozen. */
export function optimizerPy(
  record: OptimizerRecord,
  frozen: ReadonlySet<string>,
  torchName: (own: string) => string,
): OptimizerPy {
  const groups = record.groups.map((group) => ({
    ...group,
    names: group.parameters.filter((name) => !frozen.has(name)).map(torchName),
  })).filter(({ names }) => names.length > 0);
  const schedules = groups.map(({ learningRate }) => schedulePy(learningRate));
  const states = statesOf(record).map((name) => python(name));
  const lines = groups.map((group) =>
    `    {\n        "weight_decay": ${python(group.weightDecay)},\n${
      orthogonalizeLine(group)
    }        "names": ${pythonList(group.names.map((name) => python(name)), "        ")},\n    },\n`
  );
  return {
    constants: `GROUPS = [\n${lines.join("")}]
STATES = [${states.join(", ")}]  # what the optimizer keeps of each parameter
${clippingConstant(record)}`,
    functions: [
      ...record.type === "muon" ? [MUON] : [],
      makeOptimizer(record),
      takeStep(record),
      `def rates(step):
    """The learning rate of each group at a step, the first of which is 0."""
    return [
${schedules.map(({ rate }) => `        ${rate},\n`).join("")}    ]
`,
      ...definitionsOf(schedules),
    ],
  };
}

/** Of a group of Muon's. */
function orthogonalizeLine(group: GroupRecord | MuonGroupRecord): string {
  return "orthogonalize" in group
    ? `        "orthogonalize": ${python(group.orthogonalize)},\n`
    : "";
}

/** What PyTorch's optimizer keeps of each parameter, as far as this one does. */
function statesOf(record: OptimizerRecord): string[] {
  const hasVelocity = "momentum" in record && record.momentum > 0;
  return Object.entries(SLOTS[record.type]).flatMap(([own, name]) =>
    own === "velocity" && !hasVelocity ? [] : [name]
  );
}

function makeOptimizer(record: OptimizerRecord): string {
  return `def make_optimizer(parameters):
    """The optimizer of all groups, which has taken no step."""
    groups = [
        {
            "params": [parameters[name] for name in group["names"]],
            "weight_decay": ${isDecayedHere(record) ? "0" : `group["weight_decay"]`},
${record.type === "muon" ? '            "orthogonalize": group["orthogonalize"],\n' : ""}        }
        for group in GROUPS
    ]
    return ${optimizerCall(record)}
`;
}

/** Whether decay is no business of PyTorch's optimizer. */
function isDecayedHere(record: OptimizerRecord): record is SgdRecord {
  return record.type === "sgd" && record.decoupled;
}

function optimizerCall(record: OptimizerRecord): string {
  switch (record.type) {
    case "adagrad":
      return `torch.optim.Adagrad(groups, eps=${python(record.epsilon)})`;
    case "adam":
    case "adamW": {
      const { type, beta1, beta2, epsilon } = record;
      const betas = `(${python(beta1)}, ${python(beta2)})`;
      return `torch.optim.${type === "adam" ? "Adam" : "AdamW"}(groups, betas=${betas}, eps=${
        python(epsilon)
      })`;
    }
    case "muon": {
      const { momentum, nesterov, iterations } = record;
      const settings = [momentum, nesterov, iterations].map((value) => python(value));
      return `Muon(groups, ${settings.join(", ")})`;
    }
    case "rmsProp": {
      const { alpha, epsilon, momentum } = record;
      return `torch.optim.RMSprop(groups, alpha=${python(alpha)}, eps=${
        python(epsilon)
      }, momentum=${python(momentum)})`;
    }
    case "sgd": {
      const { momentum, dampening, nesterov } = record;
      const settings = [
        `momentum=${python(momentum)}`,
        ...dampening > 0 ? [`dampening=${python(dampening)}`] : [],
        ...nesterov ? ["nesterov=True"] : [],
      ];
      // It has no rate of its own, but wants one.
      return `torch.optim.SGD(groups, lr=0.0, ${settings.join(", ")})`;
    }
  }
}

const MUON = `class Muon(torch.optim.Optimizer):
    """Descent with momentum and decoupled decay whose steps for matrices are made orthogonal."""

    def __init__(self, groups, momentum, nesterov, iterations):
        super().__init__(groups, {"lr": 0.0})
        self.momentum, self.nesterov, self.iterations = momentum, nesterov, iterations

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.move(parameter, group)

    def move(self, parameter, group):
        gradient, state = parameter.grad, self.state[parameter]
        update = gradient
        if self.momentum > 0:
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = torch.zeros_like(gradient)
            velocity = state["momentum_buffer"].mul_(self.momentum).add_(gradient)
            update = gradient + self.momentum * velocity if self.nesterov else velocity
        if group["orthogonalize"]:
            matrix = update.reshape(len(update), -1)
            factor = max(1, matrix.shape[0] / matrix.shape[1]) ** 0.5
            update = factor * self.orthogonal(matrix).view_as(parameter)
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        parameter.add_(update, alpha=-group["lr"])

    def orthogonal(self, matrix):
        """The matrix with singular values of about 1, by iterations of Newton and Schulz."""
        x = matrix / matrix.norm().clamp(min=1e-7)
        is_tall = x.shape[0] > x.shape[1]
        x = x.T if is_tall else x
        for _ in range(self.iterations):
            gram = x @ x.T
            x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x
        return x.T if is_tall else x
`;

function takeStep(record: OptimizerRecord): string {
  const isScaled = record.type === "sgd" && record.rateInVelocity;
  const isDecoupled = isDecayedHere(record);
  return withFeatures(TAKE_STEP, {
    clipped: record.clipNorm !== null || record.clipParameterNorm !== null,
    together: record.clipNorm !== null,
    apart: record.clipParameterNorm !== null,
    decoupled: isDecoupled,
    scaled: isScaled,
    pulled: isScaled && !isDecoupled,
    grouped: isScaled || isDecoupled,
  });
}

const TAKE_STEP = `@torch.no_grad()
def take_step(optimizer, step):
    """Moves the parameters once."""  #? not scaled
    """Moves the parameters once.  #? scaled
  #? scaled
    Velocities take up the rates of their steps, as PyTorch's do where it is the gradients that are  #? scaled
    multiplied by the rate.  #? scaled
    """  #? scaled
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"]]  #? clipped
    norms = torch.stack([gradient.double().norm() for gradient in gradients])  #? clipped
    factor = (CLIP_NORM / norms.norm()).clamp(max=1)  #? together
    for gradient in gradients:  #? together
        gradient.mul_(factor)  #? together
    for gradient, norm in zip(gradients, norms):  #? apart
        gradient.mul_((CLIP_NORM / norm).clamp(max=1))  #? apart
    for group, rate in zip(optimizer.param_groups, rates(step)):  #? not grouped
    for group, settings, rate in zip(optimizer.param_groups, GROUPS, rates(step)):  #? grouped
        group["lr"] = rate  #? not scaled
        group["lr"] = 1.0  #? scaled
        group["weight_decay"] = rate * settings["weight_decay"]  #? pulled
        for parameter in group["params"]:  #? grouped
            parameter.mul_(1 - rate * settings["weight_decay"])  #? decoupled
            parameter.grad.mul_(rate)  #? scaled
    optimizer.step()
`;

function clippingConstant({ clipNorm, clipParameterNorm }: OptimizerRecord): string {
  const norm = clipNorm ?? clipParameterNorm;
  return norm === null ? "" : `CLIP_NORM = ${python(norm)}\n`;
}
