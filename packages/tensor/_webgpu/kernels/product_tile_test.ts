import { lacksWebGpu } from "@gradus/testing";
import type { Conv2dGeometry, Operand, Shape } from "@gradus/tensor";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sizeOf } from "../../shape.ts";
import { openDevice } from "../device.ts";
import { Machine } from "../machine.ts";
import { storageOf } from "../storage.ts";
import { addPartsRun } from "./add_parts.ts";
import { PLAIN } from "./epilogue.ts";
import { correlateRun } from "./correlate.ts";
import { kernelGradientRun } from "./kernel_gradient.ts";
import { matmulRun } from "./matmul.ts";
import type { ProductTile } from "./product_tile.ts";

/** The largest ones: the small products of the contract's tests take others. */
const tiles: readonly ProductTile[] = [
  { family: "registers", rows: 16, columns: 16 },
  { family: "registers", rows: 4, columns: 8 },
  { family: "workgroup", edge: 64 },
];

const nameOf = (tile: ProductTile) =>
  tile.family === "registers"
    ? `${tile.rows} × ${tile.columns} in registers`
    : `${tile.edge} × ${tile.edge} in a workgroup`;

describe("a product with tiles of a size", { ignore: await lacksWebGpu() }, () => {
  const exact = reference({ dtype: "float64" });
  const stream = random(1);
  let machine: Machine;

  beforeAll(async () => {
    const { device } = await openDevice({});
    machine = new Machine(device, { family: "registers", maximumPooledBytes: 2 ** 24 });
  });
  afterAll(() => machine.close());

  /** Small whole numbers, on the device and on the reference: sums of their products are exact. */
  function operands(shape: Shape): { there: Operand; here: Operand } {
    const values = Float32Array.from({ length: sizeOf(shape) }, () => stream.integer(9) - 4);
    const there = blank(shape);
    machine.write(storageOf(there), values, 0);
    const storage = exact.allocate("float64", values.length, "a test");
    exact.write(storage, Float64Array.from(values), 0);
    return { there, here: { storage, shape, dtype: "float64" } };
  }

  function blank(shape: Shape): Operand {
    const storage = machine.allocate("float32", sizeOf(shape), "a test");
    return { storage, shape, dtype: "float32" };
  }

  async function assertSame(there: Operand, call: (out: Operand) => void): Promise<void> {
    const length = sizeOf(there.shape);
    const storage = exact.allocate("float64", length, "a test");
    call({ storage, shape: there.shape, dtype: "float64" });
    assertEquals(
      [...await machine.read(storageOf(there), 0, length)],
      [...await exact.read(storage, 0, length)],
    );
  }

  for (const tile of tiles) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const orientation = `${transposeA ? "aᵀ" : "a"} · ${transposeB ? "bᵀ" : "b"}`;
        it(`${nameOf(tile)}: ${orientation} of matrices that are no multiple of it`, async () => {
          for (const [m, k, n] of [[37, 29, 43], [40, 32, 44]] as const) {
            const a = operands(transposeA ? [k, m] : [m, k]);
            const b = operands(transposeB ? [n, k] : [k, n]);
            const out = blank([m, n]);
            const product = { m, k, n, transposeA, transposeB };
            const store = { ...PLAIN, isVector: n % 4 === 0 };
            machine.run(
              matmulRun({ a: a.there, b: b.there, bias: null, out }, product, {
                tile,
                store,
                parts: 1,
                partLength: 32,
              }),
            );
            await assertSame(
              out,
              (out) => exact.matmul(a.here, b.here, { transposeA, transposeB }, out),
            );
          }
        });
      }
    }

    it(`${nameOf(tile)}: in parts, the last of which is short`, async () => {
      const [m, k, n] = [21, 41, 18];
      const [a, b] = [operands([m, k]), operands([k, n])];
      const [parts, out] = [blank([3, m, n]), blank([m, n])];
      const product = { m, k, n, transposeA: false, transposeB: false };
      const store = { ...PLAIN, isVector: false };
      machine.run(
        matmulRun({ a: a.there, b: b.there, bias: null, out: parts }, product, {
          tile,
          store,
          parts: 3,
          partLength: 16,
        }),
      );
      machine.run(addPartsRun({ parts, bias: null, out }, { count: 3, n, store }));
      await assertSame(out, (out) => exact.matmul(a.here, b.here, {}, out));
    });

    for (const [channels, filters] of [[16, 20], [5, 7]] as const) {
      const geometry: Conv2dGeometry = {
        stride: [2, 1],
        padding: [1, 2],
        dilation: [1, 2],
        groups: 1,
      };
      const patches = {
        pixels: [5, 7],
        pixelStep: geometry.stride,
        start: [-1, -2],
        taps: [3, 3],
        tapStep: geometry.dilation,
        channels,
      } as const;
      const [images, size] = [3, 3 * 3 * channels * filters];

      it(`${nameOf(tile)}: a convolution of ${channels} channels with ${filters} filters`, async () => {
        const x = operands([images, 9, 7, channels]);
        const kernel = operands([3, 3, channels, filters]);
        const out = blank([images, 5, 7, filters]);
        machine.run(
          correlateRun({ source: x.there, kernel: kernel.there, bias: null, out }, {
            ...patches,
            images,
            groups: 1,
            n: filters,
            weights: {
              isTransposed: false,
              start: 0,
              pitch: filters,
              step: [3 * channels * filters, channels * filters],
            },
            result: { start: 0, step: [7 * filters, filters], imageSize: 5 * 7 * filters },
          }, { tile, store: { ...PLAIN, isVector: filters % 4 === 0 } }),
        );
        await assertSame(out, (out) => exact.conv2d(x.here, kernel.here, geometry, out));
      });

      it(`${nameOf(tile)}: the kernel's gradient of it, in parts`, async () => {
        const x = operands([images, 9, 7, channels]);
        const dy = operands([images, 5, 7, filters]);
        const [parts, out] = [blank([4, size]), blank([3, 3, channels, filters])];
        const [count, partLines] = [4, 4];
        machine.run(
          kernelGradientRun({ x: x.there, dy: dy.there, out: parts }, patches, {
            tile,
            groups: 1,
            parts: count,
            partLines,
          }),
        );
        const store = { ...PLAIN, isVector: filters % 4 === 0 };
        machine.run(addPartsRun({ parts, bias: null, out }, { count, n: filters, store }));
        await assertSame(out, (out) => exact.conv2dKernelGradient(x.here, dy.here, geometry, out));
      });
    }
  }
});
