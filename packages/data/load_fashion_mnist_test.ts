import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { withFiles } from "./_test_folder_test.ts";
import { findFashionMnist } from "./find_fashion_mnist.ts";
import { loadFashionMnist } from "./load_fashion_mnist.ts";
import { MissingFilesError } from "./missing_files_error.ts";

/** An IDX file of bytes. */
function idx(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const lengths = shape.flatMap((length) => [0, 0, length >> 8, length & 255]);
  return new Uint8Array([0, 0, 8, shape.length, ...lengths, ...Array.from(values)]);
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const pixels = Uint8Array.from({ length: 3 * 784 }, (_, i) => i % 253);
const training = { images: idx([3, 28, 28], pixels), labels: idx([3], [9, 0, 4]) };
const test = { images: idx([1, 28, 28], pixels.subarray(0, 784)), labels: idx([1], [7]) };

const debian = "/usr/share/datasets/fashion-mnist";
const isInstalled = await Deno.stat(`${debian}/train-images-idx3-ubyte.gz`)
  .then(() => true, () => false);

describe("loadFashionMnist()", () => {
  it("loads both parts, compressed or not", async () =>
    withFiles({
      "train-images-idx3-ubyte.gz": await gzip(training.images),
      "train-labels-idx1-ubyte": training.labels,
      "t10k-images-idx3-ubyte": test.images,
      "t10k-labels-idx1-ubyte.gz": await gzip(test.labels),
    }, async (folder) => {
      const loaded = await loadFashionMnist(folder);
      assertEquals(loaded.training.x, { data: pixels, shape: [3, 28, 28, 1] });
      assertEquals(loaded.training.y, { data: new Int32Array([9, 0, 4]), shape: [3] });
      assertEquals(loaded.test.x, { data: pixels.slice(0, 784), shape: [1, 28, 28, 1] });
      assertEquals(loaded.test.y, { data: new Int32Array([7]), shape: [1] });
      assertEquals(loaded.test.classes[7], "sneaker");
    }));

  it("tells where it looked and what is missing", async () => {
    await assertRejects(
      () => loadFashionMnist("no/folder"),
      MissingFilesError,
      "Cannot load Fashion-MNIST as no/folder must hold train-images-idx3-ubyte, " +
        "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte: " +
        "found none of them",
    );
    await withFiles({ "train-labels-idx1-ubyte": training.labels }, async (folder) => {
      await assertRejects(
        () => loadFashionMnist(folder),
        MissingFilesError,
        `Cannot load Fashion-MNIST as ${folder} must hold all its files: ` +
          `found no train-images-idx3-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte`,
      );
      await assertRejects(
        () => loadFashionMnist(`${folder}/train-labels-idx1-ubyte`),
        MissingFilesError,
        "found none of them",
      );
    });
  });

  it("names the file that does not decode", () =>
    withFiles({
      "train-images-idx3-ubyte": training.images,
      "train-labels-idx1-ubyte": training.labels,
      "t10k-images-idx3-ubyte": test.images.subarray(0, 100),
      "t10k-labels-idx1-ubyte": test.labels,
    }, async (folder) => {
      await assertRejects(
        () => loadFashionMnist(folder),
        SyntaxError,
        `Cannot decode ${folder}/t10k-images-idx3-ubyte as 784 bytes of values must follow byte ` +
          `16: found 84`,
      );
    }));

  it("finds and loads what Debian's dataset-fashion-mnist installed, if it did", {
    ignore: !isInstalled,
  }, async () => {
    const folder = await findFashionMnist();
    assertEquals(folder, debian);
    const { training, test } = await loadFashionMnist(folder!);
    assertEquals(training.x.shape, [60000, 28, 28, 1]);
    assertEquals(test.x.shape, [10000, 28, 28, 1]);
    const counts = new Array(10).fill(0);
    for (const label of training.y.data) counts[label]++;
    assertEquals(counts, new Array(10).fill(6000));
  });
});
