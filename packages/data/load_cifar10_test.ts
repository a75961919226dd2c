import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join, record, withFiles } from "./_test_folder_test.ts";
import { decodeCifar10 } from "./cifar.ts";
import { loadCifar10 } from "./load_cifar10.ts";
import { MissingFilesError } from "./missing_files_error.ts";

/** Files of two records each; the test batch has one. */
function files(folder = ""): Record<string, Uint8Array> {
  const batches = [1, 2, 3, 4, 5].map((i) => [
    `${folder}data_batch_${i}.bin`,
    join(record([i], 10 * i), record([i + 1], 10 * i + 5)),
  ]);
  return { ...Object.fromEntries(batches), [`${folder}test_batch.bin`]: record([9], 200) };
}

describe("loadCifar10()", () => {
  it("joins the batches in their order, pixel by pixel", () =>
    withFiles(files(), async (folder) => {
      const { training, test } = await loadCifar10(folder);
      assertEquals(training.x.shape, [10, 32, 32, 3]);
      assertEquals([...training.y.data], [1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
      const whole = join(...Object.values(files()).slice(0, 5));
      assertEquals(training, decodeCifar10(whole));
      assertEquals(test, decodeCifar10(record([9], 200)));
      assertEquals([...test.x.data.subarray(0, 6)], [200, 201, 202, 200, 200, 200]);
      assertEquals(test.classes[9], "truck");
    }));

  it("finds the folder of the archive, and names in batches.meta.txt", () =>
    withFiles({
      ...files("cifar-10-batches-bin/"),
      "cifar-10-batches-bin/batches.meta.txt": "a\nb\r\nc\nd\ne\nf\ng\nh\ni\nj\n\n",
    }, async (folder) => {
      const { training, test } = await loadCifar10(folder);
      assertEquals(training.classes.join(""), "abcdefghij");
      assertEquals(test.classes, training.classes);
    }));

  it("reads files that are longer than a piece", () => {
    const count = 1100;
    const long = join(...Array.from({ length: count }, (_, i) => record([i % 10], i % 251)));
    return withFiles({ ...files(), "data_batch_1.bin": long }, async (folder) => {
      const { training } = await loadCifar10(folder);
      assertEquals(training.x.shape[0], count + 8);
      const { x, y } = decodeCifar10(long);
      assertEquals(training.x.data.subarray(0, x.data.length), x.data);
      assertEquals(training.y.data.subarray(0, count), y.data);
      assertEquals([...training.y.data.subarray(count, count + 2)], [2, 3]);
    });
  });

  it("tells where it looked and what is missing", async () => {
    const names = "data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, " +
      "data_batch_5.bin, test_batch.bin";
    await assertRejects(
      () => loadCifar10("no/folder"),
      MissingFilesError,
      `Cannot load CIFAR-10 as no/folder or no/folder/cifar-10-batches-bin must hold ${names}: ` +
        `found none of them`,
    );
    const { "data_batch_2.bin": _, "test_batch.bin": __, ...some } = files();
    await withFiles(some, async (folder) => {
      await assertRejects(
        () => loadCifar10(folder),
        MissingFilesError,
        `Cannot load CIFAR-10 as ${folder} must hold all its files: ` +
          `found no data_batch_2.bin, test_batch.bin`,
      );
    });
  });

  it("refuses a file of another length, naming it", () =>
    withFiles({ ...files(), "data_batch_4.bin": new Uint8Array(3072) }, async (folder) => {
      await assertRejects(
        () => loadCifar10(folder),
        SyntaxError,
        `Cannot decode ${folder}/data_batch_4.bin as it must be records of 3073 bytes: ` +
          `found 3072 bytes`,
      );
    }));

  it("refuses a label above 9, naming file and byte", () => {
    const long = join(...Array.from({ length: 1002 }, (_, i) => record([i === 1001 ? 10 : 0], 0)));
    return withFiles({ ...files(), "data_batch_3.bin": long }, async (folder) => {
      await assertRejects(
        () => loadCifar10(folder),
        SyntaxError,
        `Cannot decode ${folder}/data_batch_3.bin as byte ${1001 * 3073} must be a label from 0 ` +
          `to 9: found 10`,
      );
    });
  });

  it("refuses another number of names", () =>
    withFiles({ ...files(), "batches.meta.txt": "cat\ndog\n" }, async (folder) => {
      await assertRejects(
        () => loadCifar10(folder),
        SyntaxError,
        `Cannot decode ${folder}/batches.meta.txt as it must name 10 classes, one a line: found 2`,
      );
    }));

  it("passes on what else goes wrong with files", async () => {
    await assertRejects(() => loadCifar10("x".repeat(5000)), Error, "ENAMETOOLONG");
    await withFiles({ ...files(), "batches.meta.txt/file": "" }, async (folder) => {
      await assertRejects(() => loadCifar10(folder), Error, "EISDIR");
    });
  });
});
