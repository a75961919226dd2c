import { multiply, type Tensor, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Adagrad } from "./adagrad.ts";
import { Adam } from "./adam.ts";
import { AdamW } from "./adam_w.ts";
import { exponential } from "./exponential.ts";
import { Muon, type MuonGroup } from "./muon.ts";
import type { OptimizedParameter, OptimizedParameters } from "./optimized_parameter.ts";
import type { Optimizer } from "./optimizer.ts";
import { optimizerFromJson } from "./optimizer_from_json.ts";
import type { OptimizerRecord } from "./optimizer_record.ts";
import { RmsProp } from "./rms_prop.ts";
import { Sgd } from "./sgd.ts";

const backend = reference();

/** A matrix and a vector. */
function twoParameters(): (OptimizedParameter & { readonly gradient: Tensor })[] {
  return ["a", "b"].map((name, i) => ({
    name,
    value: tensor(backend, [1 + i, -2], { shape: i === 0 ? [1, 2] : [2] }),
    gradient: tensor(backend, [3, -1 - i], { shape: i === 0 ? [1, 2] : [2] }),
    trainable: true,
  }));
}

/** The numbers of all parameters and slots after three steps. */
async function path(
  make: (parameters: ReturnType<typeof twoParameters>) => Optimizer,
): Promise<number[][]> {
  const parameters = twoParameters();
  const optimizer = make(parameters);
  for (let step = 0; step < 3; step++) optimizer.step();
  const tensors = [...parameters, ...optimizer.slots];
  return await Promise.all(tensors.map(async ({ value }) => [...await value.data()]));
}

const rate = { rate: 0.1, decay: 0.5, stageSteps: 1, staircase: false };
const groups = [
  {
    parameters: ["b"],
    learningRate: { type: "exponential", ...rate } as const,
    weightDecay: 0.1,
  },
  { parameters: ["a"], learningRate: { type: "constant", rate: 0.2 } as const, weightDecay: 0 },
];

function groupsOf([a, b]: OptimizedParameter[]): OptimizedParameters {
  return [
    { parameters: [b!], learningRate: exponential(rate), weightDecay: 0.1 },
    { parameters: [a!], learningRate: 0.2, weightDecay: 0 },
  ];
}

const sgd = {
  type: "sgd",
  ...{ momentum: 0.8, nesterov: false, dampening: 0.1, decoupled: true, rateInVelocity: true },
  ...{ clipNorm: 2, clipParameterNorm: null },
  groups,
} as const;

/** The whole message of the TypeError that a record gets. */
function refusal(record: unknown): string {
  return assertThrows(
    () => optimizerFromJson(JSON.parse(JSON.stringify(record)), twoParameters()),
    TypeError,
  ).message;
}

describe("optimizerFromJson()", () => {
  const unclipped = { clipNorm: null, clipParameterNorm: null };
  const betas = { beta1: 0.7, beta2: 0.8, epsilon: 1e-3 };
  const spread = { alpha: 0.7, epsilon: 1e-3, momentum: 0.5 };
  const cases: Record<
    OptimizerRecord["type"],
    [OptimizerRecord, (parameters: OptimizedParameter[]) => Optimizer]
  > = {
    adagrad: [
      { type: "adagrad", epsilon: 1e-3, ...unclipped, groups },
      (parameters) => new Adagrad(groupsOf(parameters), { epsilon: 1e-3 }),
    ],
    adam: [
      { type: "adam", ...betas, clipNorm: null, clipParameterNorm: 1, groups },
      (parameters) => new Adam(groupsOf(parameters), { ...betas, clipParameterNorm: 1 }),
    ],
    adamW: [
      { type: "adamW", ...betas, ...unclipped, groups },
      (parameters) => new AdamW(groupsOf(parameters), betas),
    ],
    muon: [
      {
        ...{ type: "muon", momentum: 0.8, nesterov: false, iterations: 3, ...unclipped },
        // Without the second, whose matrix would be by default.
        groups: groups.map((group) => ({ ...group, orthogonalize: false })),
      },
      (parameters) =>
        new Muon(
          groupsOf(parameters).map((group) => ({ ...group, orthogonalize: false }) as MuonGroup),
          { momentum: 0.8, nesterov: false, iterations: 3 },
        ),
    ],
    rmsProp: [
      { type: "rmsProp", ...spread, ...unclipped, groups },
      (parameters) => new RmsProp(groupsOf(parameters), spread),
    ],
    sgd: [
      sgd,
      (parameters) =>
        new Sgd(groupsOf(parameters), {
          learningRate: 1,
          ...{ momentum: 0.8, dampening: 0.1, decoupled: true, rateInVelocity: true, clipNorm: 2 },
        }),
    ],
  };
  for (const [type, [record, make]] of Object.entries(cases)) {
    it(`makes the optimizer that its record names, by way of text: ${type}`, async () => {
      const text = JSON.stringify(record);
      assertEquals(
        await path((parameters) => optimizerFromJson(JSON.parse(text), parameters)),
        await path(make),
      );
    });
  }

  it("takes what the loss was multiplied by, for each type", async () => {
    for (const [record] of Object.values(cases)) {
      // Powers of two alone: gradients that are as much larger give the same bits.
      const scaled = await path(
        (parameters) => {
          for (const { gradient } of parameters) multiply(gradient, 8, { out: gradient });
          return optimizerFromJson(record, parameters, { lossScale: 8 });
        },
      );
      assertEquals(scaled, await path((parameters) => optimizerFromJson(record, parameters)));
    }
  });

  it("refuses types that are not of this package, whatever objects inherit", () => {
    for (const type of ["SGD", "__proto__", "constructor", "", 7, null]) {
      assertEquals(
        refusal({ type }),
        `Cannot make an optimizer as its type must be one of this package: found ${
          JSON.stringify(type)
        }`,
      );
    }
    assertEquals(
      refusal("sgd"),
      'Cannot make an optimizer as its record must be an object: found "sgd"',
    );
  });

  it("refuses settings that are missing or of another type", () => {
    assertEquals(
      refusal({ ...sgd, momentum: undefined }),
      "Cannot make an optimizer as momentum must be a number: found undefined",
    );
    assertEquals(
      refusal({ ...sgd, nesterov: 0 }),
      "Cannot make an optimizer as nesterov must be true or false: found 0",
    );
    assertEquals(
      refusal({ ...sgd, groups: {} }),
      "Cannot make an optimizer as groups must be a list: found {}",
    );
    assertEquals(
      refusal({ ...sgd, groups: [null] }),
      "Cannot make an optimizer as each group must list parameters: found null",
    );
    assertEquals(
      refusal({ ...sgd, groups: [{ ...groups[0], weightDecay: undefined }] }),
      "Cannot make an optimizer as weightDecay must be a number: found undefined",
    );
  });

  it("refuses a Muon without iterations, or without saying what is to be orthogonal", () => {
    const [muon] = cases.muon;
    assertEquals(
      refusal({ ...muon, iterations: undefined }),
      "Cannot make an optimizer as iterations must be a number: found undefined",
    );
    for (const orthogonalize of [undefined, 1]) {
      assertEquals(
        refusal({ ...muon, groups: [{ ...muon.groups[0], orthogonalize }] }),
        `Cannot make an optimizer as orthogonalize must be true or false: found ${orthogonalize}`,
      );
    }
  });

  it("refuses names of no parameter", () => {
    for (const name of ["c", "__proto__", 7]) {
      assertEquals(
        refusal({ ...sgd, groups: [{ ...groups[0], parameters: ["a", name] }] }),
        `Cannot make an optimizer as its groups must name parameters of the model: found ${
          JSON.stringify(name)
        }`,
      );
    }
  });
});
