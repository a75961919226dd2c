import { lacksWebGpu } from "@gradus/testing";
import { assert, assertEquals } from "@std/assert";
import {
  convolutions,
  fasterFamily,
  product,
  SHAPES,
  timeShape,
  tuningText,
} from "./tune_webgpu.ts";

const ignore = await lacksWebGpu();

const timing = (name: string, registersMs: number, workgroupMs: number) => ({
  name,
  operations: 2e9,
  registersMs,
  workgroupMs,
});

Deno.test("fasterFamily() weighs shapes alike, by the geometric mean of their ratios", () => {
  const long = timing("long", 100, 200);
  const cases = [[timing("short", 8, 1), "workgroup"], [
    timing("short", 1, 2),
    "registers",
  ]] as const;
  for (const [short, family] of cases) {
    const faster = fasterFamily([long, short]);
    assertEquals([faster.family, faster.ratio.toFixed(6)], [family, "2.000000"]);
  }
});

Deno.test("tuningText() shows speeds and ratios, and what to pin where it is not the usual family", () => {
  const timings = [timing("a product", 100, 50)];
  assertEquals(
    tuningText(timings, "registers"),
    `GFLOP/s    registers  workgroup  workgroup is × as fast
---------  ---------  ---------  ----------------------
a product       20.0       40.0                    2.00

The family workgroup is 2.00 times as fast, by the geometric mean: webGpu() would take the other. To pin it:

  webGpu({ family: "workgroup" })`,
  );
  const [, , , , last] = tuningText(timings, "workgroup").split("\n");
  assertEquals(
    last,
    "The family workgroup is 2.00 times as fast, by the geometric mean: it is what webGpu() takes here.",
  );
});

Deno.test(
  `timeShape() times products and convolutions on both families${ignore ? " (no adapter)" : ""}`,
  { ignore },
  async () => {
    const shapes = [
      product("small", { m: 5, k: 7, n: 9 }),
      ...convolutions("small", { images: 1, edge: 4, channels: 3, filters: 5 }),
    ];
    for (const shape of shapes) {
      const { name, registersMs, workgroupMs } = await timeShape(shape, { rounds: 1, roundMs: 1 });
      assertEquals(name, shape.name);
      assert(registersMs > 0 && workgroupMs > 0);
    }
  },
);

Deno.test("SHAPES counts multiplications and additions", () => {
  assertEquals(SHAPES[0]!.operations, 2 * 512 ** 3);
  const { operations } = SHAPES.find(({ name }) => name.startsWith("W4, first"))!;
  assertEquals(operations, 2 * 32 * 32 * 32 * 27 * 32);
});
