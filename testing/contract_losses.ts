import { type Random, random } from "@gradus/random";
import type { PointwiseLossOp, Shape } from "@gradus/tensor";
import { assertAgreesExactly, assertFollows, assertGives, assertWithin } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, floats, integers, type Numbers } from "./numbers.ts";
import { indices, normals, signs, uniforms, wholeNumbers } from "./random_numbers.ts";
import { Rough } from "./rough.ts";
import { roughRows, softmaxOf } from "./rough_softmax.ts";
import { runTrial, type Trial } from "./trial.ts";

/** Rows and classes. */
const tables: readonly (readonly [rows: number, classes: number])[] = [
  [1, 2],
  [1, 1],
  [17, 3],
  [128, 10],
  [33, 17],
  [5, 1003],
];

const NONE = { labelSmoothing: 0 };

/** `δ` of huber. */
const DELTA = 0.5;

interface PointwiseRow {
  /** So many that the mean is an exact division. */
  readonly hand: readonly (readonly [p: number, t: number, loss: number, slope: number])[];
  readonly targets: (random: Random, shape: Shape) => Numbers;
  readonly loss: (p: Rough, t: Rough) => Rough;
  readonly slope: (p: Rough, t: Rough) => Rough;
}

const pointwiseRows: Record<PointwiseLossOp, PointwiseRow> = {
  squaredError: {
    hand: [[3, 1, 4, 4], [1, 1, 0, 0]],
    targets: normals,
    loss: (p, t) => p.minus(t).times(p.minus(t)),
    slope: (p, t) => p.minus(t).times(2),
  },
  absoluteError: {
    hand: [[3, 1, 2, 1], [1, 3, 2, -1], [1, 1, 0, 0], [-1, -2, 1, 1]],
    targets: normals,
    loss: (p, t) => p.minus(t).absolute(),
    slope: (p, t) => p.exactly(Math.sign(p.value - t.value)),
  },
  huber: {
    hand: [[3, 1, 0.875, 0.5], [1.25, 1, 0.03125, 0.25], [0, 2, 0.875, -0.5], [1, 1, 0, 0]],
    targets: normals,
    loss: (p, t) => {
      const distance = p.minus(t).absolute();
      return distance.value <= DELTA
        ? distance.times(distance).times(0.5)
        : distance.minus(DELTA / 2).times(DELTA);
    },
    slope: (p, t) => {
      const distance = p.minus(t);
      return Math.abs(distance.value) <= DELTA
        ? distance
        : p.exactly(DELTA * Math.sign(distance.value));
    },
  },
  binaryCrossEntropyWithLogits: {
    hand: [[0, 1, Math.LN2, -0.5], [0, 0, Math.LN2, 0.5], [1000, 1, 0, 0], [-1000, 1, 1000, -1]],
    targets: (random, shape) => uniforms(random, shape, { low: 0, high: 1 }),
    loss: (p, t) =>
      p.absolute().negative().exponential().plus(1).logarithm()
        .plus(Math.max(p.value, 0))
        .minus(t.times(p)),
    slope: (p, t) => p.exactly(1).over(p.negative().exponential().plus(1)).minus(t),
  },
  hinge: {
    // At the kink the slope is 0.
    hand: [[1, 1, 0, 0], [0, 1, 1, -1], [0.5, -1, 1.5, 1], [2, 1, 0, 0]],
    targets: signs,
    loss: (p, t) => {
      const rest = t.times(p).negative().plus(1);
      return rest.value > 0 ? rest : p.exactly(0);
    },
    slope: (p, t) => 1 - t.value * p.value > 0 ? t.negative() : p.exactly(0),
  },
};

const pointwiseShapes: readonly Shape[] = [[1], [17], [128, 1], [67, 33], [2, 3, 1, 5], [10_007]];

export const lossContract: Contract<
  | "softmaxCrossEntropy"
  | "crossEntropy"
  | "crossEntropyGradient"
  | "pointwiseLoss"
  | "pointwiseLossGradient"
  | "countCorrect"
> = {
  softmaxCrossEntropy(test) {
    const trialOf = (
      operands: { logits: Numbers; target: Numbers; weight?: Numbers },
      options: { labelSmoothing: number },
    ): Trial<"logits" | "target" | "weight", "loss" | "gradient"> => ({
      inputs: {
        logits: operands.logits,
        target: operands.target,
        weight: operands.weight ?? floats([NaN]),
      },
      outputs: { loss: blank([]), gradient: blank(operands.logits.shape) },
      call: (backend, { logits, target, weight, loss, gradient }) =>
        backend.softmaxCrossEntropy(
          { logits, target, weight: operands.weight === undefined ? null : weight },
          options,
          { loss, gradient },
        ),
    });

    test("gives loss and gradient by hand, for labels and for tables", async (backend) => {
      const logits = floats([1, 1, 1000, 0], [2, 2]);
      for (const target of [integers([1, 0]), floats([0, 1, 1, 0], [2, 2])]) {
        const { loss, gradient } = await runTrial(backend, trialOf({ logits, target }, NONE));
        const float = backend.float;
        // Of ln 2 and its half: the logarithm near 1 may be off by 2⁻²¹.
        assertWithin(loss, Float64Array.of(Math.LN2 / 2), { bound: 2 ** -21, float, name: "loss" });
        assertWithin(gradient, Float64Array.of(0.25, -0.25, 0, 0), {
          bound: 2 ** -22,
          float,
          name: "gradient",
        });
      }
    });
    test("allows an impossible class that is no target", async (backend) => {
      const logits = floats([0, -Infinity], [1, 2]);
      await assertGives(backend, trialOf({ logits, target: integers([0]) }, NONE), {
        loss: [0],
        gradient: [0, 0],
      });
      await assertGives(backend, trialOf({ logits, target: integers([1]) }, NONE), {
        loss: [Infinity],
        gradient: [1, -1],
      });
    });
    test("makes the loss and the row's gradient NaN for a label out of range", async (backend) => {
      for (const label of [-1, 2, 2 ** 31 - 1, -(2 ** 31)]) {
        await assertGives(
          backend,
          trialOf({ logits: floats([0, 0, 0, 0], [2, 2]), target: integers([label, 1]) }, NONE),
          { loss: [NaN], gradient: [NaN, NaN, 0.25, -0.25] },
        );
      }
    });
    test("makes the loss and the row's gradient NaN for a logit that is NaN", async (backend) => {
      await assertGives(
        backend,
        trialOf({ logits: floats([NaN, 0, 0, 0], [2, 2]), target: integers([1, 1]) }, NONE),
        { loss: [NaN], gradient: [NaN, NaN, 0.25, -0.25] },
      );
    });
    test("rounds no more than its formula, with every option", async (backend) => {
      const stream = random(1);
      await Promise.all(tables.flatMap(([rows, classes]) => {
        const logits = uniforms(stream, [rows, classes], { low: -8, high: 8 });
        const weight = uniforms(stream, [classes], { low: 0.25, high: 2 });
        const labels = indices(stream, [rows], classes);
        const table = uniforms(stream, [rows, classes], { low: 0, high: 2 / classes });
        return [0, 0.1].flatMap((labelSmoothing) =>
          [labels, table].flatMap((target) =>
            [undefined, weight].map((weight) =>
              assertFollows(
                backend,
                trialOf({ logits, target, ...(weight && { weight }) }, { labelSmoothing }),
                (u) => formula({ logits, target, weight, labelSmoothing, u }),
              )
            )
          )
        );
      }));
    });
  },

  crossEntropy(test) {
    const trialOf = (p: Numbers, target: Numbers): Trial<"p" | "target", "loss"> => ({
      inputs: { p, target },
      outputs: { loss: blank([]) },
      call: (backend, { p, target, loss }) => backend.crossEntropy(p, target, loss),
    });
    test("gives 0 for certainty, and Infinity where a target is impossible", async (backend) => {
      const p = floats([1, 0], [1, 2]);
      await assertGives(backend, trialOf(p, integers([0])), { loss: [0] });
      await assertGives(backend, trialOf(p, integers([1])), { loss: [Infinity] });
      await assertGives(backend, trialOf(p, floats([1, 0], [1, 2])), { loss: [0] });
      await assertGives(backend, trialOf(p, floats([0, 1], [1, 2])), { loss: [Infinity] });
    });
    test("gives NaN for a label out of range", async (backend) => {
      for (const label of [-1, 2]) {
        await assertGives(
          backend,
          trialOf(floats([0.5, 0.5], [1, 2]), integers([label])),
          { loss: [NaN] },
        );
      }
    });
    test("rounds no more than its formula", async (backend) => {
      const stream = random(2);
      await Promise.all(tables.flatMap(([rows, classes]) => {
        const p = uniforms(stream, [rows, classes], { low: 0.01, high: 1 });
        const labels = indices(stream, [rows], classes);
        const table = uniforms(stream, [rows, classes], { low: 0, high: 2 / classes });
        return [labels, table].map((target) =>
          assertFollows(backend, trialOf(p, target), (u) => {
            const terms = roughRows(p, u).flatMap((row, r) =>
              row.flatMap((p, c) => {
                const t = targetAt(target, classes, r, c, u);
                return t.value === 0 ? [] : [p.logarithm().times(t)];
              })
            );
            return { loss: [Rough.sum(terms).over(rows).negative()] };
          })
        );
      }));
    });
  },

  crossEntropyGradient(test) {
    const trialOf = (p: Numbers, target: Numbers): Trial<"p" | "target", "out"> => ({
      inputs: { p, target },
      outputs: { out: blank(p.shape) },
      call: (backend, { p, target, out }) => backend.crossEntropyGradient(p, target, out),
    });
    test("gives the slope by hand, and 0 where the target is 0", async (backend) => {
      const p = floats([0.5, 0.5, 1, 0], [2, 2]);
      await assertGives(backend, trialOf(p, integers([1, 0])), { out: [0, -1, -0.5, 0] });
      await assertGives(backend, trialOf(p, floats([0, 1, 1, 0], [2, 2])), {
        out: [0, -1, -0.5, 0],
      });
      await assertGives(backend, trialOf(p, integers([1, 1])), { out: [0, -1, 0, -Infinity] });
    });
    test("makes the row NaN for a label out of range", async (backend) => {
      await assertGives(
        backend,
        trialOf(floats([0.5, 0.5, 0.5, 0.5], [2, 2]), integers([2, 0])),
        { out: [NaN, NaN, -1, 0] },
      );
    });
    test("rounds no more than its formula", async (backend) => {
      const stream = random(3);
      await Promise.all(tables.flatMap(([rows, classes]) => {
        const p = uniforms(stream, [rows, classes], { low: 0.01, high: 1 });
        const labels = indices(stream, [rows], classes);
        const table = uniforms(stream, [rows, classes], { low: 0, high: 2 / classes });
        return [labels, table].map((target) =>
          assertFollows(backend, trialOf(p, target), (u) => ({
            out: roughRows(p, u).flatMap((row, r) =>
              row.map((p, c) => targetAt(target, classes, r, c, u).over(p.times(rows)).negative())
            ),
          }))
        );
      }));
    });
  },

  pointwiseLoss(test) {
    for (const [op, row] of Object.entries(pointwiseRows) as [PointwiseLossOp, PointwiseRow][]) {
      const options = { row: `pointwiseLoss.${op}` } as const;
      const trialOf = (prediction: Numbers, target: Numbers): Trial<"p" | "t", "loss"> => ({
        inputs: { p: prediction, t: target },
        outputs: { loss: blank([]) },
        call: (backend, { p, t, loss }) =>
          backend.pointwiseLoss(op, { prediction: p, target: t }, loss, DELTA),
      });
      test(`gives ${op} by hand`, async (backend) => {
        for (const [p, t, loss] of row.hand) {
          const actual = await runTrial(backend, trialOf(floats([p]), floats([t])));
          assertWithin(actual.loss, Float64Array.of(loss), {
            // ln 2 may be off by 2⁻²¹; the others are exact.
            bound: Math.fround(loss) === loss ? 0 : 2 ** -21,
            float: backend.float,
            name: op,
          });
        }
      }, options);
      test(`takes the mean of ${op} in every shape`, async (backend) => {
        const stream = random(4);
        await Promise.all(pointwiseShapes.map((shape) => {
          const [p, t] = [normals(stream, shape), row.targets(stream, shape)];
          return assertFollows(backend, trialOf(p, t), (u) => {
            const losses = pairs(p, t, u).map(([p, t]) => row.loss(p, t));
            return { loss: [Rough.sum(losses).over(losses.length)] };
          });
        }));
      }, options);
      test(`hands NaN on through ${op}`, async (backend) => {
        await assertGives(backend, trialOf(floats([1, NaN]), floats([1, 1])), { loss: [NaN] });
      }, options);
    }
  },

  pointwiseLossGradient(test) {
    for (const [op, row] of Object.entries(pointwiseRows) as [PointwiseLossOp, PointwiseRow][]) {
      const options = { row: `pointwiseLossGradient.${op}` } as const;
      const trialOf = (prediction: Numbers, target: Numbers): Trial<"p" | "t", "out"> => ({
        inputs: { p: prediction, t: target },
        outputs: { out: blank(prediction.shape) },
        call: (backend, { p, t, out }) =>
          backend.pointwiseLossGradient(op, { prediction: p, target: t }, out, DELTA),
      });
      test(`gives the slope of ${op} by hand`, async (backend) => {
        await assertGives(
          backend,
          trialOf(
            floats(row.hand.map(([p]) => p)),
            floats(row.hand.map(([, t]) => t)),
          ),
          { out: row.hand.map(([, , , slope]) => slope / row.hand.length) },
        );
      }, options);
      test(`gives the slope of ${op} in every shape`, async (backend) => {
        const stream = random(5);
        await Promise.all(pointwiseShapes.map((shape) => {
          const [p, t] = [normals(stream, shape), row.targets(stream, shape)];
          return assertFollows(backend, trialOf(p, t), (u) => ({
            out: pairs(p, t, u).map(([p, t], _, { length }) => row.slope(p, t).over(length)),
          }));
        }));
      }, options);
    }
  },

  countCorrect(test) {
    const trialOf = (prediction: Numbers, target: Numbers): Trial<"p" | "t", "out"> => ({
      inputs: { p: prediction, t: target },
      outputs: { out: blank([]) },
      call: (backend, { p, t, out }) => backend.countCorrect(p, t, out),
    });
    test("counts by hand; of equal numbers the first counts, and NaN before all", async (backend) => {
      const p = floats([1, 2, 2, 5, 0, 5, NaN, NaN, 9, -Infinity, -Infinity, -Infinity], [4, 3]);
      await assertGives(backend, trialOf(p, integers([1, 0, 0, 0])), { out: [4] });
      await assertGives(backend, trialOf(p, integers([2, 2, 1, 1])), { out: [0] });
      await assertGives(backend, trialOf(p, integers([-1, 3, 0, 0])), { out: [2] });
      const table = floats([0, 1, 0, 1, 0, 0, 0, 0, 1, 0.5, 0.5, 0], [4, 3]);
      await assertGives(backend, trialOf(p, table), { out: [3] });
    });
    test("counts in any table", async (backend) => {
      const stream = random(6);
      await Promise.all([...tables, [5003, 10] as const].flatMap(([rows, classes]) => {
        const p = wholeNumbers(stream, [rows, classes]);
        return [indices(stream, [rows], classes), wholeNumbers(stream, [rows, classes])].map(
          (target) => assertAgreesExactly(backend, trialOf(p, target)),
        );
      }));
    });
  },
};

/** Loss and gradient as the contract has them. */
function formula(
  { logits, target, weight, labelSmoothing, u }: {
    logits: Numbers;
    target: Numbers;
    weight: Numbers | undefined;
    labelSmoothing: number;
    u: number;
  },
): { loss: Rough[]; gradient: Rough[] } {
  const [rows, classes] = logits.shape as [number, number];
  const weightOf = (c: number) => new Rough(weight?.values[c] ?? 1, { u });
  const count = weight !== undefined && target.shape.length === 1
    ? Rough.sum(Array.from(target.values, weightOf))
    : new Rough(rows, { u });
  const terms: Rough[] = [];
  const gradient = roughRows(logits, u).flatMap((row, r) => {
    const { p, logP } = softmaxOf(row);
    const targets = row.map((_, c) =>
      targetAt(target, classes, r, c, u)
        .times(1 - labelSmoothing)
        .plus(labelSmoothing / classes)
        .times(weightOf(c))
    );
    terms.push(...targets.flatMap((t, c) => t.value === 0 ? [] : [t.times(logP[c]!)]));
    const total = Rough.sum(targets);
    return p.map((p, c) => p.times(total).minus(targets[c]!).over(count));
  });
  return { loss: [Rough.sum(terms).over(count).negative()], gradient };
}

function targetAt(target: Numbers, classes: number, row: number, c: number, u: number): Rough {
  const value = target.shape.length === 2
    ? target.values[row * classes + c]!
    : target.values[row] === c
    ? 1
    : 0;
  return new Rough(value, { u });
}

function pairs(p: Numbers, t: Numbers, u: number): [Rough, Rough][] {
  return Array.from(p.values, (p, i) => [new Rough(p, { u }), new Rough(t.values[i]!, { u })]);
}
