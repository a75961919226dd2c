import { type Backend, type Nested, type Tensor, tensor } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";
import { webGpu } from "@gradus/tensor/webgpu";
import { lacksWebGpu } from "@gradus/testing";
import { random } from "@gradus/random";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Muon, type MuonOptions, type MuonParameters } from "./muon.ts";
import type { OptimizedParameter } from "./optimized_parameter.ts";
import { Sgd } from "./sgd.ts";

const lacks = await lacksWebGpu();
const suffix = lacks ? " (webgpu has no adapter)" : "";

const exact = reference({ dtype: "float64" });

type Parameter = OptimizedParameter & { readonly gradient: Tensor };

function parameter(name: string, gradient: Nested, backend: Backend = exact): Parameter {
  const value = tensor(backend, gradient);
  return { name, value, gradient: tensor(backend, gradient), trainable: true };
}

/** What one step subtracts at a rate of 1, without decay. */
async function stepOf(
  { value, gradient, ...rest }: Parameter,
  options: MuonOptions = {},
): Promise<number[]> {
  value.set(new Float64Array(value.size));
  new Muon([{ ...rest, value, gradient }], { learningRate: 1, weightDecay: 0, ...options }).step();
  return [...await value.data()].map((x) => -x);
}

/** `aᵀa`, of a row-major matrix. */
function gram(a: readonly number[], columns: number): number[][] {
  const rows = a.length / columns;
  return Array.from({ length: columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += a[row * columns + i]! * a[row * columns + j]!;
      return sum;
    }));
}

function randomMatrix(rows: number, columns: number): number[][] {
  const draws = random(rows * 100 + columns);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => draws.normal()));
}

describe("Muon", () => {
  it("turns singular values into 0.68 to 1.14, and keeps singular vectors", async () => {
    // u · diag(σ) · vᵀ with rotations u and v.
    const rotation = (angle: number) => [Math.cos(angle), Math.sin(angle)] as const;
    const [[c, s], [d, t]] = [rotation(0.3), rotation(1.1)];
    const compose = (first: number, second: number) => [
      [first * c * d + second * s * t, first * c * t - second * s * d],
      [first * s * d - second * c * t, first * s * t + second * c * d],
    ];
    for (const values of [[1, 1], [5, 2], [1e-6, 2e-6], [3e9, 4e9], [1, 0.01]] as const) {
      const step = await stepOf(parameter("a", compose(values[0], values[1])));
      // uᵀ · step · v, which has to be diagonal.
      const [p, q, r, w] = step as [number, number, number, number];
      const turned = [
        c * (p * d + q * t) + s * (r * d + w * t),
        c * (p * t - q * d) + s * (r * t - w * d),
        s * (p * d + q * t) - c * (r * d + w * t),
        s * (p * t - q * d) - c * (r * t - w * d),
      ];
      assert(Math.abs(turned[1]!) < 1e-9 && Math.abs(turned[2]!) < 1e-9, `${turned}`);
      for (const value of [turned[0]!, turned[3]!]) {
        assert(value > 0.68 && value < 1.14, `${values}: ${turned}`);
      }
    }
  });

  it("makes columns or rows orthogonal, whichever are fewer, of any shape", async () => {
    for (const [rows, columns] of [[1, 1], [7, 3], [3, 7], [5, 5], [1, 4], [4, 1]] as const) {
      const step = await stepOf(parameter("a", randomMatrix(rows, columns)), { iterations: 12 });
      const transposed = Array.from(
        { length: rows * columns },
        (_, i) => step[(i % rows) * columns + Math.floor(i / rows)]!,
      );
      const products = rows >= columns ? gram(step, columns) : gram(transposed, rows);
      // A wide matrix is moved by more: each column by about as much as those of a square one.
      const scale = Math.max(1, columns / rows);
      products.forEach((row, i) =>
        row.forEach((product, j) => {
          const error = Math.abs(product / scale - (i === j ? 1 : 0));
          assert(error < 0.55, `${rows} × ${columns}: ${products}`);
          if (i !== j) {
            assert(Math.abs(product) / scale < 0.35, `${rows} × ${columns}: ${products}`);
          }
        })
      );
    }
  });

  it("takes the last axis of a kernel for columns", async () => {
    const flat = randomMatrix(12, 5);
    const kernel = tensor(exact, flat.flat(), { shape: [2, 2, 3, 5] });
    const whole = { name: "a", value: tensor(exact, flat.flat(), { shape: [2, 2, 3, 5] }) };
    assertEquals(
      await stepOf({ ...whole, gradient: kernel, trainable: true }),
      await stepOf(parameter("a", flat)),
    );
  });

  it("decays a wide matrix as any other", async () => {
    const value = tensor(exact, [[1, 2, 3, 4]]);
    const gradient = tensor(exact, [[0, 0, 0, 0]]);
    const options = { learningRate: 0.125, weightDecay: 0.5 };
    new Muon([{ name: "a", value, gradient, trainable: true }], options).step();
    assertEquals([...await value.data()], [1, 2, 3, 4].map((x) => x * (1 - 0.125 * 0.5)));
  });

  it("goes on after a restore from a direction that was too large", async () => {
    const backend = reference();
    const bias = parameter("bias", [1], backend);
    const weight = parameter("weight", [[1, 0], [0, 1]], backend);
    const optimizer = new Muon([bias, weight], { learningRate: 0.1 });
    const start = optimizer.save();
    // A gradient that is finite in float32, and twice as much that is not.
    weight.gradient.set([[2e38, 0], [0, 2e38]]);
    optimizer.step();
    optimizer.check(await optimizer.flag.data());
    assert(!(await weight.value.data()).every(Number.isFinite));

    weight.value.set([[1, 0], [0, 1]]);
    for (const { value } of optimizer.slots) value.backend.fill(0, value);
    optimizer.restore(start);
    weight.gradient.set([[1, 0], [0, 1]]);
    optimizer.step();
    optimizer.check(await optimizer.flag.data());
    const [first, , , last] = await weight.value.data();
    assert(first! < 1 && first! > 0.8 && last === first, `${first}, ${last}`);
  });

  it("moves nothing where the gradient is 0", async () => {
    assertEquals(await stepOf(parameter("a", [[0, 0], [0, 0]])), [0, 0, 0, 0]);
  });

  it("moves vectors and what is not to be orthogonal as Sgd does", async () => {
    const settings = { learningRate: 0.1, momentum: 0.8, weightDecay: 0.25, nesterov: true };
    const run = async (make: (parameters: Parameter[]) => { step(): void }) => {
      const parameters = [parameter("a", [1, 2]), parameter("b", [[3, 4], [5, 6]])];
      const optimizer = make(parameters);
      for (let step = 0; step < 4; step++) optimizer.step();
      return await Promise.all(parameters.map(({ value }) => value.data()));
    };
    const groups = (parameters: Parameter[]): MuonParameters => [
      { parameters, orthogonalize: false },
    ];
    assertEquals(
      await run((parameters) => new Muon(groups(parameters), settings)),
      await run((parameters) => new Sgd(parameters, { ...settings, decoupled: true })),
    );
  });

  it("takes gradients of a scaled loss, and clips before it makes steps orthogonal", async () => {
    const settings = { iterations: 3 };
    const gradient = [[3, 0], [0, 4]];
    const plain = await stepOf(parameter("a", gradient), settings);
    const scaled = parameter("a", gradient.map((row) => row.map((x) => 8 * x)));
    assertEquals(await stepOf(scaled, { ...settings, lossScale: 8 }), plain);
    const clipped = await stepOf(parameter("a", gradient), { ...settings, clipNorm: 1 });
    clipped.forEach((x, i) => assert(Math.abs(x - plain[i]!) < 1e-6));
  });

  it(`gives on cpu and webgpu what reference gives${suffix}`, async () => {
    const run = async (backend: Backend) => {
      const parameters = [
        parameter("a", randomMatrix(37, 9), backend),
        parameter("b", randomMatrix(6, 21), backend),
        parameter("c", [1, 2, 3], backend),
      ];
      const optimizer = new Muon(parameters, { learningRate: 0.05 });
      for (let step = 0; step < 3; step++) optimizer.step();
      const numbers = await Promise.all(parameters.map(({ value }) => value.data()));
      return numbers.flatMap((values) => [...values]);
    };
    const expected = await run(exact);
    for (const open of [() => cpu({ threads: 1 }), ...lacks ? [] : [webGpu]]) {
      await using backend = await open();
      (await run(backend)).forEach((x, i) => {
        const error = Math.abs(x - expected[i]!);
        assert(error < 1e-5, `${backend.name}: ${x} for ${expected[i]} at ${i}`);
      });
    }
  });

  it("refuses settings outside their range", () => {
    const make = (options: MuonOptions) => new Muon([parameter("a", [[1]])], options);
    for (const momentum of [1, -0.1, NaN]) {
      assertThrows(
        () => make({ momentum }),
        RangeError,
        `Cannot optimize as momentum must be in [0, 1): found ${momentum}`,
      );
    }
    for (const iterations of [0, 1.5, NaN]) {
      assertThrows(
        () => make({ iterations }),
        RangeError,
        `Cannot optimize as iterations must be a whole number of at least 1: found ${iterations}`,
      );
    }
    assertThrows(
      () => make({ momentum: 0, nesterov: true }),
      RangeError,
      "Cannot optimize as Nesterov's momentum must be above 0: found 0",
    );
    assertThrows(
      () => new Muon([{ parameters: [parameter("a.bias", [1])], orthogonalize: true }]),
      TypeError,
      "Cannot make steps of a.bias orthogonal as it must have at least two axes: found 1",
    );
  });
});
