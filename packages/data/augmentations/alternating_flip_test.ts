import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ImageBatches } from "../image_batches.ts";
import { counting, scripted } from "./_scripted_image_test.ts";
import { alternatingFlip } from "./alternating_flip.ts";

describe("alternatingFlip()", () => {
  it("mirrors in every other epoch", () => {
    const shown = [0, 1, 2, 3].map((epoch) =>
      [0, 1].map((drawForAllEpochs) => {
        const to = new Float32Array(2);
        alternatingFlip()(counting(2), to, scripted([1, 2, 1], { epoch, drawForAllEpochs }));
        return [...to];
      })
    );
    const [plain, mirrored] = [[1, 2], [2, 1]];
    assertEquals(shown, [
      [plain, mirrored],
      [mirrored, plain],
      [plain, mirrored],
      [mirrored, plain],
    ]);
  });

  it("begins with about half of the images mirrored", () => {
    const rows = 1000;
    const data = Uint8Array.from({ length: 2 * rows }, (_, i) => 255 * (i % 2));
    const batches = new ImageBatches(
      {
        x: { data, shape: [rows, 1, 2, 1] },
        y: { data: new Int32Array(rows), shape: [rows] },
      },
      {
        size: rows,
        seed: 0,
        statistics: { mean: [0], deviation: [1] },
        augment: [alternatingFlip()],
      },
    );
    const [[even], [odd]] = [0, 1].map((epoch) => [...batches.epoch(epoch)]);
    const count = even.x.data.filter((value, i) => i % 2 === 0 && value === 1).length;
    // The standard deviation is 16.
    assert(count > 420 && count < 580, `${count}`);
    const isMirrored = ({ x, index }: typeof even) => {
      const byRow = new Array(rows);
      index.forEach((row, i) => byRow[row] = x.data[2 * i] === 1);
      return byRow;
    };
    assertEquals(isMirrored(odd), isMirrored(even).map((mirrored) => !mirrored));
  });
});
