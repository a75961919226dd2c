/**
 * Times both families of product kernels on the machine's WebGPU adapter: `deno task webgpu:tune --help`.
 *
 * @module
 */
import {
  helpText,
  integerFlag,
  numberFlag,
  parseFlags,
  runProgram,
  switchFlag,
  textTable,
} from "@gradus/cli";
import { type Backend, sizeOf, type Tensor, tensor } from "@gradus/tensor";
import { type KernelFamily, webGpu, WebGpuError } from "@gradus/tensor/webgpu";
import { interleaveAll } from "./interleave.ts";
import { quantile } from "./quantile.ts";
import { filled } from "./workloads/filled.ts";

/** A kernel on operands of its own. */
export interface Shape {
  readonly name: string;
  /** Multiplications and additions of a run. */
  readonly operations: number;
  /** Allocates what it needs; a run then writes into what it returns. */
  prepare(backend: Backend): { readonly out: Tensor; readonly run: () => void };
}

/** What was measured of a shape: milliseconds of a run, the median of all rounds. */
export interface Timing {
  readonly name: string;
  readonly operations: number;
  readonly registersMs: number;
  readonly workgroupMs: number;
}

const FAMILIES = ["registers", "workgroup"] as const;

const SAME = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;

/** What W1 to W4 of the benchmarks consist of; convolutions on a quarter of the images. */
export const SHAPES: readonly Shape[] = [
  product("W1", { m: 512, k: 512, n: 512 }),
  product("W3, hidden layer", { m: 128, k: 784, n: 256 }),
  product("W4, dense layer", { m: 128, k: 4096, n: 128 }),
  ...convolutions("W2", { images: 16, edge: 32, channels: 32, filters: 64 }),
  ...convolutions("W4, first", { images: 32, edge: 32, channels: 3, filters: 32 }),
];

/** A product of matrices `[m, k] · [k, n]`. */
export function product(
  name: string,
  { m, k, n }: { readonly m: number; readonly k: number; readonly n: number },
): Shape {
  return {
    name: `${name}: [${m}, ${k}] · [${k}, ${n}]`,
    operations: 2 * m * k * n,
    prepare: (backend) => {
      const [a, b, out] = [
        operand(backend, [m, k]),
        operand(backend, [k, n]),
        operand(backend, [m, n]),
      ];
      return { out, run: () => backend.matmul(a, b, {}, out) };
    },
  };
}

/** A convolution 3 × 3 in its three directions. */
export function convolutions(
  name: string,
  { images, edge, channels, filters }: {
    readonly images: number;
    readonly edge: number;
    readonly channels: number;
    readonly filters: number;
  },
): Shape[] {
  const operations = 2 * images * edge ** 2 * 9 * channels * filters;
  const operands = (backend: Backend) => ({
    x: operand(backend, [images, edge, edge, channels]),
    kernel: operand(backend, [3, 3, channels, filters]),
    y: operand(backend, [images, edge, edge, filters]),
  });
  const directions: Readonly<Record<string, Shape["prepare"]>> = {
    forward: (backend) => {
      const { x, kernel, y } = operands(backend);
      return { out: y, run: () => backend.conv2d(x, kernel, SAME, y) };
    },
    "input gradient": (backend) => {
      const { x, kernel, y } = operands(backend);
      return { out: x, run: () => backend.conv2dInputGradient(y, kernel, SAME, x) };
    },
    "kernel gradient": (backend) => {
      const { x, kernel, y } = operands(backend);
      return { out: kernel, run: () => backend.conv2dKernelGradient(x, y, SAME, kernel) };
    },
  };
  return Object.entries(directions).map(([direction, prepare]) => ({
    name: `${name}: ${images} × ${edge} × ${edge} × ${channels} to ${filters}, ${direction}`,
    operations,
    prepare,
  }));
}

function operand(backend: Backend, shape: readonly number[]): Tensor {
  return tensor(backend, filled(sizeOf(shape), { seed: shape.length }), { shape });
}

/** Times a shape on both families in turn, each run so often that it takes about `roundMs`. */
export async function timeShape(
  shape: Shape,
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): Promise<Timing> {
  const backends = await Promise.all(FAMILIES.map((family) => webGpu({ family })));
  try {
    const contestants = [];
    for (const backend of backends) {
      const { out, run } = shape.prepare(backend);
      const measure = async (runs: number) => {
        const startMs = performance.now();
        for (let i = 0; i < runs; i++) run();
        await backend.read(out.storage, 0, 1);
        return (performance.now() - startMs) / runs;
      };
      await measure(1); // compiles
      const runs = Math.max(1, Math.round(roundMs / await measure(3)));
      contestants.push({ rounds, measure: () => measure(runs) });
    }
    const measured = await interleaveAll(contestants);
    const [registersMs, workgroupMs] = measured.map((times) => quantile(times, 0.5));
    const { name, operations } = shape;
    return { name, operations, registersMs: registersMs!, workgroupMs: workgroupMs! };
  } finally {
    for (const backend of backends) await backend.close();
  }
}

/** Which family is faster: by the geometric mean of the ratios, in which each shape counts alike. */
export function fasterFamily(
  timings: readonly Timing[],
): { readonly family: KernelFamily; readonly ratio: number } {
  const logs = timings.map(({ registersMs, workgroupMs }) => Math.log(registersMs / workgroupMs));
  const ratio = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  return ratio >= 1 ? { family: "workgroup", ratio } : { family: "registers", ratio: 1 / ratio };
}

/** A table of the timings, and the line to write where the faster family is not the usual one. */
export function tuningText(timings: readonly Timing[], usual: KernelFamily): string {
  const speed = (operations: number, ms: number) => (operations / ms / 1e6).toPrecision(3);
  const rows = timings.map(({ name, operations, registersMs, workgroupMs }) => [
    name,
    speed(operations, registersMs),
    speed(operations, workgroupMs),
    (registersMs / workgroupMs).toFixed(2),
  ]);
  const { family, ratio } = fasterFamily(timings);
  const verdict = `The family ${family} is ${
    ratio.toFixed(2)
  } times as fast, by the geometric mean`;
  const advice = family === usual
    ? `${verdict}: it is what webGpu() takes here.`
    : `${verdict}: webGpu() would take the other. To pin it:\n\n  webGpu({ family: "${family}" })`;
  const header = ["GFLOP/s", "registers", "workgroup", "workgroup is × as fast"];
  return `${textTable(header, rows, { text: [0] })}\n\n${advice}`;
}

const FLAGS = {
  rounds: integerFlag({ description: "how often both are timed in turn", fallback: 7, atLeast: 1 }),
  round: numberFlag({ description: "milliseconds of a round", fallback: 100, above: 0 }),
  help: switchFlag({ description: "show this help" }),
};

/** The program: see its help. */
async function tune(args: readonly string[]): Promise<number> {
  const { rounds, round, help } = parseFlags(args, FLAGS);
  if (help) {
    console.log(helpText(FLAGS, {
      command: "deno task webgpu:tune",
      purpose:
        "Times both families of product kernels on this machine's WebGPU adapter, and tells which to pin.",
    }));
    return 0;
  }
  let usual: KernelFamily;
  try {
    const backend = await webGpu();
    usual = backend.family;
    const { vendor, architecture, description } = backend.adapter;
    console.error([vendor, architecture, description].filter((name) => name !== "").join(", "));
    await backend.close();
  } catch (error) {
    if (!(error instanceof WebGpuError)) throw error;
    console.error(error.message);
    return 1;
  }
  const timings: Timing[] = [];
  for (const shape of SHAPES) {
    console.error(shape.name);
    timings.push(await timeShape(shape, { rounds, roundMs: round }));
  }
  console.log(tuningText(timings, usual));
  return 0;
}

if (import.meta.main) await runProgram(tune);
