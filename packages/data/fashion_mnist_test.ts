import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeFashionMnist } from "./fashion_mnist.ts";

/** An IDX file of bytes. */
function idx(shape: number[], values: ArrayLike<number>, type = 8): Uint8Array {
  const lengths = shape.flatMap((length) => [0, 0, length >> 8, length & 255]);
  return new Uint8Array([0, 0, type, shape.length, ...lengths, ...Array.from(values)]);
}

const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => i % 251);
const images = idx([2, 28, 28], pixels);
const labels = idx([2], [9, 0]);

async function refuses(images: Uint8Array, labels: Uint8Array, message: string): Promise<void> {
  const error = await assertRejects(
    () => decodeFashionMnist({ images, labels, imagesFile: "a.gz", labelsFile: "b.gz" }),
    SyntaxError,
  );
  assertEquals(error.message, message);
}

describe("decodeFashionMnist()", () => {
  it("pairs images with labels and names the classes", async () => {
    const { x, y, classes } = await decodeFashionMnist({ images, labels });
    assertEquals(x, { data: pixels, shape: [2, 28, 28, 1] });
    assertEquals(y, { data: new Int32Array([9, 0]), shape: [2] });
    assertEquals(classes.length, 10);
    assertEquals(classes[9], "ankle boot");
  });

  it("refuses counts that differ", async () => {
    await refuses(
      images,
      idx([3], [1, 2, 3]),
      "Cannot pair a.gz with b.gz as their counts must be equal: found 2 and 3",
    );
  });

  it("refuses other shapes and types", async () => {
    await refuses(
      labels,
      labels,
      "Cannot decode a.gz as images must be of shape [rows, 28, 28]: found [2]",
    );
    await refuses(
      idx([1, 32, 32], new Uint8Array(1024)),
      labels,
      "Cannot decode a.gz as images must be of shape [rows, 28, 28]: found [1, 32, 32]",
    );
    await refuses(
      images,
      images,
      "Cannot decode b.gz as labels must be of shape [rows]: found [2, 28, 28]",
    );
    await refuses(
      images,
      idx([2], new Uint8Array(8), 12),
      "Cannot decode b.gz as its values must be of type 8, bytes: found 4 bytes a value",
    );
  });

  it("refuses a label above 9", async () => {
    await refuses(
      images,
      idx([2], [9, 10]),
      "Cannot decode b.gz as labels must be from 0 to 9: found 10 in row 1",
    );
  });

  it("names the files that do not decode", async () => {
    await refuses(
      images.subarray(0, 2),
      labels,
      "Cannot decode a.gz as it must begin with 4 bytes of magic: found 2",
    );
    await assertRejects(
      () => decodeFashionMnist({ images, labels: new Uint8Array(0) }),
      SyntaxError,
      "Cannot decode the labels as it must begin with 4 bytes of magic: found 0",
    );
  });
});
