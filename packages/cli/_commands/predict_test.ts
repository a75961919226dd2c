import { encodeNpy } from "@gradus/data";
import { Conv2d, Dense, Flatten, Softmax } from "@gradus/layers";
import { tensor } from "@gradus/tensor";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encode } from "fast-png";
import { inFolder } from "@gradus/testing/in-folder";
import jpeg from "jpeg-js";
import { printed } from "../_printed_test.ts";
import { gradus } from "../gradus.ts";
import { UsageError } from "../usage_error.ts";
import { writeRun } from "./_run_folder_test.ts";

const statistics = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] };
const classes = ["red", "green", "blue"];

/** A run of a network for images of 4 × 4 pixels in colour. */
async function imageRun(root: string, config: Record<string, unknown> = { statistics, classes }) {
  const layers = [new Conv2d(2, { kernel: 3 }), new Flatten(), new Dense(3)];
  const { run, model } = await writeRun(root, { layers, inputShape: [4, 4, 3], config });
  return { folder: run.folder, model: model! };
}

/** Bytes of an image of this size. */
function pixels(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37 * seed + 11 * seed) % 256);
}

async function predict(...args: string[]): Promise<string[][]> {
  const { code, text } = await printed(() => gradus(["predict", ...args]));
  assertEquals(code, 0);
  return text.split("\r\n").map((line) => line.split(","));
}

async function refuses(args: string[], message: string): Promise<void> {
  const error = await assertRejects(() => gradus(["predict", ...args]), UsageError);
  assertEquals(error.message, message);
}

describe("gradus predict", () => {
  it("gives the classes of a folder of images, standardised as in training", async () => {
    await inFolder(async (root) => {
      const { folder, model } = await imageRun(root);
      await Deno.mkdir(`${root}/images`);
      const images = [1, 2, 3].map((seed) => pixels(48, seed));
      for (const [place, data] of images.entries()) {
        const png = encode({ data, width: 4, height: 4, channels: 3 });
        await Deno.writeFile(`${root}/images/${["c.png", "a.PNG", "b.png"][place]}`, png);
      }
      await Deno.writeTextFile(`${root}/images/notes.txt`, "no image");
      const args = ["--model", folder, "--input", `${root}/images/`, "--backend", "reference"];
      const [header, ...rows] = await predict(...args, "--names", "--probabilities");
      assertEquals(header, [
        ...["Id", "Category", "File", "Class"],
        ...classes.map((name) => `Probability of ${name}`),
      ]);
      const ordered = [images[1]!, images[2]!, images[0]!];
      const x = Float32Array.from(
        ordered.flatMap((data) => [...data]),
        (value, i) => (value / 255 - statistics.mean[i % 3]!) / statistics.deviation[i % 3]!,
      );
      const { backend } = model.parameters[0]!.value;
      const logits = await model.predict(tensor(backend, x, { shape: [3, 4, 4, 3] })).data();
      for (const [row, [id, category, file, name, ...probabilities]] of rows.entries()) {
        assertEquals([id, file], [
          `${row + 1}`,
          `${root}/images/${["a.PNG", "b.png", "c.png"][row]}`,
        ]);
        const own = [...logits.subarray(3 * row, 3 * row + 3)];
        const total = own.reduce((sum, logit) => sum + Math.exp(logit), 0);
        const best = own.indexOf(Math.max(...own));
        assertEquals([category, name], [`${best}`, classes[best]]);
        probabilities.forEach((probability, c) =>
          assertAlmostEquals(Number(probability), Math.exp(own[c]!) / total, 1e-6)
        );
      }
      const first = await predict("--model", folder, "--input", `${root}/images/a.PNG`);
      assertEquals(first, [["Id", "Category", "File"], rows[0]!.slice(0, 3)]);
    });
  });

  it("reads JPEG, grey images for a network in colour, and takes another size with --resize", async () => {
    await inFolder(async (root) => {
      const { folder } = await imageRun(root);
      const data = new Uint8Array(8 * 6 * 4).fill(200);
      const photo = jpeg.encode({ data, width: 8, height: 6 }, 100);
      await Deno.writeFile(`${root}/photo.jpg`, new Uint8Array(photo.data));
      const args = ["--model", folder, "--input", `${root}/photo.jpg`];
      await refuses(
        args,
        `Cannot predict ${root}/photo.jpg as images must be 4 × 4, unless --resize is given: found 8 × 6`,
      );
      const [, resized] = await predict(...args, "--resize", "--probabilities");
      const grey = encode({ data: new Uint8Array(16).fill(200), width: 4, height: 4, channels: 1 });
      await Deno.writeFile(`${root}/grey.png`, grey);
      const [, plain] = await predict(
        "--model",
        folder,
        "--input",
        `${root}/grey.png`,
        "--probabilities",
      );
      // An image of one colour is the same at any size.
      assertEquals(resized!.toSpliced(2, 1), plain!.toSpliced(2, 1));
      const mirrored = await predict(...args, "--resize", "--mirrored");
      assertEquals(mirrored[1]!.length, 3);
      // One colour is the same wherever it is moved to.
      const moved = await predict(...args, "--resize", "--probabilities", "--shift", "3");
      moved[1]!.slice(3).forEach((share, place) =>
        assertAlmostEquals(Number(share), Number(resized![3 + place]), 1e-6)
      );
      await Deno.writeFile(
        `${root}/noise.png`,
        encode({ data: pixels(16), width: 4, height: 4, channels: 1 }),
      );
      const noise = ["--model", folder, "--input", `${root}/noise.png`, "--probabilities"];
      const [[, still], [, shifted]] = [
        await predict(...noise),
        await predict(...noise, "--shift", "1"),
      ];
      assertNotEquals(shifted!.slice(3), still!.slice(3));
      await refuses(
        [...args, "--resize", "--shift", "4"],
        "Cannot use --shift as it must be below the sides of images, 4 × 4: found 4",
      );
    });
  });

  it("refuses colours where the network takes grey", async () => {
    await inFolder(async (root) => {
      const { run: { folder } } = await writeRun(root, {
        layers: [new Flatten(), new Dense(2)],
        inputShape: [2, 2, 1],
        config: { statistics: { mean: [0.5], deviation: [0.2] } },
      });
      const write = (name: string, data: Uint8Array) =>
        Deno.writeFile(`${root}/${name}`, encode({ data, width: 2, height: 2, channels: 3 }));
      await write("grey.png", new Uint8Array([...Array(3).fill(7), ...Array(9).fill(50)]));
      const rows = await predict("--model", folder, "--input", `${root}/grey.png`, "--names");
      assertEquals(rows[0], ["Id", "Category", "File", "Class"]);
      // Without names of classes, their numbers.
      assertEquals(rows[1]![3], rows[1]![1]);
      await write("colours.png", pixels(12));
      await refuses(
        ["--model", folder, "--input", `${root}/colours.png`],
        `Cannot predict ${root}/colours.png as images must have 1 channel, of grey: found colours`,
      );
    });
  });

  it("reads .npy of images, and of rows, and CSV, whose columns of text it leaves out", async () => {
    await inFolder(async (root) => {
      const { folder } = await imageRun(root);
      await Deno.writeFile(`${root}/x.npy`, encodeNpy({ data: pixels(96), shape: [2, 4, 4, 3] }));
      assertEquals((await predict("--model", folder, "--input", `${root}/x.npy`)).length, 3);

      const flowers = await writeRun(root, { layers: [new Dense(3)], inputShape: [2] });
      const own = flowers.run.folder;
      const numbers = { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [3, 2] };
      await Deno.writeFile(`${root}/rows.npy`, encodeNpy(numbers));
      const csv = "name,a,b\nx,1,2\ny,3,4\nz,5,6\n";
      await Deno.writeTextFile(`${root}/rows.csv`, csv);
      const [npy, table] = [
        await predict("--model", own, "--input", `${root}/rows.npy`, "--probabilities"),
        await predict("--model", own, "--input", `${root}/rows.csv`, "--probabilities"),
      ];
      assertEquals(npy.length, 4);
      assertEquals(table, npy);
      assertEquals(npy[0]!.slice(2), ["Probability of 0", "Probability of 1", "Probability of 2"]);

      await Deno.writeTextFile(`${own}/standardizer.json`, '{"mean":[1,2],"deviation":[2,2]}');
      const standardized = { data: new Float32Array([0, 0, 1, 1, 2, 2]), shape: [3, 2] };
      await Deno.writeFile(`${root}/standard.npy`, encodeNpy(standardized));
      const shifted = await predict(
        "--model",
        own,
        "--input",
        `${root}/rows.csv`,
        "--probabilities",
      );
      await Deno.remove(`${own}/standardizer.json`);
      assertEquals(
        shifted,
        await predict("--model", own, "--input", `${root}/standard.npy`, "--probabilities"),
      );
    });
  });

  it("gives the probabilities of a model that ends in softmax as they are", async () => {
    await inFolder(async (root) => {
      const logits = await writeRun(root, { layers: [new Dense(3)], inputShape: [2] });
      const softmax = await writeRun(root, {
        ...{ layers: [new Dense(3), new Softmax()], inputShape: [2] },
      });
      await Deno.writeTextFile(`${root}/x.csv`, "a,b\n1,-2\n");
      const rowsOf = async (folder: string) =>
        await predict("--model", folder, "--input", `${root}/x.csv`, "--probabilities");
      // The first weights of both are the same.
      assertEquals(await rowsOf(softmax.run.folder), await rowsOf(logits.run.folder));
    });
  });

  it("writes a file where it is told to", async () => {
    await inFolder(async (root) => {
      const { run: { folder } } = await writeRun(root, { layers: [new Dense(3)], inputShape: [2] });
      await Deno.writeTextFile(`${root}/x.csv`, "a,b\n1,2\n");
      const out = `${root}/made/predictions.csv`;
      const args = ["--model", folder, "--input", `${root}/x.csv`, "--out", out];
      assertEquals(await printed(() => gradus(["predict", ...args])), { code: 0, text: "" });
      const text = await Deno.readTextFile(out);
      assert(/^Id,Category\r\n1,[0-2]\r\n$/.test(text), text);
    });
  });

  it("refuses what it cannot predict, in one line", async () => {
    await inFolder(async (root) => {
      const { folder } = await imageRun(root);
      await refuses([], "Cannot predict as --model must be given: found none");
      await refuses(["--model", folder], "Cannot predict as --input must be given: found none");
      await refuses(
        ["--model", root, "--input", "x.png"],
        `Cannot predict with ${root} as it must be the folder of a run: found no config.json`,
      );
      await Deno.mkdir(`${root}/empty`);
      await refuses(
        ["--model", folder, "--input", `${root}/empty`],
        `Cannot predict ${root}/empty as it must hold PNG or JPEG images: found none`,
      );
      await Deno.writeTextFile(`${root}/x.png`, "no image");
      await refuses(
        ["--model", folder, "--input", `${root}/x.png`],
        `Cannot decode ${root}/x.png as it must be a PNG or JPEG image: found something else`,
      );
      await Deno.writeFile(`${root}/x.npy`, encodeNpy({ data: pixels(12), shape: [1, 2, 2, 3] }));
      await refuses(
        ["--model", folder, "--input", `${root}/x.npy`],
        `Cannot predict ${root}/x.npy as each row must be [4, 4, 3]: found [2, 2, 3]`,
      );
      const rows = await writeRun(root, { layers: [new Dense(3)], inputShape: [2] });
      const own = rows.run.folder;
      await refuses(
        ["--model", own, "--input", `${root}/x.png`],
        "Cannot predict images as the model must take some: found that it takes [2]",
      );
      for (
        const [csv, message] of [
          [
            "a,b,c\n1,2,3\n",
            "Cannot predict FILE as the model takes 2 columns of numbers: found 3 (a, b, c)",
          ],
          ["", "Cannot read FILE as it must begin with a header: found no line"],
          [
            "a,b\n1,2\n3,x\n",
            'Cannot read "b" in FILE line 3 as it must be a finite decimal number: found "x"',
          ],
          [
            'a,b\n"1,2\n',
            "Cannot read FILE line 2 as quotes must enclose whole cells: found one that does not",
          ],
        ] as const
      ) {
        await Deno.writeTextFile(`${root}/x.csv`, csv);
        await refuses(
          ["--model", own, "--input", `${root}/x.csv`],
          message.replace("FILE", `${root}/x.csv`),
        );
      }
      await Deno.writeTextFile(`${root}/x.csv`, "a,b\n1,2\n");
      const input = ["--input", `${root}/x.csv`];
      await refuses(
        ["--model", own, ...input, "--mirrored"],
        "Cannot use --mirrored as the model must take images: found rows",
      );
      await refuses(
        ["--model", own, ...input, "--shift", "1"],
        "Cannot use --shift as the model must take images: found rows",
      );
      await Deno.writeTextFile(`${own}/standardizer.json`, "{");
      await refuses(
        ["--model", own, ...input],
        `Cannot read ${own}/standardizer.json as it must be JSON: found something else`,
      );
      const bare = await imageRun(root, {});
      await Deno.writeFile(`${root}/x.npy`, encodeNpy({ data: pixels(48), shape: [1, 4, 4, 3] }));
      await refuses(
        ["--model", bare.folder, "--input", `${root}/x.npy`],
        `Cannot predict images with ${bare.folder} as the statistics in its config.json must be means and deviations: found undefined`,
      );
    });
  });
});
