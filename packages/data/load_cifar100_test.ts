import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join, record, withFiles } from "./_test_folder_test.ts";
import { decodeCifar100 } from "./cifar.ts";
import { loadCifar100 } from "./load_cifar100.ts";
import { MissingFilesError } from "./missing_files_error.ts";

const train = join(record([0, 99], 10), record([19, 0], 20));
const test = record([7, 50], 30);

describe("loadCifar100()", () => {
  it("loads both parts with fine and coarse labels", () =>
    withFiles({ "train.bin": train, "test.bin": test }, async (folder) => {
      const loaded = await loadCifar100(folder);
      assertEquals(loaded, { training: decodeCifar100(train), test: decodeCifar100(test) });
      assertEquals([...loaded.training.y.data], [99, 0]);
      assertEquals([...loaded.training.coarse.data], [0, 19]);
      assertEquals(loaded.training.classes.length, 100);
      assertEquals(loaded.training.classes[99], "worm");
      assertEquals(loaded.training.superclasses.length, 20);
      assertEquals(loaded.training.superclasses[19], "vehicles_2");
    }));

  it("finds the folder of the archive, and names in its text files", () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`).join("\n");
    return withFiles({
      "cifar-100-binary/train.bin": train,
      "cifar-100-binary/test.bin": test,
      "cifar-100-binary/fine_label_names.txt": names(100),
      "cifar-100-binary/coarse_label_names.txt": names(20),
    }, async (folder) => {
      const { training } = await loadCifar100(folder);
      assertEquals(training.classes[42], "n42");
      assertEquals(training.superclasses[17], "n17");
    });
  });

  it("tells where it looked and what is missing", async () => {
    await assertRejects(
      () => loadCifar100("no/folder"),
      MissingFilesError,
      "Cannot load CIFAR-100 as no/folder or no/folder/cifar-100-binary must hold train.bin, " +
        "test.bin: found none of them",
    );
  });

  it("refuses a label out of range, naming file and byte", () =>
    withFiles({ "train.bin": train, "test.bin": record([7, 100], 0) }, async (folder) => {
      await assertRejects(
        () => loadCifar100(folder),
        SyntaxError,
        `Cannot decode ${folder}/test.bin as byte 1 must be a label from 0 to 99: found 100`,
      );
    }));
});
