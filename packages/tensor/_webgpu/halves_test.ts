import { random } from "@gradus/random";
import { lacksWebGpu, stagedGpu } from "@gradus/testing";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Tensor } from "../tensor.ts";
import { webGpu, WebGpuError, type WebGpuOptions } from "../webgpu.ts";
import { convertHalves } from "./halves.ts";

const ignore = await lacksWebGpu("shader-f16");

const arrays = new Map(
  [["xArray", "f32"], ["outArray", "vec4<f32>"], ["bitArray", "vec4<u32>"]] as const,
);

describe("convertHalves()", () => {
  const converts: Readonly<Record<string, readonly [source: string, converted: string]>> = {
    "widens what is read": ["let y = 2.0 * xArray[i];", "let y = 2.0 * f32(xArray[i]);"],
    "widens vectors": ["sum += outArray[i >> 2u];", "sum += vec4<f32>(outArray[i >> 2u]);"],
    "widens what an index is read from": [
      "let y = xArray[u32(xArray[i])];",
      "let y = f32(xArray[u32(f32(xArray[i]))]);",
    ],
    "widens a component's vector": [
      "let y = outArray[i][at[0]];",
      "let y = vec4<f32>(outArray[i])[at[0]];",
    ],
    "widens to bits": [
      "let y = bitArray[i];",
      "let y = bitcast<vec4<u32>>(vec4<f32>(bitArray[i]));",
    ],
    "rounds what is written": ["xArray[i] = y;", "xArray[i] = half(y);"],
    "rounds vectors": ["outArray[i] = y;", "outArray[i] = halves(y);"],
    "rounds a component": ["outArray[i][2] = y;", "outArray[i][2] = half(y);"],
    "rounds bits": ["bitArray[i][2] = y;", "bitArray[i][2] = half(bitcast<f32>(y));"],
    "widens what is read to be written": [
      "xArray[i] = a * xArray[i] +\n  b;",
      "xArray[i] = half(a * f32(xArray[i]) +\n  b);",
    ],
    "takes a comparison for a read": [
      "if (xArray[i] == y) { z = 1.0; }",
      "if (f32(xArray[i]) == y) { z = 1.0; }",
    ],
    "leaves other arrays alone": ["dxArray[i] = yArray[j];", "dxArray[i] = yArray[j];"],
  };
  for (const [name, [source, converted]] of Object.entries(converts)) {
    it(name, () => assertEquals(convertHalves(source, arrays), converted));
  }

  it("refuses a bracket that is not closed", () => {
    assertThrows(
      () => convertHalves("y = xArray[i", arrays),
      Error,
      "Cannot convert a program as its brackets must be closed: found [i",
    );
  });
});

describe(`numbers of 16 bits on a GPU${ignore ? " (no adapter)" : ""}`, { ignore }, () => {
  it("are rounded as Math.f16round rounds, whatever the number", async () => {
    const stream = random(0);
    const edges = [
      0,
      -0,
      NaN,
      Infinity,
      65504,
      65519.996,
      65520,
      1e30,
      2 ** -14,
      2 ** -24,
      2 ** -25,
    ];
    const near = edges.flatMap((x) => [x, -x, x * (1 + 2 ** -23), x * (1 - 2 ** -23)]);
    const ties = [1, 2047, 2 ** -14, 2 ** -20].flatMap((x) =>
      [1, 3].map((odd) => x + odd * x / 2048)
    );
    const drawn = Array.from(
      { length: 50_000 },
      () => stream.normal(0, 2 ** (40 * stream.uniform() - 25)),
    );
    const values = Float32Array.from([...near, ...ties, ...drawn]);
    await using backend = await webGpu({ activations: "float16" });
    const x = new Tensor(backend, [values.length], { isActivation: true });
    x.set(values);
    assertEquals(await x.data(), values.map(Math.f16round));
  });

  it("are refused where the adapter has no shader-f16", async () => {
    const gpu = stagedGpu({ features: new Set(["subgroups"]) });
    await assertRejects(
      () => webGpu({ activations: "float16", gpu }),
      WebGpuError,
      "Cannot keep activations in float16 as the adapter must have shader-f16: found ",
    );
    await (await webGpu({ gpu })).close();
  });

  it("are refused by another name", async () => {
    const options = { activations: "half" } as unknown as WebGpuOptions;
    await assertRejects(
      () => webGpu(options),
      TypeError,
      "Cannot open the webgpu backend as activations must be float16 or float32: found half",
    );
  });

  it("are read and written from any place on", async () => {
    await using backend = await webGpu({ activations: "float16" });
    const storage = backend.allocate("float32", 7, "a test", { isActivation: true });
    backend.write(storage, Float32Array.from([1, 2, 3]), 3);
    assertEquals(await backend.read(storage, 0, 7), Float32Array.from([0, 0, 0, 1, 2, 3, 0]));
    assertEquals(await backend.read(storage, 5, 1), Float32Array.from([3]));
  });

  it("take half the memory, activations alone", async () => {
    await using backend = await webGpu({ activations: "float16" });
    const sizes: number[] = [];
    for (const options of [{}, { isActivation: true }]) {
      const before = backend.memory.sizeBytes;
      for (const dtype of ["float32", "int32"] as const) {
        const storage = backend.allocate(dtype, 100, "a test", options);
        sizes.push(backend.memory.sizeBytes - before);
        backend.release(storage);
      }
      assertEquals(backend.memory.sizeBytes, before);
    }
    assertEquals(sizes, [400, 400, 200, 400]);
  });
});
