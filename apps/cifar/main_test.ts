import { encodeNpy } from "@gradus/data/npy";
import { decodeSafetensors } from "@gradus/safetensors";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { AppTask } from "@gradus/testing/app-task";

const cifar = new AppTask("cifar");

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** A run of a few seconds. */
const quick = ["--sample", "--recipe", "quick", "--epochs", "1", "--limit", "300"];
/** A run of moments: few images, and few to predict in place of the 1,000 of the sample. */
const tiny = [
  "--backend",
  "cpu",
  "--sample",
  "--recipe",
  "quick",
  "--limit",
  "24",
  "--validation",
  "8",
];
const few = ["--test", "few.npy"];

async function writeFew(folder: string, shape = [3, 32, 32, 3]): Promise<void> {
  const data = new Uint8Array(shape.reduce((product, length) => product * length)).fill(7);
  await Deno.writeFile(`${folder}/few.npy`, encodeNpy({ data, shape }));
}

/** The folder of CIFAR-10's files, with two records each but for these. */
async function writeData(folder: string, changes: Record<string, Uint8Array>): Promise<void> {
  await Deno.mkdir(`${folder}/data/cifar-10`, { recursive: true });
  const names = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
  for (const name of [...names, "test_batch.bin"]) {
    const bytes = changes[name] ?? new Uint8Array(2 * 3073);
    await Deno.writeFile(`${folder}/data/cifar-10/${name}`, bytes);
  }
}

describe("deno task cifar", () => {
  it("may read, and write to experiments/", () => {
    assertEquals(cifar.permissions, ["--allow-read", "--allow-write=experiments"]);
  });

  it("trains, tests and prints one object as the last line", async () => {
    await inFolder(async (folder) => {
      const args = [...quick, "--validation", "50", "--json"];
      const { code, stdout, stderr } = await cifar.run(folder, ...args);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const lines = stdout.split("\n");
      assertEquals(lines.length, 6);
      assertEquals(lines.at(-1), "");
      assertMatch(lines.shift()!, /^Backend (cpu|webgpu): .+\.$/);
      assertMatch(
        lines[0]!,
        /^epoch {3}1 {2}training loss \d\.\d{3} {2}accuracy \d+\.\d\d % {2}validation loss \d\.\d{3} {2}accuracy \d+\.\d\d % {2}\d+\.\d s$/,
      );
      assertMatch(
        lines[1]!,
        /^Test accuracy \d+\.\d\d %, with mirror images \d+\.\d\d %, with moved images too \d+\.\d\d %\.$/,
      );
      assertEquals(
        lines[2],
        "Report, plots, parameters and predictions.csv: experiments/cifar/001/report.html",
      );
      const result = JSON.parse(lines[3]!);
      assertEquals(Object.keys(result), [
        "trainLoss",
        "validationAccuracy",
        "testAccuracy",
        "mirroredTestAccuracy",
        "shiftedTestAccuracy",
        "backend",
        "folder",
        "epochs",
        "imagesPerSecond",
        "durationMs",
      ]);
      assert(result.trainLoss > 1 && result.trainLoss < 4);
      for (
        const name of [
          "validationAccuracy",
          "testAccuracy",
          "mirroredTestAccuracy",
          "shiftedTestAccuracy",
        ]
      ) {
        assert(result[name] >= 0 && result[name] <= 1, name);
      }
      assert(["cpu", "reference"].includes(result.backend));
      assertEquals([result.folder, result.epochs], ["experiments/cifar/001", 1]);
      for (const name of ["imagesPerSecond", "durationMs"]) {
        assert(Number.isInteger(result[name]) && result[name] > 0, name);
      }
      await assertFiles(`${folder}/experiments/cifar/001`);
    });
  });

  /** Whole and well-formed files of a run of one epoch on the sample. */
  async function assertFiles(path: string): Promise<void> {
    const plots = ["accuracy", "confusion", "learning_rate", "loss", "mistakes"];
    assertEquals(
      namesIn(path),
      [
        ...plots.flatMap((name) => [`${name}.png`, `${name}.svg`]),
        ...["checkpoint.safetensors", "config.json", "history.csv", "history.json"],
        ...["model.safetensors", "parameters.csv", "predictions.csv", "report.html"],
      ].sort(),
    );
    const read = (name: string) => Deno.readTextFile(`${path}/${name}`);
    const html = await read("report.html");
    assertMatch(html, /^<!doctype html>\n[^]*<\/html>\n$/);
    assertEquals(html.match(/<(script|link|img|iframe|object|embed)\b|\bsrc=/), null);
    const words = html.replaceAll(/data:image\/png;base64,[^"]*/g, "");
    assertEquals(words.match(/undefined|\[object|NaN|Infinity/), null);
    assertStringIncludes(html, "50 training images were held out to validate by");
    for (const name of plots) {
      const svg = await read(`${name}.svg`);
      assertMatch(svg, /^<svg [^]*<\/svg>\n$/);
      assertStringIncludes(html, svg.trim());
      const png = await Deno.readFile(`${path}/${name}.png`);
      assertEquals(new TextDecoder("latin1").decode(png.subarray(1, 4)), "PNG");
      assertEquals(new TextDecoder("latin1").decode(png.slice(-8, -4)), "IEND");
    }
    const { statistics, classes, threads, versions, ...config } = JSON.parse(
      await read("config.json"),
    );
    assertEquals(config, {
      ...{ recipe: "quick", "learning-rate": null, epochs: 1, batch: 256, seed: 0 },
      ...{ validation: 50, limit: 300, "model-name": "cifar", data: null, sample: true },
      ...{
        backend: config.backend,
        without: null,
        test: null,
        parent: null,
        network: config.network,
      },
    });
    assertEquals([statistics.mean.length, statistics.deviation.length, classes.length], [3, 3, 10]);
    assertEquals(config.network.widths, [16, 48, 96]);
    assertEquals(Object.keys(versions), ["gradus", "deno", "v8"]);
    assert(config.backend !== "cpu" || Number.isInteger(threads));

    const predictions = (await read("predictions.csv")).split("\r\n");
    assertEquals([predictions[0], predictions.at(-1)], ["Id,Category", ""]);
    assertEquals(predictions.length, 1 + 1000 + 1);
    predictions.slice(1, -1).forEach((line, row) => {
      assertMatch(line, new RegExp(`^${row + 1},[0-9]$`));
    });
    const { tensors } = decodeSafetensors(await Deno.readFile(`${path}/model.safetensors`));
    assertEquals(tensors.get("0.weight")!.shape, [4, 4, 3, 24]);
    const [header, ...rows] = (await read("history.csv")).trimEnd().split("\n");
    assertStringIncludes(header!, "training_loss,training_accuracy,validation_loss");
    assertEquals(rows.map((row) => row.split(",").length), [7]);
  }

  it("predicts images of a file without labels, and gives the same bytes for the same seed", async () => {
    await inFolder(async (folder) => {
      await writeFew(folder);
      const args = [...tiny, ...few, "--epochs", "1", "--json"];
      for (let run = 0; run < 2; run++) {
        const { code, stdout, stderr } = await cifar.run(folder, ...args, "--seed", "5");
        assertEquals({ code, stderr }, { code: 0, stderr: "" });
        const [epoch, report, json] = stdout.trimEnd().split("\n");
        assertMatch(epoch!, /^epoch {3}1 /);
        assertMatch(report!, /^Report, /);
        const { testAccuracy, mirroredTestAccuracy, shiftedTestAccuracy } = JSON.parse(json!);
        const accuracies = [testAccuracy, mirroredTestAccuracy, shiftedTestAccuracy];
        assertEquals(accuracies, [null, null, null]);
      }
      const read = (run: string, name: string) =>
        Deno.readFile(`${folder}/experiments/cifar/${run}/${name}`);
      for (const name of ["model.safetensors", "checkpoint.safetensors", "predictions.csv"]) {
        assertEquals(await read("002", name), await read("001", name), name);
      }
      const text = new TextDecoder().decode(await read("001", "predictions.csv"));
      assertMatch(text, /^Id,Category\r\n1,\d\r\n2,\d\r\n3,\d\r\n$/);
    });
  });

  it("stops at Ctrl-C, says how to go on, and goes on, on reference too", async () => {
    await inFolder(async (folder) => {
      await writeFew(folder);
      const process = cifar.start(folder, [...tiny, ...few, "--epochs", "100000", "--seed", "3"]);
      const lines = readLines(process.stdout);
      assertMatch(await lines.next(), /^epoch {3}1 /);
      process.kill("SIGINT");
      let last = "";
      for (let line = ""; (line = await lines.next()) !== "";) last = line;
      const path = "experiments/cifar/001";
      assertEquals(last, `Stopped. Go on with: deno task cifar --resume ${path}`);
      assertEquals([(await process.status).code, await new Response(process.stderr).text()], [
        130,
        "",
      ]);
      const { length } = JSON.parse(await Deno.readTextFile(`${folder}/${path}/history.json`));
      assertEquals(namesIn(`${folder}/${path}`).includes("report.html"), false);

      const args = ["--resume", path, "--epochs", `${length + 1}`, "--backend", "reference"];
      const { code, stdout, stderr } = await cifar.run(folder, ...args, "--json");
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const [epoch, _, json] = stdout.trimEnd().split("\n");
      assertMatch(epoch!, new RegExp(`^epoch +${length + 1} `));
      const { folder: own, epochs, backend } = JSON.parse(json!);
      assertEquals([own, epochs, backend], ["experiments/cifar/002", length + 1, "reference"]);
      const config = JSON.parse(await Deno.readTextFile(`${folder}/${own}/config.json`));
      assertEquals([config.parent, config.seed, config.limit, config.test], [path, 3, 24, few[1]]);
    });
  });

  it("ends in one line where training diverges", async () => {
    await inFolder(async (folder) => {
      const args = [...tiny, "--epochs", "2", "--learning-rate", "1e30", "--json"];
      const { code, stdout, stderr } = await cifar.run(folder, ...args);
      // The averaged weights of the first epoch are still those that it began with.
      assertEquals([code, stdout.split("\n").length], [1, 2]);
      assertMatch(stdout, /^epoch {3}1 /);
      assertEquals(
        stderr,
        "Cannot update 1.weight at step 1 as its gradient must be finite: found NaN or Infinity; a lower --learning-rate may help\n",
      );
    });
  });

  it("lists its flags, and what its exit codes mean", async () => {
    await inFolder(async (folder) => {
      const { code, stdout, stderr } = await cifar.run(folder, "--help");
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      assert(stdout.startsWith("Trains a convolutional network on CIFAR-10, or with --sample"));
      assertStringIncludes(stdout, "cannot be used, 130 after Ctrl-C.\n");
      const flags = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
      assertEquals(flags, [
        ...[
          "recipe",
          "learning-rate",
          "epochs",
          "batch",
          "seed",
          "seeds",
          "trial",
          "validation",
          "limit",
        ],
        ...["model-name", "data", "sample", "resume", "backend", "json", "help", "without", "test"],
      ]);
      assertEquals(namesIn(folder), []);
    });
  });

  it("refuses in one line what it cannot use, with exit code 2", async () => {
    await inFolder(async (folder) => {
      const refuses = async (args: string[], message: string) => {
        const outcome = await cifar.run(folder, ...args);
        assertEquals(outcome, { code: 2, stdout: "", stderr: `${message}\n` });
      };
      await refuses(
        ["--epoch", "3"],
        "Cannot understand the command as each argument must be a flag that --help lists: found --epoch",
      );
      await refuses(
        ["--resume", "experiments/cifar/007"],
        "Cannot go on from experiments/cifar/007 as it must be the folder of a run: found no config.json",
      );
      await refuses(
        [],
        "Cannot load CIFAR-10 as data/cifar-10 or data/cifar-10/cifar-10-batches-bin must hold " +
          "data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, " +
          "data_batch_5.bin, test_batch.bin: found none of them; `deno task download cifar-10` " +
          "fetches it, --data names another folder, --sample does without",
      );
      await writeData(folder, { "data_batch_4.bin": new Uint8Array(2 * 3073 - 1) });
      await refuses(
        [],
        "Cannot decode data/cifar-10/data_batch_4.bin as it must be records of 3073 bytes: found 6145 bytes",
      );
      const label = new Uint8Array(2 * 3073);
      label[3073] = 10;
      await writeData(folder, { "test_batch.bin": label });
      await refuses(
        ["--data", "data/cifar-10"],
        "Cannot decode data/cifar-10/test_batch.bin as byte 3073 must be a label from 0 to 9: found 10",
      );
      await writeFew(folder, [3, 28, 28, 1]);
      await refuses(
        [...tiny, ...few],
        "Cannot test as images must be of the size that is trained on, 32 × 32 × 3: found 28 × 28 × 1",
      );
      assertEquals(namesIn(folder), ["data", "few.npy"]);
    });
  });
});

/** The lines of a stream, and `""` for ever after the last one. */
function readLines(stream: ReadableStream<Uint8Array>): { next(): Promise<string> } {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next() {
      while (!text.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) return "";
        text += value;
      }
      const end = text.indexOf("\n");
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return line;
    },
  };
}
