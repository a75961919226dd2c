import { random } from "@gradus/random";
import type { PoolGeometry, Shape } from "@gradus/tensor";
import { assertAgrees, assertAgreesExactly, assertGives, gamma, magnitudes } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, blankIntegers, floats, integers, type Numbers } from "./numbers.ts";
import { normals, wholeNumbers } from "./random_numbers.ts";
import { runTrial, type Trial } from "./trial.ts";

interface Pooling extends PoolGeometry {
  readonly name: string;
  /** `[n, h, w, c]`. */
  readonly x: Shape;
  /** Length of the output, which says how far windows reach past the far edges. */
  readonly size: readonly [height: number, width: number];
}

const HALVES = { window: [2, 2], stride: [2, 2], padding: [0, 0] } as const;

const poolings: readonly Pooling[] = [
  { ...HALVES, name: "2×2", x: [2, 8, 6, 3], size: [4, 3] },
  { ...HALVES, name: "2×2 of many channels", x: [3, 6, 6, 33], size: [3, 3] },
  { ...HALVES, name: "2×2 that leaves the last row out", x: [1, 7, 5, 17], size: [3, 2] },
  { ...HALVES, name: "2×2 that reaches past the far edges", x: [2, 7, 5, 2], size: [4, 3] },
  {
    name: "3×3 that overlap, padded",
    window: [3, 3],
    stride: [2, 2],
    padding: [1, 1],
    x: [2, 9, 8, 5],
    size: [5, 4],
  },
  {
    name: "3×2 at stride 1",
    window: [3, 2],
    stride: [1, 1],
    padding: [1, 0],
    x: [1, 5, 6, 4],
    size: [5, 5],
  },
  {
    name: "strides wider than the window",
    window: [1, 2],
    stride: [3, 3],
    padding: [0, 1],
    x: [1, 8, 9, 3],
    size: [3, 3],
  },
  {
    name: "all of x",
    window: [4, 5],
    stride: [1, 1],
    padding: [0, 0],
    x: [5, 4, 5, 19],
    size: [1, 1],
  },
  {
    name: "one number",
    window: [1, 1],
    stride: [1, 1],
    padding: [0, 0],
    x: [1, 1, 1, 1],
    size: [1, 1],
  },
  { ...HALVES, name: "many images", x: [33, 8, 8, 16], size: [4, 4] },
];

export const poolingContract: Contract<
  "maxPool2d" | "maxPool2dGradient" | "averagePool2d" | "averagePool2dGradient"
> = {
  maxPool2d(test) {
    const trialOf = (pooling: Pooling, x: Numbers): Trial<"x", "y" | "indices"> => ({
      inputs: { x },
      outputs: { y: blank(shapeOfY(pooling)), indices: blankIntegers(shapeOfY(pooling)) },
      call: (backend, { x, y, indices }) => backend.maxPool2d(x, pooling, { y, indices }),
    });
    const column = (x: Numbers): Trial<"x", "y" | "indices"> =>
      trialOf({
        name: "",
        x: x.shape,
        window: [1, 3],
        stride: [1, 3],
        padding: [0, 0],
        size: [1, x.shape[2]! / 3],
      }, x);
    test("finds the first largest number and its place by hand", async (backend) => {
      const x = floats([1, 3, 2, 5, 5, 4, -3, -2, -2, 0, -0, 0], [1, 1, 12, 1]);
      await assertGives(backend, column(x), { y: [3, 5, -2, 0], indices: [1, 3, 7, 9] });
    });
    test("takes padding for absent, not for 0", async (backend) => {
      const x = floats([-1, -2, -3, -4], [1, 2, 2, 1]);
      await assertGives(
        backend,
        trialOf({
          name: "",
          x: x.shape,
          window: [2, 2],
          stride: [2, 2],
          padding: [1, 1],
          size: [2, 2],
        }, x),
        { y: [-1, -2, -3, -4], indices: [0, 1, 2, 3] },
      );
    });
    test("finds the first NaN, and infinities", async (backend) => {
      const [a, b] = [Infinity, -Infinity];
      const x = floats([1, NaN, NaN, NaN, 2, a, b, b, b, 1, a, a, b, NaN, 1], [1, 1, 15, 1]);
      await assertGives(backend, column(x), {
        y: [NaN, NaN, b, a, NaN],
        indices: [1, 3, 6, 10, 13],
      });
    });
    test("goes without indices", async (backend) => {
      const pooling = poolings[4]!;
      await assertAgreesExactly(backend, {
        inputs: { x: normals(random(1), pooling.x) },
        outputs: { y: blank(shapeOfY(pooling)) },
        call: (backend, { x, y }) => backend.maxPool2d(x, pooling, { y, indices: null }),
      });
    });
    for (const pooling of poolings) {
      test(`finds what the reference finds: ${pooling.name}`, async (backend) => {
        const stream = random(2);
        // Whole numbers have many ties; shifted below 0 they lose against a 0 that is not there.
        const ties = wholeNumbers(stream, pooling.x);
        const negative = floats(ties.values.map((value) => value - 5), pooling.x);
        for (const x of [ties, negative, normals(stream, pooling.x)]) {
          await assertAgreesExactly(backend, trialOf(pooling, x));
        }
      });
    }
  },

  maxPool2dGradient(test) {
    test("adds dy where the indices say, by hand", async (backend) => {
      const trial = (indices: number[]): Trial<"dy" | "indices", "dx"> => ({
        inputs: { dy: floats([1, 2, 4], [1, 1, 3, 1]), indices: integers(indices, [1, 1, 3, 1]) },
        outputs: { dx: blank([1, 1, 4, 1]) },
        call: (backend, { dy, indices, dx }) =>
          backend.maxPool2dGradient(
            { dy, indices },
            { window: [1, 2], stride: [1, 1], padding: [0, 0] },
            dx,
          ),
      });
      await assertGives(backend, trial([1, 1, 3]), { dx: [0, 3, 0, 4] });
      await assertGives(backend, trial([0, 2, 2]), { dx: [1, 0, 6, 0] });
    });
    for (const pooling of poolings) {
      test(`loses no dy: ${pooling.name}`, async (backend) => {
        const stream = random(3);
        const { indices } = await runTrial(backend, {
          inputs: { x: normals(stream, pooling.x) },
          outputs: { y: blank(shapeOfY(pooling)), indices: blankIntegers(shapeOfY(pooling)) },
          call: (backend, { x, y, indices }) => backend.maxPool2d(x, pooling, { y, indices }),
        });
        const trialOf = (dy: Numbers): Trial<"dy" | "places", "dx"> => ({
          inputs: { dy, places: integers(indices, dy.shape) },
          outputs: { dx: blank(pooling.x) },
          call: (backend, { dy, places, dx }) =>
            backend.maxPool2dGradient({ dy, indices: places }, pooling, dx),
        });
        await assertAgreesExactly(backend, trialOf(wholeNumbers(stream, shapeOfY(pooling))));
        const trial = trialOf(normals(stream, shapeOfY(pooling)));
        await assertAgrees(backend, trial, async (_exact, u) => {
          const { dx } = await magnitudes(trial);
          return { dx: Array.from(dx, (magnitude) => gamma(windowsOver(pooling), u) * magnitude) };
        });
      });
    }
  },

  averagePool2d(test) {
    const trialOf = (pooling: Pooling, x: Numbers): Trial<"x", "y"> => ({
      inputs: { x },
      outputs: { y: blank(shapeOfY(pooling)) },
      call: (backend, { x, y }) => backend.averagePool2d(x, pooling, y),
    });
    test("takes the mean of the numbers inside x, by hand", async (backend) => {
      const x = floats([4, 8, 16, 32], [1, 2, 2, 1]);
      await assertGives(
        backend,
        trialOf({
          name: "",
          x: x.shape,
          window: [2, 2],
          stride: [1, 1],
          padding: [1, 1],
          size: [3, 3],
        }, x),
        { y: [4, 6, 8, 10, 15, 20, 16, 24, 32] },
      );
    });
    test("hands on NaN and infinities", async (backend) => {
      const x = floats([NaN, 1, Infinity, -Infinity, Infinity, 1], [1, 1, 6, 1]);
      await assertGives(
        backend,
        trialOf({
          name: "",
          x: x.shape,
          window: [1, 2],
          stride: [1, 2],
          padding: [0, 0],
          size: [1, 3],
        }, x),
        { y: [NaN, NaN, Infinity] },
      );
    });
    for (const pooling of poolings) {
      test(`rounds no more than a sum and a division: ${pooling.name}`, async (backend) => {
        const stream = random(4);
        const count = pooling.window[0] * pooling.window[1];
        for (const x of [wholeNumbers(stream, pooling.x), normals(stream, pooling.x)]) {
          const trial = trialOf(pooling, x);
          await assertAgrees(backend, trial, async ({ y }, u) => {
            const { y: magnitude } = await magnitudes(trial);
            return {
              y: Array.from(
                y,
                (value, i) => gamma(count, u) * magnitude[i]! + 5 * u * Math.abs(value),
              ),
            };
          });
        }
      });
    }
  },

  averagePool2dGradient(test) {
    test("spreads dy over the numbers inside x, by hand", async (backend) => {
      await assertGives(backend, {
        inputs: { dy: floats([1, 2, 4], [1, 1, 3, 1]) },
        outputs: { dx: blank([1, 1, 2, 1]) },
        call: (backend, { dy, dx }) =>
          backend.averagePool2dGradient(
            dy,
            { window: [1, 2], stride: [1, 1], padding: [0, 1] },
            dx,
          ),
      }, { dx: [2, 5] });
    });
    for (const pooling of poolings) {
      test(`rounds no more than divisions and a sum: ${pooling.name}`, async (backend) => {
        const stream = random(5);
        const trial: Trial<"dy", "dx"> = {
          inputs: { dy: normals(stream, shapeOfY(pooling)) },
          outputs: { dx: blank(pooling.x) },
          call: (backend, { dy, dx }) => backend.averagePool2dGradient(dy, pooling, dx),
        };
        await assertAgrees(backend, trial, async (_exact, u) => {
          const { dx } = await magnitudes(trial);
          return {
            dx: Array.from(dx, (magnitude) => gamma(windowsOver(pooling) + 5, u) * magnitude),
          };
        });
      });
    }
  },
};

function shapeOfY({ x, size }: Pooling): Shape {
  return [x[0]!, size[0], size[1], x[3]!];
}

/** How many windows one number of x may lie in. */
function windowsOver({ window, stride }: PoolGeometry): number {
  return Math.ceil(window[0] / stride[0]) * Math.ceil(window[1] / stride[1]);
}
