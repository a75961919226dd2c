import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { backendContract } from "@gradus/testing";
import {
  type Backend,
  type Conv2dGeometry,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
  zeros,
} from "@gradus/tensor";
import { cpu, type CpuOptions } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";

for (const simd of ["relaxed", "plain"] as const) {
  backendContract(`cpu(${simd}, unshared)`, () => cpu({ simd, threads: 1, shared: false }));
  backendContract(`cpu(${simd}, shared, 1 thread)`, () => cpu({ simd, threads: 1, shared: true }));
  backendContract(`cpu(${simd}, 2 threads)`, () => cpu({ simd, threads: 2 }));
}

// Addresses there are negative, as signed numbers.
backendContract("cpu(2 threads, beyond 2 GiB)", async () => {
  const backend = await cpu({ threads: 2 });
  backend.allocate("float32", 2 ** 29, "what lies before all else");
  return backend;
});

/** A backend whose workers are up. */
async function openWarm(options: CpuOptions): Promise<Backend> {
  const backend = await cpu(options);
  const x = zeros(backend, [256, 256]);
  const y = zeros(backend, [256, 256]);
  backend.matmul(x, x, {}, y);
  await new Promise((resolve) => setTimeout(resolve, 150));
  return backend;
}

/** Numbers in ±0.5, the same for the same place. */
function numbers(backend: Backend, shape: Shape, seed: number): Tensor {
  let state = seed;
  return tensor(
    backend,
    Float32Array.from({ length: sizeOf(shape) }, () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647 - 0.5;
    }),
    { shape },
  );
}

/** Places from 0 to 16. */
function places(backend: Backend, count: number): Tensor {
  return tensor(backend, Int32Array.from({ length: count }, (_, i) => (7 * i) % 17));
}

const GEOMETRY: Conv2dGeometry = { stride: [1, 2], padding: [1, 2], dilation: [1, 1], groups: 1 };

/** All three gradients of a normalisation, one after the other. */
function normGradient(b: Backend, kernel: "batchNormGradient" | "layerNormGradient"): Tensor {
  const statistics = kernel === "batchNormGradient" ? 40 : 1200;
  const [dx, dScale, dShift] = [zeros(b, [1200, 40]), zeros(b, [40]), zeros(b, [40])];
  b[kernel]({
    x: numbers(b, [1200, 40], 1),
    dy: numbers(b, [1200, 40], 2),
    scale: numbers(b, [40], 3),
    mean: numbers(b, [statistics], 4),
    inverseDeviation: numbers(b, [statistics], 5),
  }, { dx, dScale, dShift });
  const all = zeros(b, [1202, 40]);
  [dx, dScale, dShift].reduce((start, part) => {
    const rows = part.size / 40;
    b.paste(part.reshape([rows, 40]), { axis: 0, start }, all);
    return start + rows;
  }, 0);
  return all;
}

/** Kernels that are large enough for all threads, by name, and how many products they sum. */
const LARGE: Record<string, { terms: number; run: (backend: Backend) => Tensor }> = {
  "matmul of many columns": {
    terms: 405,
    run: (b) => {
      const out = zeros(b, [70, 301]);
      const options = { transposeB: true, bias: numbers(b, [301], 3), activation: "relu" } as const;
      b.matmul(numbers(b, [70, 405], 1), numbers(b, [301, 405], 2), options, out);
      return out;
    },
  },
  "matmul of many rows": {
    terms: 405,
    run: (b) => {
      const out = zeros(b, [301, 10]);
      b.matmul(numbers(b, [405, 301], 1), numbers(b, [405, 10], 2), { transposeA: true }, out);
      return out;
    },
  },
  "matmul of long sums": {
    terms: 4003,
    run: (b) => {
      const out = numbers(b, [18, 10], 3);
      const options = { transposeA: true, accumulate: true };
      b.matmul(numbers(b, [4003, 18], 1), numbers(b, [4003, 10], 2), options, out);
      return out;
    },
  },
  "conv2d of one image": {
    terms: 81,
    run: (b) => {
      const out = zeros(b, [1, 51, 31, 20]);
      b.conv2d(numbers(b, [1, 51, 59, 9], 1), numbers(b, [3, 3, 9, 20], 2), GEOMETRY, out);
      return out;
    },
  },
  "conv2dInputGradient of one image": {
    terms: 180,
    run: (b) => {
      const out = zeros(b, [1, 51, 59, 9]);
      const [dy, kernel] = [numbers(b, [1, 51, 31, 20], 1), numbers(b, [3, 3, 9, 20], 2)];
      b.conv2dInputGradient(dy, kernel, GEOMETRY, out);
      return out;
    },
  },
  conv2d: {
    terms: 81,
    run: (b) => {
      const out = zeros(b, [5, 20, 12, 20]);
      b.conv2d(numbers(b, [5, 20, 21, 9], 1), numbers(b, [3, 3, 9, 20], 2), GEOMETRY, out);
      return out;
    },
  },
  conv2dInputGradient: {
    terms: 180,
    run: (b) => {
      const out = zeros(b, [5, 20, 21, 9]);
      const [dy, kernel] = [numbers(b, [5, 20, 12, 20], 1), numbers(b, [3, 3, 9, 20], 2)];
      b.conv2dInputGradient(dy, kernel, GEOMETRY, out);
      return out;
    },
  },
  conv2dKernelGradient: {
    terms: 1200,
    run: (b) => {
      const out = zeros(b, [3, 3, 9, 20]);
      const [x, dy] = [numbers(b, [5, 20, 21, 9], 1), numbers(b, [5, 20, 12, 20], 2)];
      b.conv2dKernelGradient(x, dy, GEOMETRY, out);
      return out;
    },
  },
  "conv2d by channel": {
    terms: 9,
    run: (b) => {
      const out = zeros(b, [5, 40, 22, 24]);
      const [x, kernel] = [numbers(b, [5, 40, 41, 24], 1), numbers(b, [3, 3, 1, 24], 2)];
      b.conv2d(x, kernel, { ...GEOMETRY, groups: 24 }, out);
      return out;
    },
  },
  "conv2dKernelGradient by channel": {
    terms: 4400,
    run: (b) => {
      const out = zeros(b, [3, 3, 1, 24]);
      const [x, dy] = [numbers(b, [5, 40, 41, 24], 1), numbers(b, [5, 40, 22, 24], 2)];
      b.conv2dKernelGradient(x, dy, { ...GEOMETRY, groups: 24 }, out);
      return out;
    },
  },
  unary: {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [50_003]);
      b.unary("exp", numbers(b, [50_003], 1), out);
      return out;
    },
  },
  binary: {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [50_003]);
      b.binary("multiply", numbers(b, [50_003], 1), numbers(b, [50_003], 2), out);
      return out;
    },
  },
  "reduce of columns": {
    terms: 1500,
    run: (b) => {
      const out = zeros(b, [37]);
      b.reduce("sum", numbers(b, [1500, 37], 1), [0], out);
      return out;
    },
  },
  "reduce of rows": {
    terms: 1500,
    run: (b) => {
      const out = zeros(b, [37]);
      b.reduce("mean", numbers(b, [37, 1500], 1), [1], out);
      return out;
    },
  },
  "reduce of all": {
    terms: 50_003,
    run: (b) => {
      const out = zeros(b, []);
      b.reduce("sum", numbers(b, [50_003], 1), [0], out);
      return out;
    },
  },
  "reduce of few long rows by columns": {
    terms: 3,
    run: (b) => {
      const out = zeros(b, [20_001]);
      b.reduce("max", numbers(b, [3, 20_001], 1), [0], out);
      return out;
    },
  },
  "reduce of columns in strips": {
    terms: 4111,
    run: (b) => {
      const out = zeros(b, [4099]);
      const sum = zeros(b, [4099]);
      const x = zeros(b, [4111, 4099]);
      b.binary("add", numbers(b, [4111, 1], 1), numbers(b, [4099], 2), x);
      b.reduce("min", x, [0], out);
      b.reduce("sum", x, [0], sum);
      b.binary("add", out, sum, out);
      return out;
    },
  },
  "reduce of the middle axis": {
    terms: 150,
    run: (b) => {
      const out = zeros(b, [11, 37]);
      b.reduce("mean", numbers(b, [11, 150, 37], 1), [1], out);
      return out;
    },
  },
  "argReduce of rows": {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [501], { dtype: "int32" });
      b.argReduce("argmax", numbers(b, [501, 77], 1), 1, out);
      return out;
    },
  },
  "argReduce of columns": {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [5, 79], { dtype: "int32" });
      b.argReduce("argmin", numbers(b, [5, 101, 79], 1), 1, out);
      return out;
    },
  },
  "where with rows repeated": {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [501, 77]);
      const condition = zeros(b, [77]);
      b.compare("greater", numbers(b, [77], 1), 0, condition);
      b.where(condition, numbers(b, [501, 77], 2), numbers(b, [501, 1], 3), out);
      return out;
    },
  },
  "binary with rows repeated": {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [501, 77]);
      b.binary("add", numbers(b, [501, 77], 2), numbers(b, [77], 3), out);
      return out;
    },
  },
  "transpose of a matrix": {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [403, 301]);
      b.transpose(numbers(b, [301, 403], 1), [1, 0], out);
      return out;
    },
  },
  "transpose of many matrices": {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [31, 50, 70]);
      b.transpose(numbers(b, [31, 70, 50], 1), [0, 2, 1], out);
      return out;
    },
  },
  gather: {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [3, 101, 301]);
      b.gather(numbers(b, [3, 17, 301], 1), places(b, 101), 1, out);
      return out;
    },
  },
  gatherGradient: {
    terms: 101,
    run: (b) => {
      const out = zeros(b, [3, 17, 301]);
      b.gatherGradient(numbers(b, [3, 101, 301], 1), places(b, 101), 1, out);
      return out;
    },
  },
  "gatherGradient of short rows": {
    terms: 3001,
    run: (b) => {
      const out = zeros(b, [17, 21]);
      b.gatherGradient(numbers(b, [3001, 21], 1), places(b, 3001), 0, out);
      return out;
    },
  },
  copy: {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [50_003]);
      b.copy(numbers(b, [50_003], 1), out);
      return out;
    },
  },
  softmaxCrossEntropy: {
    terms: 501,
    run: (b) => {
      const [loss, gradient] = [zeros(b, []), zeros(b, [501, 77])];
      const operands = { logits: numbers(b, [501, 77], 1), target: places(b, 501), weight: null };
      b.softmaxCrossEntropy(operands, { labelSmoothing: 0.1 }, { loss, gradient });
      b.binary("add", gradient, loss, gradient);
      return gradient;
    },
  },
  "crossEntropy of a table": {
    terms: 501,
    run: (b) => {
      const [p, target] = [zeros(b, [501, 77]), zeros(b, [501, 77])];
      b.softmax(numbers(b, [501, 77], 1), p);
      b.softmax(numbers(b, [501, 77], 2), target);
      const out = zeros(b, []);
      b.crossEntropy(p, target, out);
      return out;
    },
  },
  crossEntropyGradient: {
    terms: 4,
    run: (b) => {
      const [p, out] = [zeros(b, [501, 77]), zeros(b, [501, 77])];
      b.fill(0.5, p);
      b.crossEntropyGradient(p, places(b, 501), out);
      return out;
    },
  },
  pointwiseLoss: {
    terms: 50_003,
    run: (b) => {
      const out = zeros(b, []);
      const operands = { prediction: numbers(b, [50_003], 1), target: numbers(b, [50_003], 2) };
      b.pointwiseLoss("squaredError", operands, out);
      return out;
    },
  },
  softmaxGradient: {
    terms: 150,
    run: (b) => {
      const out = zeros(b, [370, 150]);
      b.softmaxGradient({ y: numbers(b, [370, 150], 1), dy: numbers(b, [370, 150], 2) }, out);
      return out;
    },
  },
  gradientNorms: {
    terms: 50_003,
    run: (b) => {
      const out = zeros(b, [3]);
      b.gradientNorms([numbers(b, [50_003], 1), numbers(b, [7], 2)], out);
      return out;
    },
  },
  softmax: {
    terms: 1500,
    run: (b) => {
      const out = zeros(b, [37, 1500]);
      b.softmax(numbers(b, [37, 1500], 1), out);
      return out;
    },
  },
  maxPool2dGradient: {
    terms: 4,
    run: (b) => {
      const options = { window: [3, 3], stride: [2, 2], padding: [1, 1] } as const;
      const y = zeros(b, [5, 16, 16, 13]);
      const indices = zeros(b, [5, 16, 16, 13], { dtype: "int32" });
      const out = zeros(b, [5, 32, 32, 13]);
      b.maxPool2d(numbers(b, [5, 32, 32, 13], 1), options, { y, indices });
      b.maxPool2dGradient({ dy: y, indices }, options, out);
      return out;
    },
  },
  batchNorm: {
    terms: 1200,
    run: (b) => {
      const [y, each] = [zeros(b, [40, 30, 40]), () => zeros(b, [40])];
      const options = { epsilon: 1e-5, momentum: 0.1 };
      const operands = {
        x: numbers(b, [40, 30, 40], 1),
        scale: numbers(b, [40], 2),
        shift: numbers(b, [40], 3),
      };
      const out = { y, mean: each(), inverseDeviation: each() };
      b.batchNorm(operands, options, { ...out, runningMean: each(), runningVariance: each() });
      return y;
    },
  },
  batchNormGradient: { terms: 1200, run: (b) => normGradient(b, "batchNormGradient") },
  layerNormGradient: { terms: 1200, run: (b) => normGradient(b, "layerNormGradient") },
  dropout: {
    terms: 1,
    run: (b) => {
      const out = zeros(b, [50_003]);
      b.dropout(numbers(b, [50_003], 1), { rate: 0.3, key: 5, step: 6 }, out);
      return out;
    },
  },
};

Deno.test("large kernels agree with the reference on two threads", async () => {
  const exact = reference({ dtype: "float64" });
  const backend = await openWarm({ threads: 2 });
  for (const [name, { terms, run }] of Object.entries(LARGE)) {
    const [expected, found] = [await run(exact).data(), await run(backend).data()];
    // Each product is at most 1/4 and each of so many sums is rounded to 2⁻²⁴ of itself; functions
    // and factors, which are below 2, take a few roundings more.
    const bound = (terms + 4) ** 2 * 0.25 * 2 ** -24;
    found.forEach((value, i) => {
      assert(Math.abs(value - expected[i]!) <= bound, `${name}: ${value} for ${expected[i]}`);
    });
  }
  await backend.close();
});

Deno.test("large kernels give the same bytes on every run with as many threads", async () => {
  const cold = await cpu({ threads: 2 });
  const warm = await openWarm({ threads: 2 });
  for (const [name, { run }] of Object.entries(LARGE)) {
    // In the first the caller's thread does all parts until the workers are up.
    assertEquals(await run(cold).data(), await run(warm).data(), name);
  }
  await cold.close();
  await warm.close();
});

Deno.test("reduce() finds a NaN wherever it is", async () => {
  const backend = await openWarm({ threads: 2 });
  const [x, all, columns] = [zeros(backend, [5000, 9]), zeros(backend, []), zeros(backend, [9])];
  const rows = zeros(backend, [5000]);
  for (const op of ["max", "min"] as const) {
    for (const place of [0, 1, 70, 22_499, 22_500, 44_999]) {
      const values = new Float32Array(45_000).fill(place % 2);
      values[place] = NaN;
      x.set(values);
      backend.reduce(op, x, [0, 1], all);
      backend.reduce(op, x, [0], columns);
      backend.reduce(op, x, [1], rows);
      const nans = async (result: Tensor) => {
        const found = await result.data();
        return Array.from(found.keys()).filter((at) => Number.isNaN(found[at]));
      };
      assertEquals(await nans(all), [0]);
      assertEquals(await nans(columns), [place % 9]);
      assertEquals(await nans(rows), [Math.floor(place / 9)]);
    }
  }
  await backend.close();
});

Deno.test("reduce() sums numbers that are too large together for float32", async () => {
  const backend = await openWarm({ threads: 2 });
  const [rows, columns] = [200, 220];
  // In each row and in each column as many of either sign, the same one next to each other.
  const sign = (i: number) => (i >> 1) % 2 === 0 ? 3e38 : -3e38;
  const values = Float32Array.from(
    { length: rows * columns },
    (_, i) => sign(i % columns) * (Math.floor(i / columns) < rows / 2 ? 1 : -1),
  );
  const x = tensor(backend, values, { shape: [rows, columns] });
  for (const [axes, shape] of [[[0], [columns]], [[1], [rows]], [[0, 1], []]] as const) {
    const out = zeros(backend, shape);
    backend.reduce("sum", x, axes, out);
    assertEquals(await out.data(), new Float32Array(sizeOf(shape)), `${axes}`);
  }
  // An infinity among them is seen by its own row, column and part alone.
  values[1000] = Infinity;
  x.set(values);
  const sums = zeros(backend, [rows]);
  backend.reduce("sum", x, [1], sums);
  const expected = new Float32Array(rows);
  expected[4] = Infinity;
  assertEquals(await sums.data(), expected);
  await backend.close();
});

Deno.test("reduce() sums again where a single column is too large for float32", async () => {
  const backend = await openWarm({ threads: 1 });
  const [rows, columns] = [16, 7];
  const out = zeros(backend, [columns]);
  for (let large = 0; large < columns; large++) {
    // Of every other row, which are added first, two of one sign next to each other.
    const at = (row: number, column: number) =>
      column === large ? (row % 8 < 4 ? 3e38 : -3e38) : column;
    const values = Float32Array.from(
      { length: rows * columns },
      (_, i) => at(Math.floor(i / columns), i % columns),
    );
    backend.reduce("sum", tensor(backend, values, { shape: [rows, columns] }), [0], out);
    const expected = Float32Array.from(
      { length: columns },
      (_, column) => column === large ? 0 : rows * column,
    );
    assertEquals(await out.data(), expected, `column ${large}`);
  }
  await backend.close();
});

Deno.test("cpu() says what it is", async () => {
  const backend = await cpu({ threads: 2, simd: "plain" });
  assertEquals(
    [backend.name, backend.float, backend.threads, backend.simd],
    ["cpu", "float32", 2, "plain"],
  );
  await backend.close();
});

Deno.test("cpu() takes all cores by default, and one where memory is not shared", async () => {
  const backend = await cpu();
  assertEquals(backend.threads, Math.min(16, navigator.hardwareConcurrency));
  await backend.close();
  const alone = await cpu({ shared: false });
  assertEquals(alone.threads, 1);
  await alone.close();
});

Deno.test("cpu() refuses threads that it can not have", async () => {
  for (const threads of [0, 1.5, 65, NaN]) {
    await assertRejects(
      () => cpu({ threads }),
      RangeError,
      `Cannot open the cpu backend as threads must be a whole number from 1 to 64: found ${threads}`,
    );
  }
  await assertRejects(
    () => cpu({ threads: 2, shared: false }),
    RangeError,
    "Cannot open the cpu backend on 2 threads as its memory must be shared: found shared: false",
  );
});

Deno.test("allocate() says how much was asked for, and by what, where memory ends", async () => {
  const backend = await cpu({ threads: 1, maximumBytes: 2 ** 21 });
  assertThrows(
    () => backend.allocate("float32", 2 ** 20, "the output of conv2d"),
    RangeError,
    "Cannot allocate the output of conv2d as 4194304 bytes must be free: 0 of at most 2097152 are in use",
  );
  await backend.close();
});

Deno.test("a kernel says for what its workspace was, where memory ends", async () => {
  const backend = await cpu({ threads: 1, maximumBytes: 2 ** 21 });
  const x = zeros(backend, [256, 256]);
  const y = zeros(backend, [256, 256]);
  backend.allocate("float32", 350_000, "what is in the way");
  assertThrows(
    () => backend.matmul(x, x, { transposeB: true }, y),
    RangeError,
    "Cannot allocate packed operands of a matrix product as 262144 bytes must be free: 1924288 of at most 2097152 are in use",
  );
  // Nothing else has changed.
  x.set(new Float32Array(65_536).fill(0.5));
  backend.unary("negate", x, y);
  assertEquals((await y.data())[65_535], -0.5);
  await backend.close();
});

Deno.test("allocate() refuses float64", async () => {
  const backend = await cpu({ threads: 1 });
  assertThrows(
    () => backend.allocate("float64", 1, "a tensor"),
    TypeError,
    "Cannot allocate a tensor as numbers must be float32 or int32 on the cpu backend: found float64",
  );
  await backend.close();
});

Deno.test("a training step in a loop allocates nothing", async () => {
  const backend = await cpu({ threads: 1 });
  const [x, w, y] = [[64, 300], [300, 40], [64, 40]].map((shape) => zeros(backend, shape)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const step = () => {
    backend.matmul(x, w, {}, y);
    backend.unary("relu", y, y);
    backend.matmul(x, y, { transposeA: true }, w);
  };
  step();
  const before = backend.memory;
  for (let i = 0; i < 1000; i++) step();
  assertEquals(backend.memory, before);
  await backend.close();
});

const canRun = (await Deno.permissions.query({ name: "run" })).state === "granted" &&
  (await Deno.permissions.query({ name: "read" })).state === "granted";

Deno.test("a program that does not close its backend ends", { ignore: !canRun }, async () => {
  const source = `
    import { matmul, zeros } from "@gradus/tensor";
    import { cpu } from "@gradus/tensor/cpu";
    const backend = await cpu({ threads: 2 });
    const x = zeros(backend, [300, 300]);
    matmul(x, x);
    await new Promise((resolve) => setTimeout(resolve, 200));
    matmul(x, x);
    console.log("done");
  `;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", new URL("../../deno.json", import.meta.url).pathname, source],
    signal: AbortSignal.timeout(20_000),
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "done\n"]);
});
