import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { AppTask } from "@gradus/testing/app-task";

const fashionMnist = new AppTask("fashion-mnist");

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

const tiny = [
  "--backend",
  "cpu",
  "--sample",
  "--hidden",
  "16",
  "--limit",
  "60",
  "--validation",
  "20",
];

describe("deno task fashion-mnist", () => {
  it("may read, and write to experiments/", () => {
    assertEquals(fashionMnist.permissions, ["--allow-read", "--allow-write=experiments"]);
  });

  it("trains, tests and prints one object as the last line, the same for the same seed", async () => {
    await inFolder(async (folder) => {
      const args = ["--sample", "--epochs", "1", "--limit", "300", "--validation", "50", "--json"];
      const { code, stdout, stderr } = await fashionMnist.run(folder, ...args, "--hidden", "32,32");
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const lines = stdout.split("\n");
      assertEquals([lines.length, lines.at(-1)], [6, ""]);
      assertMatch(lines.shift()!, /^Backend (cpu|webgpu): .+\.$/);
      assertMatch(lines[0]!, /^epoch {3}1 {2}training loss \d+\.\d{3} {2}accuracy /);
      assertMatch(lines[1]!, /^Test accuracy \d+\.\d\d %\.$/);
      const path = "experiments/fashion_mnist/001";
      assertEquals(
        lines[2],
        `Report, plots, parameters and predictions.csv: ${path}/report.html`,
      );
      const result = JSON.parse(lines[3]!);
      assertEquals(Object.keys(result), [
        "trainLoss",
        "validationAccuracy",
        "testAccuracy",
        "backend",
        "folder",
        "epochs",
        "imagesPerSecond",
        "durationMs",
      ]);
      assert(result.trainLoss > 1 && result.trainLoss < 10);
      for (const name of ["validationAccuracy", "testAccuracy"]) {
        assert(result[name] >= 0 && result[name] <= 1, name);
      }
      assertEquals([result.folder, result.epochs], [path, 1]);
      for (const name of ["imagesPerSecond", "durationMs"]) {
        assert(Number.isInteger(result[name]) && result[name] > 0, name);
      }

      const plots = ["accuracy", "confusion", "learning_rate", "loss", "mistakes"];
      assertEquals(
        namesIn(`${folder}/${path}`),
        [
          ...plots.flatMap((name) => [`${name}.png`, `${name}.svg`]),
          ...["checkpoint.safetensors", "config.json", "history.csv", "history.json"],
          ...["model.safetensors", "parameters.csv", "predictions.csv", "report.html"],
        ].sort(),
      );
      const read = (name: string) => Deno.readTextFile(`${folder}/${path}/${name}`);
      const html = await read("report.html");
      assertMatch(html, /^<!doctype html>\n[^]*<\/html>\n$/);
      assertEquals(html.match(/<(script|link|img|iframe|object|embed)\b|\bsrc=/), null);
      assertStringIncludes(html, "Hidden layers of 32 and 32 units.");
      assertStringIncludes(html, "50 training images were held out to validate by");
      const predictions = (await read("predictions.csv")).split("\r\n");
      assertEquals([predictions[0], predictions.length], ["Id,Category", 1 + 1000 + 1]);
      predictions.slice(1, -1).forEach((line, row) => {
        assertMatch(line, new RegExp(`^${row + 1},[0-9]$`));
      });
      const { validation, hidden, parent } = JSON.parse(await read("config.json"));
      assertEquals({ validation, hidden, parent }, {
        ...{ validation: 50, hidden: [32, 32], parent: null },
      });

      await fashionMnist.run(folder, ...args, "--hidden", "32,32");
      for (const name of ["model.safetensors", "checkpoint.safetensors", "predictions.csv"]) {
        assertEquals(
          await Deno.readFile(`${folder}/experiments/fashion_mnist/002/${name}`),
          await Deno.readFile(`${folder}/${path}/${name}`),
          name,
        );
      }
    });
  });

  it("stops at Ctrl-C, says how to go on, and goes on, on reference too", async () => {
    await inFolder(async (folder) => {
      const process = fashionMnist.start(folder, [...tiny, "--epochs", "100000", "--json"]);
      const path = "experiments/fashion_mnist/001";
      const history = `${folder}/${path}/checkpoint.safetensors`;
      await until(() => Deno.statSync(history).isFile);
      process.kill("SIGINT");
      const { code, stdout, stderr } = await process.output();
      assertEquals([code, new TextDecoder().decode(stderr)], [130, ""]);
      const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
      assertEquals(
        lines.at(-2),
        `Stopped. Go on with: deno task fashion-mnist --resume ${path}`,
      );
      const { testAccuracy, epochs, folder: own } = JSON.parse(lines.at(-1)!);
      assertEquals([testAccuracy, own], [null, path]);
      assertEquals(lines.length, epochs + 2);
      assertEquals(namesIn(`${folder}/${path}`).includes("report.html"), false);

      const args = ["--resume", path, "--epochs", `${epochs + 1}`, "--backend", "reference"];
      const resumed = await fashionMnist.run(folder, ...args);
      assertEquals([resumed.code, resumed.stderr], [0, ""]);
      assertMatch(resumed.stdout, new RegExp(`^epoch +${epochs + 1} .*\nTest accuracy .*\n.*\n$`));
      const config = await Deno.readTextFile(`${folder}/experiments/fashion_mnist/002/config.json`);
      const { parent, backend } = JSON.parse(config);
      assertEquals({ parent, backend }, { parent: path, backend: "reference" });
    });
  });

  it("ends in one line where training diverges", async () => {
    await inFolder(async (folder) => {
      const args = [...tiny, "--epochs", "1", "--batch", "10", "--learning-rate", "1e30"];
      const { code, stdout, stderr } = await fashionMnist.run(folder, ...args);
      assertEquals([code, stdout], [1, ""]);
      assertMatch(
        stderr,
        /^Cannot [^\n]* must be finite: [^\n]*; a lower --learning-rate may help\n$/,
      );
    });
  });

  it("lists its flags, and what its exit codes mean", async () => {
    await inFolder(async (folder) => {
      const { code, stdout, stderr } = await fashionMnist.run(folder, "--help");
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      assertStringIncludes(stdout, "cannot be used, 130 after Ctrl-C.\n");
      const flags = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
      assertEquals(flags, [
        ...[
          "learning-rate",
          "epochs",
          "batch",
          "seed",
          "seeds",
          "trial",
          "validation",
          "limit",
          "model-name",
        ],
        ...["data", "sample", "resume", "backend", "json", "help", "hidden", "dropout"],
        ...["momentum", "weight-decay", "without"],
      ]);
      assertEquals(namesIn(folder), []);
    });
  });

  it("refuses in one line what it cannot use, with exit code 2", async () => {
    await inFolder(async (folder) => {
      const refuses = async (args: string[], message: string) => {
        const outcome = await fashionMnist.run(folder, ...args);
        assertEquals(outcome, { code: 2, stdout: "", stderr: `${message}\n` });
      };
      await refuses(
        ["--epoch", "3"],
        "Cannot understand the command as each argument must be a flag that --help lists: found --epoch",
      );
      await refuses(
        ["--data", "cloths"],
        "Cannot load Fashion-MNIST as cloths must hold train-images-idx3-ubyte, " +
          "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte: found none of " +
          "them; `deno task download fashion-mnist` fetches it, --data names another folder, " +
          "--sample does without",
      );
      await Deno.mkdir(`${folder}/data`);
      for (const part of ["train", "t10k"]) {
        const bytes = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28, 7]);
        await Deno.writeFile(`${folder}/data/${part}-images-idx3-ubyte`, bytes);
        await Deno.writeFile(`${folder}/data/${part}-labels-idx1-ubyte`, bytes);
      }
      await refuses(
        ["--data", "data"],
        "Cannot decode data/train-images-idx3-ubyte as 784 bytes of values must follow byte 16: found 1",
      );
      await Deno.writeTextFile(`${folder}/data/train-images-idx3-ubyte`, "not IDX");
      await refuses(
        ["--data", "data"],
        "Cannot decode data/train-images-idx3-ubyte as bytes 0 and 1 must be 0: found 110 and 111",
      );
      await refuses(
        ["--sample", "--limit", "100", "--backend", "cpu"],
        "Cannot hold out 500 images to validate by as some must be left to train on: found 100 in all",
      );
      assertEquals(namesIn(folder), ["data"]);
    });
  });
});

/** Waits for a condition, for at most twenty seconds. */
async function until(isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 20) {
    try {
      if (isSo()) return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("Cannot wait any longer");
}
