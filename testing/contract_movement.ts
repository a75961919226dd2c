import { random } from "@gradus/random";
import { type Backend, type Shape, sizeOf } from "@gradus/tensor";
import { assertAgrees, assertAgreesExactly, assertGives, gamma, magnitudes } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, blankIntegers, floats, integers, type Numbers } from "./numbers.ts";
import { indices, normals, wholeNumbers } from "./random_numbers.ts";
import type { Trial } from "./trial.ts";

export const movementContract: Contract<
  "transpose" | "slice" | "paste" | "gather" | "gatherGradient"
> = {
  transpose(test) {
    test("reorders axes by hand", async (backend) => {
      await assertGives(backend, {
        inputs: { x: floats([1, 2, 3, 4, 5, 6], [1, 2, 3]) },
        outputs: { out: blank([3, 1, 2]) },
        call: (backend, { x, out }) => backend.transpose(x, [2, 0, 1], out),
      }, { out: [1, 4, 2, 5, 3, 6] });
    });
    test("has every order of up to 4 axes, and one of 5", async (backend) => {
      const orders = [[], [1], [2, 3], [3, 4, 5], [2, 3, 5, 7]].flatMap((shape: Shape) =>
        permutations(shape.map((_, axis) => axis)).map((order) => ({ shape, order }))
      );
      orders.push({ shape: [2, 3, 1, 4, 3], order: [3, 1, 4, 0, 2] });
      await Promise.all(orders.map((options) => assertAllTypes(backend, options)));
    });
    test("reorders large matrices and images", async (backend) => {
      await assertAllTypes(backend, { shape: [67, 129], order: [1, 0] });
      await assertAllTypes(backend, { shape: [1, 1000], order: [1, 0] });
      await assertAllTypes(backend, { shape: [3, 17, 19, 33], order: [0, 3, 1, 2] });
      await assertAllTypes(backend, { shape: [3, 33, 17, 19], order: [0, 2, 3, 1] });
    });

    function assertAllTypes(
      backend: Backend,
      { shape, order }: { shape: Shape; order: readonly number[] },
    ): Promise<void[]> {
      return Promise.all(
        counting(shape).map(({ x, out }) =>
          assertAgreesExactly(backend, {
            inputs: { x },
            outputs: { out: out(order.map((axis) => shape[axis]!)) },
            call: (backend, { x, out }) => backend.transpose(x, order, out),
          })
        ),
      );
    }
  },

  slice(test) {
    test("takes ranges by hand, backwards too", async (backend) => {
      await assertGives(backend, {
        inputs: { x: floats([1, 2, 3, 4, 5, 6], [2, 3]) },
        outputs: { out: blank([1, 2]) },
        call: (backend, { x, out }) => backend.slice(x, { start: [1, 2], step: [1, -2] }, out),
      }, { out: [6, 4] });
    });
    test("takes any ranges of any shape", async (backend) => {
      const stream = random(1);
      const shapes: Shape[] = [[], [1], [17], [1000], [5, 3], [2, 3, 4], [67, 129], [
        2,
        3,
        1,
        4,
        3,
      ]];
      for (const shape of shapes) {
        for (let round = 0; round < 6; round++) {
          const ranges = shape.map((length) => {
            const step = (1 + stream.integer(3)) * (stream.integer(2) === 0 ? 1 : -1);
            const start = stream.integer(length);
            const reach = Math.floor((step > 0 ? length - 1 - start : start) / Math.abs(step)) + 1;
            return { start, step, count: 1 + stream.integer(reach) };
          });
          await Promise.all(
            counting(shape).map(({ x, out }) =>
              assertAgreesExactly(backend, {
                inputs: { x },
                outputs: { out: out(ranges.map((range) => range.count)) },
                call: (backend, { x, out }) =>
                  backend.slice(x, {
                    start: ranges.map((range) => range.start),
                    step: ranges.map((range) => range.step),
                  }, out),
              })
            ),
          );
        }
      }
    });
  },

  paste(test) {
    test("writes a part, and leaves the rest", async (backend) => {
      await assertGives(backend, {
        inputs: { x: floats([1, 2], [2, 1]) },
        outputs: { out: floats([5, 6, 7, 8, NaN, 10], [2, 3]) },
        call: (backend, { x, out }) => backend.paste(x, { axis: 1, start: 1 }, out),
      }, { out: [5, 1, 7, 8, 2, 10] });
    });
    test("writes along any axis of any shape", async (backend) => {
      const stream = random(2);
      const shapes: Shape[] = [[1], [17], [1000], [5, 3], [2, 3, 4], [67, 129], [2, 3, 1, 4, 3]];
      for (const shape of shapes) {
        for (const [axis, length] of shape.entries()) {
          const start = stream.integer(length);
          const part = shape.map((own, at) =>
            at === axis ? 1 + stream.integer(length - start) : own
          );
          await Promise.all(
            counting(part).map(({ x, out }) =>
              assertAgreesExactly(backend, {
                inputs: { x },
                outputs: { out: out(shape) },
                call: (backend, { x, out }) => backend.paste(x, { axis, start }, out),
              })
            ),
          );
        }
      }
    });
  },

  gather(test) {
    test("takes rows by hand, one twice", async (backend) => {
      await assertGives(backend, {
        inputs: { x: floats([1, 2, 3, 4, 5, 6], [3, 2]), at: integers([2, 0, 2]) },
        outputs: { out: blank([3, 2]) },
        call: (backend, { x, at, out }) => backend.gather(x, at, 0, out),
      }, { out: [5, 6, 1, 2, 5, 6] });
    });
    test("gives NaN, or 0 of int32, for an index out of range", async (backend) => {
      const at = integers([-1, 3, 1, 2 ** 31 - 1, -(2 ** 31)]);
      await assertGives(backend, {
        inputs: { x: floats([1, 2, 3]), at },
        outputs: { out: blank([5]) },
        call: (backend, { x, at, out }) => backend.gather(x, at, 0, out),
      }, { out: [NaN, NaN, 2, NaN, NaN] });
      await assertGives(backend, {
        inputs: { x: integers([1, 2, 3, 4, 5, 6], [2, 3]), at },
        outputs: { out: blankIntegers([2, 5]) },
        call: (backend, { x, at, out }) => backend.gather(x, at, 1, out),
      }, { out: [0, 0, 2, 0, 0, 0, 0, 5, 0, 0] });
    });
    test("takes slices along any axis of any shape", async (backend) => {
      const stream = random(3);
      const shapes: Shape[] = [[1], [17], [1000], [5, 3], [2, 3, 4], [67, 129], [2, 3, 1, 4, 3]];
      for (const shape of shapes) {
        for (const [axis, length] of shape.entries()) {
          for (const count of [1, 7, 33]) {
            const at = indices(stream, [count], length);
            await Promise.all(
              counting(shape).map(({ x, out }) =>
                assertAgreesExactly(backend, {
                  inputs: { x, at },
                  outputs: { out: out(shape.map((own, i) => i === axis ? count : own)) },
                  call: (backend, { x, at, out }) => backend.gather(x, at, axis, out),
                })
              ),
            );
          }
        }
      }
    });
  },

  gatherGradient(test) {
    const trialOf = (
      dy: Numbers,
      at: Numbers,
      { axis, length }: { axis: number; length: number },
    ): Trial<"dy" | "at", "out"> => ({
      inputs: { dy, at },
      outputs: { out: blank(dy.shape.map((own, i) => i === axis ? length : own)) },
      call: (backend, { dy, at, out }) => backend.gatherGradient(dy, at, axis, out),
    });
    test("adds by hand what an index gave twice, and gives 0 to what none gave", async (backend) => {
      const trial = trialOf(floats([1, 2, 3, 4, 5, 6], [3, 2]), integers([2, 0, 2]), {
        axis: 0,
        length: 3,
      });
      await assertGives(backend, trial, { out: [3, 4, 0, 0, 6, 8] });
    });
    test("leaves out an index out of range", async (backend) => {
      const trial = trialOf(floats([1, 2, 4, 8, 16]), integers([0, -1, 3, 2, -(2 ** 31)]), {
        axis: 0,
        length: 3,
      });
      await assertGives(backend, trial, { out: [1, 0, 8] });
    });
    test("adds along any axis of any shape", async (backend) => {
      const stream = random(4);
      const shapes: Shape[] = [[1], [17], [5, 3], [2, 3, 4], [67, 33], [2, 3, 1, 4, 3]];
      for (const shape of shapes) {
        for (const [axis, length] of shape.entries()) {
          for (const count of [1, 7, 130]) {
            const at = indices(stream, [count], length);
            const dy = shape.map((own, i) => i === axis ? count : own);
            await assertAgreesExactly(
              backend,
              trialOf(wholeNumbers(stream, dy), at, { axis, length }),
            );
            const trial = trialOf(normals(stream, dy), at, { axis, length });
            await assertAgrees(backend, trial, async (_exact, u) => {
              // All of the slices may have gone to one index.
              const { out } = await magnitudes(trial);
              return { out: Array.from(out, (magnitude) => gamma(count, u) * magnitude) };
            });
          }
        }
      }
    });
  },
};

/** 1, 2, 3 … in a shape, as each of the types that can be moved, and what takes the result. */
function counting(shape: Shape): { x: Numbers; out: (shape: Shape) => Numbers }[] {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => i + 1);
  return [{ x: floats(values, shape), out: blank }, {
    x: integers(values, shape),
    out: blankIntegers,
  }];
}

function permutations(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first) =>
    permutations(of.filter((other) => other !== first)).map((rest) => [first, ...rest])
  );
}
