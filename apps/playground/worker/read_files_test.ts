import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cifarFile, fashionFiles, type NamedFile } from "../_image_files_test.ts";
import { readFiles } from "./read_files.ts";

function dropped({ name, buffer }: NamedFile, as = name) {
  return { name: as, bytes: new Uint8Array(buffer) };
}

describe("readFiles()", () => {
  it("keeps the t10k pair to test with", async () => {
    const files = [...await fashionFiles("t10k", 10), ...await fashionFiles("train", 30)];
    const { title, training, test } = await readFiles(files.map((file) => dropped(file)));
    assertEquals([title, training.x.shape, test?.x.shape], [
      "Fashion-MNIST",
      [30, 28, 28, 1],
      [10, 28, 28, 1],
    ]);
  });

  it("learns from the t10k pair where there is no other", async () => {
    const { training, test } = await readFiles(
      (await fashionFiles("t10k", 10)).map((file) => dropped(file)),
    );
    assertEquals([training.y.data.length, test], [10, null]);
  });

  it("joins the batches of CIFAR-10 in the order of the files, and keeps the test batch", async () => {
    const { title, training, test } = await readFiles([
      dropped(cifarFile("data_batch_1.bin", 3)),
      dropped(cifarFile("test_batch.bin", 5)),
      dropped(cifarFile("data_batch_2.bin", 4)),
    ]);
    assertEquals([title, training.x.shape, test?.x.shape], [
      "CIFAR-10",
      [7, 32, 32, 3],
      [5, 32, 32, 3],
    ]);
    assertEquals(training.y.data, Int32Array.of(0, 1, 2, 0, 1, 2, 3));
    const { training: second } = await readFiles([dropped(cifarFile("data_batch_2.bin", 4))]);
    assertEquals(training.x.data.subarray(3 * 3072), second.x.data);
  });

  it("refuses what does not belong together, by name", async () => {
    const [images, labels] = await fashionFiles("train", 4) as [NamedFile, NamedFile];
    const cifar = dropped(cifarFile("data_batch_1.bin", 1));
    const names = "as it must be named like the files of Fashion-MNIST " +
      "(train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz) or of CIFAR-10 " +
      "(data_batch_1.bin), each once: found another name";
    const cases: readonly (readonly [Parameters<typeof readFiles>[0], string])[] = [
      [[], "Cannot read files as there must be at least one: found none"],
      [
        [dropped(images, "data.tar.gz")],
        "Cannot read data.tar.gz as files must be unpacked first: found an archive",
      ],
      [
        [dropped(images, "cifar-10-binary.zip")],
        "Cannot read cifar-10-binary.zip as files must be unpacked first: found an archive",
      ],
      [
        [cifar, dropped(images)],
        "Cannot read data_batch_1.bin as all files must be of one data set: found others beside it",
      ],
      [
        [dropped(images)],
        "Cannot read train-images-idx3-ubyte.gz as its labels must come with it: found no file of labels",
      ],
      [
        [dropped(labels)],
        "Cannot read train-labels-idx1-ubyte.gz as its images must come with it: found no file of images",
      ],
      [[dropped(images, "photo.png")], `Cannot read photo.png ${names}`],
      [
        [dropped(images), dropped(images, "train-images-copy"), dropped(labels)],
        `Cannot read train-images-copy ${names}`,
      ],
    ];
    for (const [files, message] of cases) {
      await assertRejects(() => readFiles(files), SyntaxError, message);
    }
  });
});
