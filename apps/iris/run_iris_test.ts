import { UsageError } from "@gradus/cli/usage-error";
import { iris } from "@gradus/data/iris";
import { standardizerFromJson } from "@gradus/data/standardize";
import { Dense, Relu, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { argmax, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { load } from "@gradus/train";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { flowersCsv } from "./_flowers_csv_test.ts";
import { inFolder } from "@gradus/testing/in-folder";
import { settingsOf } from "./_settings_test.ts";
import { DivergedError } from "@gradus/cli/diverged-error";
import { runIris } from "./run_iris.ts";

function run(root: string, ...args: string[]): ReturnType<typeof runIris> {
  const startMs = performance.now();
  return runIris(settingsOf(...args), { root, startMs, onProgress: () => {} });
}

/** All files of a folder, without what tells the time. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    const bytes = await Deno.readFile(`${folder}/${name}`);
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    files[name] = name === "history.csv"
      ? text.replace(/,[^,\n]*$/gm, "")
      : text.replace(/\d+\.\d s in all/, "");
  }
  return files;
}

const small = [
  ...["--learning-rate", "0.03,0.1", "--hidden", "4,8", "--epochs", "3", "--seeds", "2"],
];

describe("runIris()", () => {
  it("reaches 94 % of the test rows over 20 seeds, and 80 % with the worst", async () => {
    await inFolder(async (root) => {
      const { results } = await run(root, "--seeds", "20");
      const { mean, values } = results.best.testError;
      assertEquals(values.length, 20);
      assert(1 - mean >= 0.94 - 1e-12, `mean test accuracy ${1 - mean}`);
      assert(1 - Math.max(...values) >= 0.8, `worst test accuracy ${1 - Math.max(...values)}`);
    });
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    await inFolder(async (root) => {
      const [first, second, other] = [
        await run(root, ...small),
        await run(root, ...small),
        await run(root, ...small, "--seed", "2"),
      ];
      const files = await filesOf(first.run.folder);
      assertEquals(await filesOf(second.run.folder), files);
      const others = await filesOf(other.run.folder);
      assertEquals(Object.keys(others).sort(), Object.keys(files).sort());
      for (const name of Object.keys(files)) assertNotEquals(others[name], files[name], name);
    });
  });

  it("leaves the folders of earlier runs as they are", async () => {
    await inFolder(async (root) => {
      const first = await run(root, ...small, "--model-name", "again");
      const before = await filesOf(first.run.folder);
      const second = await run(root, ...small, "--model-name", "again", "--seed", "9");
      assertEquals([first.run.folder, second.run.folder], [
        `${root}/again/001`,
        `${root}/again/002`,
      ]);
      assertEquals(await filesOf(first.run.folder), before);
    });
  });

  it("saves the network that it shows, with what other flowers need", async () => {
    await inFolder(async (root) => {
      const { run: { folder }, results } = await run(root, ...small, "--seed", "4");
      const { hidden } = results.best.combination;
      const backend = reference();
      const model = new Sequential([new Dense(hidden), new Relu(), new Dense(3)]);
      model.init([4], { backend, random: random(0) });
      await load(model, `${folder}/model.safetensors`);
      const json = JSON.parse(await Deno.readTextFile(`${folder}/standardizer.json`));

      assertEquals(json, JSON.parse(JSON.stringify(results.shown.flowers.standardizer)));

      const { x, y } = iris();
      const { data, shape } = standardizerFromJson(json).transform(x);
      const classes = await argmax(model.forward(tensor(backend, data, { shape }), "eval")).data();
      const right = classes.filter((label, row) => label === y.data[row]).length;
      assert(right > 130, `${right} of 150 flowers are right`);
    });
  });

  it("shows the seed of the lowest validation loss", async () => {
    await inFolder(async (root) => {
      const { results: { shown, best } } = await run(root, ...small);
      const losses = best.combination.trainings.map(({ validation }) => validation.loss);
      assertEquals(shown.validation.loss, Math.min(...losses));
    });
  });

  it("trains on flowers of a file as on its own", async () => {
    await inFolder(async (root) => {
      const file = `${root}/windows.csv`;
      await Deno.writeTextFile(file, `\uFEFF${flowersCsv().join("\r\n")}\r\n`);
      const builtIn = await run(root, ...small);
      const read = await run(root, ...small, "--data", file);
      const { "config.json": _, "training.json": own, ...files } = await filesOf(
        builtIn.run.folder,
      );
      const { "config.json": config, "training.json": training, ...others } = await filesOf(
        read.run.folder,
      );
      assertEquals(others, files);
      assertEquals(JSON.parse(config!).data, file);
      const record = JSON.parse(own!);
      assertEquals(JSON.parse(training!), { ...record, data: { ...record.data, file } });
    });
  });

  it("writes what a run takes to be done again", async () => {
    await inFolder(async (root) => {
      const { run: { folder } } = await run(root, ...small, "--json", "--clip-norm", "5");
      const { versions, threads, features, classes, ...config } = JSON.parse(
        await Deno.readTextFile(`${folder}/config.json`),
      );
      const { json: _json, help: _help, trial: _trial, ...settings } = settingsOf(
        ...[...small, "--clip-norm", "5"],
      );
      assertEquals(config, settings);
      assertEquals([features.length, classes], [4, ["setosa", "versicolor", "virginica"]]);
      assertEquals(Object.keys(versions), ["gradus", "deno", "v8"]);
      assert(config.backend !== "cpu" || Number.isInteger(threads));
    });
  });

  it("makes no folder where the flowers cannot be used", async () => {
    await inFolder(async (root) => {
      const args = [...small, "--model-name", "none", "--data", `${root}/missing.csv`];
      await assertRejects(() => run(root, ...args), UsageError, "missing.csv");
      await assertRejects(() => Deno.stat(`${root}/none`), Deno.errors.NotFound);
    });
  });

  it("goes on without a combination that diverges", async () => {
    await inFolder(async (root) => {
      const { run: { folder }, results } = await run(root, ...small, "--learning-rate", "0.1,1e6");
      assertEquals(results.best.combination.learningRate, 0.1);
      assertEquals(results.diverged.map(({ hidden }) => hidden), [4, 8]);
      const csv = (await Deno.readTextFile(`${folder}/sweep.csv`)).trimEnd().split("\n");
      assertEquals(csv.map((line) => line.split(",").slice(0, 3).join()).slice(1), [
        ...["0.1,4,0", "0.1,4,1", "0.1,8,0", "0.1,8,1", "1000000,4,0", "1000000,8,0"],
      ]);
      assertEquals(csv.slice(5), ["1000000,4,0,,,,", "1000000,8,0,,,,"]);
      const html = await Deno.readTextFile(`${folder}/report.html`);
      assert(html.includes("<td>1000000</td><td>4</td><td>diverged</td><td>–</td><td>–</td>"));
      assert(html.includes("NaN: training diverged"));
    });
  });

  it("refuses to choose where all diverge", async () => {
    await inFolder(async (root) => {
      await assertRejects(() => run(root, ...small, "--learning-rate", "1e6"), DivergedError);
    });
  });
});
