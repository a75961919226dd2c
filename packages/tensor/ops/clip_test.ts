import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { clip } from "./clip.ts";

const backend = reference();
const x = tensor(backend, readNumbers(golden.specials.x));

describe("clip()", () => {
  it("keeps numbers within bounds, and NaN, as NumPy does", async () => {
    assertEquals(
      await clip(x, { low: -0.5, high: 2 }).data(),
      Float32Array.from(readNumbers(golden.specials.clip)),
    );
  });
  it("has no bound where none is given", async () => {
    assertEquals(await clip(x, {}).data(), await x.data());
    assertEquals(await clip(tensor(backend, [-3, 3]), { low: 0 }).data(), new Float32Array([0, 3]));
    assertEquals(
      await clip(tensor(backend, [-3, 3]), { high: 0 }).data(),
      new Float32Array([-3, 0]),
    );
  });
  it("leaves x alone, or writes into out, which may be x", async () => {
    const x = tensor(backend, [-3, 3]);
    const out = zeros(backend, [2]);
    assertStrictEquals(clip(x, { low: 0, high: 1, out }), out);
    assertEquals(await out.data(), new Float32Array([0, 1]));
    assertEquals(await x.data(), new Float32Array([-3, 3]));
    clip(x, { low: 0, high: 1, out: x });
    assertEquals(await x.data(), new Float32Array([0, 1]));
  });
  it("refuses bounds in the wrong order, and NaN", () => {
    assertThrowsExactly(
      () => clip(x, { low: 2, high: 1 }),
      RangeError,
      "Cannot clip as low must be at most high: found low 2 and high 1",
    );
    assertThrowsExactly(
      () => clip(x, { low: NaN }),
      RangeError,
      "Cannot clip as low must be at most high: found low NaN and high Infinity",
    );
  });
  it("refuses another shape of out", () => {
    assertThrowsExactly(
      () => clip(zeros(backend, [2]), { low: 0, out: zeros(backend, [3]) }),
      ShapeError,
      "Cannot maximum into out as it must be float32 [2]: found float32 [3]",
    );
  });
});
