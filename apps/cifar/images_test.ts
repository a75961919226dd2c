import { UsageError } from "@gradus/cli/usage-error";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { encodeNpy } from "@gradus/data/npy";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { trialOf } from "./_settings_test.ts";
import { readImages } from "./images.ts";

const sample = ["--sample", "--limit", "10"];

const advice =
  "; `deno task download cifar-10` fetches it, --data names another folder, --sample does without";

/** A record of a label and three planes of one value each. */
function record(label: number, values: readonly [number, number, number]): number[] {
  return [label, ...values.flatMap((value) => Array<number>(1024).fill(value))];
}

async function writeData(folder: string): Promise<void> {
  const names = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`);
  for (const [i, name] of [...names, "test_batch"].entries()) {
    const bytes = Uint8Array.from(record(i, [i, 100 + i, 200 + i]));
    await Deno.writeFile(`${folder}/${name}.bin`, bytes);
  }
}

async function refuses(args: string[], message: string): Promise<void> {
  const error = await assertRejects(() => readImages(trialOf(...args)), UsageError);
  assertEquals(error.message, message);
}

describe("readImages()", () => {
  it("draws shapes for --sample", async () => {
    const { training, test, classes } = await readImages(trialOf(...sample, "--seed", "3"));
    assertEquals(training.x, drawnShapes({ rows: 10, seed: 3 }).x);
    assertEquals([test.x.shape[0], classes.length], [1000, 10]);
  });

  it("reads CIFAR-10 from --data", async () => {
    await inFolder(async (folder) => {
      await writeData(folder);
      const { training, test, classes } = await readImages(trialOf("--data", folder));
      assertEquals([training.x.shape, test.x.shape], [[5, 32, 32, 3], [1, 32, 32, 3]]);
      assertEquals([[...training.y.data], [...test.y.data]], [[0, 1, 2, 3, 4], [5]]);
      assertEquals([...test.x.data.subarray(0, 6)], [5, 105, 205, 5, 105, 205]);
      assertEquals(classes[5], "dog");
    });
  });

  it("tells where it looked and how to get the files", async () => {
    const names = "data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, " +
      "data_batch_5.bin, test_batch.bin";
    await refuses(
      ["--data", "no/such"],
      `Cannot load CIFAR-10 as no/such or no/such/cifar-10-batches-bin must hold ${names}: found none of them${advice}`,
    );
    await inFolder(async (folder) => {
      await writeData(folder);
      await Deno.remove(`${folder}/data_batch_2.bin`);
      await refuses(
        ["--data", folder],
        `Cannot load CIFAR-10 as ${folder} must hold all its files: found no data_batch_2.bin${advice}`,
      );
    });
  });

  it("names the file that does not decode, and the byte", async () => {
    await inFolder(async (folder) => {
      await writeData(folder);
      const file = `${folder}/data_batch_2.bin`;
      await Deno.writeFile(file, Uint8Array.from(record(10, [1, 2, 3])));
      await refuses(
        ["--data", folder],
        `Cannot decode ${file} as byte 0 must be a label from 0 to 9: found 10`,
      );
      await Deno.truncate(file, 3000);
      await refuses(
        ["--data", folder],
        `Cannot decode ${file} as it must be records of 3073 bytes: found 3000 bytes`,
      );
    });
  });

  it("takes images of --test in place of the test batch, in any layout", async () => {
    const pixels = [3, 100, 200, 7, 8, 9];
    const rows = pixels.length / 3;
    const last = Uint8Array.from(
      { length: rows * 3072 },
      (_, i) => pixels[3 * Math.floor(i / 3072) + i % 3]!,
    );
    const planes = Uint8Array.from(
      { length: rows * 3072 },
      (_, i) => pixels[Math.floor(i / 1024)]!,
    );
    const files = {
      "last.npy": { data: last, shape: [rows, 32, 32, 3] },
      "first.npy": { data: planes, shape: [rows, 3, 32, 32] },
      "flat.npy": { data: planes, shape: [rows, 3072] },
    };
    await inFolder(async (folder) => {
      for (const [name, array] of Object.entries(files)) {
        await Deno.writeFile(`${folder}/${name}`, encodeNpy(array));
        const { test, training } = await readImages(
          trialOf(...sample, "--test", `${folder}/${name}`),
        );
        assertEquals(test.x, { data: last, shape: [rows, 32, 32, 3] }, name);
        assertEquals(test.y, { data: new Int32Array(rows).fill(-1), shape: [rows] });
        assertEquals(training.x.shape[0], 10);
      }
    });
  });

  it("refuses a --test that is no file of images", async () => {
    await refuses(
      [...sample, "--test", "no.npy"],
      "Cannot load images as no.npy must be a file: found none",
    );
    await inFolder(async (folder) => {
      const file = `${folder}/x.npy`;
      await Deno.writeTextFile(file, "Id,Category\n");
      await refuses(
        [...sample, "--test", file],
        `Cannot decode ${file} as byte 0 must be 147, as in \\x93NUMPY: found 73`,
      );
      await Deno.writeFile(
        file,
        encodeNpy({ data: new Float32Array(3072).fill(0.5), shape: [1, 3072] }),
      );
      await refuses(
        [...sample, "--test", file],
        `Cannot decode ${file} as values must be whole numbers from 0 to 255: found 0.5 in row 0`,
      );
      const error = await assertRejects(
        () => readImages(trialOf(...sample, "--test", folder)),
        UsageError,
      );
      assertEquals(error.message.split(":")[0], "Cannot load files as they must be readable");
    });
  });
});
