import { UsageError } from "@gradus/cli/usage-error";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { findFashionMnist } from "@gradus/data/find-fashion-mnist";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { trialOf } from "./_settings_test.ts";
import { readImages } from "./images.ts";

const advice =
  "; `deno task download fashion-mnist` fetches it, --data names another folder, --sample does without";

/** An IDX file of bytes. */
function idx(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const lengths = shape.flatMap((length) => [0, 0, length >> 8, length & 255]);
  return new Uint8Array([0, 0, 8, shape.length, ...lengths, ...Array.from(values)]);
}

/** Two images to train on and one to test, but for these files. */
async function writeData(
  folder: string,
  changes: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  const files: Record<string, Uint8Array> = {
    "train-images-idx3-ubyte": idx([2, 28, 28], new Uint8Array(2 * 784).fill(7)),
    "train-labels-idx1-ubyte": idx([2], [9, 0]),
    "t10k-images-idx3-ubyte": idx([1, 28, 28], new Uint8Array(784).fill(8)),
    "t10k-labels-idx1-ubyte": idx([1], [1]),
    ...changes,
  };
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}

async function refuses(args: string[], message: string): Promise<void> {
  const error = await assertRejects(() => readImages(trialOf(...args)), UsageError);
  assertEquals(error.message, message);
}

const isInstalled = await findFashionMnist() !== null;

describe("readImages()", () => {
  it("draws shapes for --sample", async () => {
    const settings = trialOf("--sample", "--limit", "10", "--seed", "3");
    const { training, test, classes } = await readImages(settings);
    assertEquals(training.x, drawnShapes({ rows: 10, seed: 3 }).x);
    assertEquals([test.x.shape[0], classes.length], [1000, 10]);
  });

  it("reads Fashion-MNIST from --data", async () => {
    await inFolder(async (folder) => {
      await writeData(folder);
      const { training, test, classes } = await readImages(trialOf("--data", folder));
      assertEquals([training.x.shape, test.x.shape], [[2, 28, 28, 1], [1, 28, 28, 1]]);
      assertEquals([training.x.data[0], test.x.data[0]], [7, 8]);
      assertEquals([[...training.y.data], [...test.y.data]], [[9, 0], [1]]);
      assertEquals([classes[9], classes[1]], ["ankle boot", "trouser"]);
    });
  });

  it("finds the files of Debian's package by itself", { ignore: !isInstalled }, async () => {
    const { training, test } = await readImages(trialOf());
    assertEquals([training.x.shape[0], test.x.shape[0]], [60_000, 10_000]);
  });

  it("tells where it looked and how to get the files", async () => {
    const names = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, " +
      "t10k-labels-idx1-ubyte";
    await refuses(
      ["--data", "no/such"],
      `Cannot load Fashion-MNIST as no/such must hold ${names}: found none of them${advice}`,
    );
  });

  it("names the file that does not decode, and the byte", async () => {
    await inFolder(async (folder) => {
      const wrong: [string, Uint8Array, string][] = [
        [
          "train-images-idx3-ubyte",
          Uint8Array.from([1, 2, 8, 3]),
          "bytes 0 and 1 must be 0: found 1 and 2",
        ],
        [
          "train-images-idx3-ubyte",
          idx([2, 28, 28], new Uint8Array(1000)),
          "1568 bytes of values must follow byte 16: found 1000",
        ],
        ["t10k-labels-idx1-ubyte", idx([1], [10]), "labels must be from 0 to 9: found 10 in row 0"],
        [
          "t10k-labels-idx1-ubyte",
          Uint8Array.from([0x1f, 0x8b, 8]),
          "gzip data must be whole: found it truncated, damaged or followed by other bytes",
        ],
      ];
      for (const [name, bytes, found] of wrong) {
        await writeData(folder, { [name]: bytes });
        await refuses(["--data", folder], `Cannot decode ${folder}/${name} as ${found}`);
      }
    });
  });
});
