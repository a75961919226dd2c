import { random } from "@gradus/random";
import type { Shape } from "@gradus/tensor";
import { assertFollows, assertGives } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, floats, type Numbers } from "./numbers.ts";
import { normals, uniforms } from "./random_numbers.ts";
import { Rough } from "./rough.ts";
import { roughRows, softmaxOf } from "./rough_softmax.ts";
import type { Trial } from "./trial.ts";

const shapes: readonly Shape[] = [
  [1],
  [17],
  [1, 10],
  [128, 10],
  [33, 3],
  [5, 1],
  [67, 129],
  [2, 3, 1, 7],
  [3, 5003],
];

export const softmaxContract: Contract<"softmax" | "logSoftmax" | "softmaxGradient"> = {
  softmax(test) {
    const trialOf = (x: Numbers): Trial<"x", "out"> => ({
      inputs: { x },
      outputs: { out: blank(x.shape) },
      call: (backend, { x, out }) => backend.softmax(x, out),
    });
    test("gives probabilities by hand, of huge numbers and -Infinity too", async (backend) => {
      const x = floats([0, 0, 1e4, 1e4, -1e4, -1e4, 1e4, -1e4, 0, -Infinity, 3e38, -3e38], [6, 2]);
      await assertGives(backend, trialOf(x), {
        out: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 0, 1, 0, 1, 0],
      });
    });
    test("makes rows NaN that have NaN, Infinity or nothing but -Infinity", async (backend) => {
      const x = floats([1, NaN, 0, Infinity, -Infinity, -Infinity, 0, 0], [4, 2]);
      await assertGives(backend, trialOf(x), { out: [NaN, NaN, NaN, NaN, NaN, NaN, 0.5, 0.5] });
    });
    test("rounds no more than its formula, in every shape, in place too", async (backend) => {
      const stream = random(1);
      await Promise.all(shapes.map(async (shape) => {
        const x = uniforms(stream, shape, { low: -10, high: 10 });
        const formula = (u: number) => roughRows(x, u).flatMap((row) => softmaxOf(row).p);
        await assertFollows(backend, trialOf(x), (u) => ({ out: formula(u) }));
        await assertFollows(backend, {
          inputs: {},
          outputs: { x },
          call: (backend, { x }) => backend.softmax(x, x),
        }, (u) => ({ x: formula(u) }));
      }));
    });
  },

  logSoftmax(test) {
    const trialOf = (x: Numbers): Trial<"x", "out"> => ({
      inputs: { x },
      outputs: { out: blank(x.shape) },
      call: (backend, { x, out }) => backend.logSoftmax(x, out),
    });
    test("gives logarithms by hand, of huge numbers and -Infinity too", async (backend) => {
      const x = floats([1000, 0, -1e4, 1e4, 0, -Infinity], [3, 2]);
      await assertGives(backend, trialOf(x), { out: [0, -1000, -2e4, 0, 0, -Infinity] });
    });
    test("makes rows NaN that have NaN, Infinity or nothing but -Infinity", async (backend) => {
      const x = floats([1, NaN, 0, Infinity, -Infinity, -Infinity, 1000, 0], [4, 2]);
      await assertGives(backend, trialOf(x), { out: [NaN, NaN, NaN, NaN, NaN, NaN, 0, -1000] });
    });
    test("rounds no more than its formula, in every shape, in place too", async (backend) => {
      const stream = random(2);
      await Promise.all(shapes.map(async (shape) => {
        const x = uniforms(stream, shape, { low: -10, high: 10 });
        const formula = (u: number) => roughRows(x, u).flatMap((row) => softmaxOf(row).logP);
        await assertFollows(backend, trialOf(x), (u) => ({ out: formula(u) }));
        await assertFollows(backend, {
          inputs: {},
          outputs: { x },
          call: (backend, { x }) => backend.logSoftmax(x, x),
        }, (u) => ({ x: formula(u) }));
      }));
    });
  },

  softmaxGradient(test) {
    test("multiplies with the Jacobian by hand", async (backend) => {
      await assertGives(backend, {
        inputs: { y: floats([0.25, 0.75, 0.5, 0.5], [2, 2]), dy: floats([4, 0, 1, 1], [2, 2]) },
        outputs: { out: blank([2, 2]) },
        call: (backend, { y, dy, out }) => backend.softmaxGradient({ y, dy }, out),
      }, { out: [0.75, -0.75, 0, 0] });
    });
    test("rounds no more than its formula, in every shape, in place of y or dy", async (backend) => {
      const stream = random(3);
      await Promise.all(shapes.map(async (shape) => {
        const length = shape.at(-1)!;
        const y = uniforms(stream, shape, { low: 0, high: 2 / length });
        const dy = normals(stream, shape);
        const formula = (u: number) => {
          const [ys, dys] = [roughRows(y, u), roughRows(dy, u)];
          return ys.flatMap((row, r) => {
            const dot = Rough.sum(row.map((y, i) => y.times(dys[r]![i]!)));
            return row.map((y, i) => y.times(dys[r]![i]!.minus(dot)));
          });
        };
        await assertFollows(backend, {
          inputs: { y, dy },
          outputs: { out: blank(shape) },
          call: (backend, { y, dy, out }) => backend.softmaxGradient({ y, dy }, out),
        }, (u) => ({ out: formula(u) }));
        await assertFollows(backend, {
          inputs: { y },
          outputs: { dy },
          call: (backend, { y, dy }) => backend.softmaxGradient({ y, dy }, dy),
        }, (u) => ({ dy: formula(u) }));
        await assertFollows(backend, {
          inputs: { dy },
          outputs: { y },
          call: (backend, { y, dy }) => backend.softmaxGradient({ y, dy }, y),
        }, (u) => ({ y: formula(u) }));
      }));
    });
  },
};
