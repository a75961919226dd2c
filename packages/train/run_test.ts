import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type EpochEntry, openRun } from "./mod.ts";

const newRoot = () => Deno.makeTempDir();

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

function entry(epoch: number, accuracy: number | null = 0.5): EpochEntry {
  const training = { loss: 1 / (1 + epoch), accuracy, rows: 10 };
  return { epoch, training, learningRate: 0.1, durationMs: 1.23456 };
}

/** Runs with a clock of the test's own. */
async function withClock(run: (clock: { now: number }) => Promise<void>): Promise<void> {
  const clock = { now: 0 };
  const { now } = performance;
  performance.now = () => clock.now;
  try {
    await run(clock);
  } finally {
    performance.now = now;
  }
}

const badNames = [
  ...["../../x", "a/b", "a\\b", "..", ".", "", ".hidden", "x".repeat(300), "a\0", "a\n", "a b"],
  ...["/etc", "C:x", "é", "a*"],
];

describe("openRun()", () => {
  it("numbers the folders of a model, and overwrites none", async () => {
    const root = await newRoot();
    const folders: string[] = [];
    for (const seed of [0, 1]) {
      const run = await openRun({ root, modelName: "a", config: { seed } });
      await run.write("model.safetensors", `${seed}`);
      folders.push(run.folder);
    }
    folders.push((await openRun({ root, modelName: "b", config: {} })).folder);
    assertEquals(folders, [`${root}/a/001`, `${root}/a/002`, `${root}/b/001`]);
    assertEquals(await Deno.readTextFile(`${root}/a/001/model.safetensors`), "0");
    assertEquals(await Deno.readTextFile(`${root}/a/001/config.json`), '{\n  "seed": 0\n}\n');
    assertEquals(await Deno.readTextFile(`${root}/a/002/config.json`), '{\n  "seed": 1\n}\n');
  });

  it("gives runs that start at once a folder each", async () => {
    const root = await newRoot();
    const runs = await Promise.all(
      Array.from({ length: 12 }, (_, i) => openRun({ root, modelName: "a", config: { i } })),
    );
    const numbers = Array.from({ length: 12 }, (_, i) => `${i + 1}`.padStart(3, "0"));
    assertEquals(namesIn(`${root}/a`), numbers);
    for (const [i, run] of runs.entries()) {
      assertEquals(JSON.parse(await Deno.readTextFile(run.path("config.json"))), { i });
    }
  });

  it("passes over what is in its way, and counts beyond 999", async () => {
    const root = await newRoot();
    await Deno.mkdir(`${root}/a`);
    await Deno.writeTextFile(`${root}/a/001`, "a file");
    assertEquals((await openRun({ root, modelName: "a", config: {} })).folder, `${root}/a/002`);
    for (let number = 3; number < 1000; number++) {
      Deno.mkdirSync(`${root}/a/${`${number}`.padStart(3, "0")}`);
    }
    assertEquals((await openRun({ root, modelName: "a", config: {} })).folder, `${root}/a/1000`);
  });

  it("refuses a name that could lead out of the folder, and makes nothing", async () => {
    const root = await newRoot();
    for (const modelName of badNames) {
      await assertRejects(
        () => openRun({ root: `${root}/in`, modelName, config: {} }),
        RangeError,
        "Cannot use a model name as it must be 1 to 200 letters, digits, or any of . _ = -, and not start with a dot: found " +
          JSON.stringify(modelName.slice(0, 80)),
      );
    }
    assertEquals(namesIn(root), []);
    const longest = `${"x".repeat(180)}-2layers_lr=0.01.b`;
    assertEquals(
      (await openRun({ root, modelName: longest, config: {} })).folder,
      `${root}/${longest}/001`,
    );
  });

  it("refuses a configuration that JSON would change, and makes nothing", async () => {
    const root = await newRoot();
    const cases: [Record<string, unknown>, string][] = [
      [{ sgd: { rate: () => 0.1 } }, "a function at rate"],
      [{ clip: Infinity }, "Infinity at clip"],
      [{ clip: NaN }, "NaN at clip"],
      [{ seed: 1n }, "a bigint at seed"],
      [{ list: [1, Symbol.iterator] }, "a symbol at 1"],
    ];
    for (const [config, found] of cases) {
      await assertRejects(
        () => openRun({ root, modelName: "a", config }),
        TypeError,
        `Cannot write a configuration as each value must be JSON: found ${found}`,
      );
    }
    assertEquals(namesIn(root), []);
    const run = await openRun({ root, modelName: "a", config: { a: undefined, b: null, c: [0] } });
    assertEquals(JSON.parse(await Deno.readTextFile(run.path("config.json"))), { b: null, c: [0] });
  });

  it("passes on what the system says", async () => {
    const file = await Deno.makeTempFile();
    await assertRejects(
      () => openRun({ root: file, modelName: "a", config: {} }),
      Error,
      "ENOTDIR",
    );
  });
});

describe("Run", () => {
  it("writes a row an epoch, and what is not known stays empty", async () => {
    const run = await openRun({ root: await newRoot(), modelName: "a", config: {} });
    await run.log({
      ...entry(0),
      validation: { loss: 2, accuracy: 0.25, rows: 4 },
      parameters: [
        { name: "0.weight", minimum: -1, maximum: 2, norm: 3 },
        { name: 'of "mine", too', minimum: 0, maximum: 0, norm: 0 },
      ],
    });
    await run.log({
      ...entry(1, null),
      parameters: [{ name: "0.weight", minimum: NaN, maximum: 1e-7, norm: Infinity }],
    });
    await run.finish();
    assertEquals(
      await Deno.readTextFile(run.path("history.csv")),
      [
        "epoch,training_loss,training_accuracy,validation_loss,validation_accuracy,learning_rate,duration_ms",
        "1,1,0.5,2,0.25,0.1,1.235",
        "2,0.5,,,,0.1,1.235",
        "",
      ].join("\n"),
    );
    assertEquals(
      await Deno.readTextFile(run.path("parameters.csv")),
      [
        "epoch,parameter,minimum,maximum,norm",
        "1,0.weight,-1,2,3",
        '1,"of ""mine"", too",0,0,0',
        "2,0.weight,NaN,1e-7,Infinity",
        "",
      ].join("\n"),
    );
    assertEquals(namesIn(run.folder), [
      "accuracy.svg",
      "config.json",
      "history.csv",
      "loss.svg",
      "parameters.csv",
    ]);
  });

  it("draws again while training goes on, but not too often, and at the end", async () => {
    await withClock(async (clock) => {
      const options = { root: await newRoot(), modelName: "a", config: {}, redrawMs: 100 };
      const run = await openRun(options);
      const rows = async () =>
        (await Deno.readTextFile(run.path("history.csv"))).split("\n").length - 2;
      const drawn = () => Deno.readTextFile(run.path("loss.svg"));
      const seen: number[] = [];
      const drawings: string[] = [];
      for (const [epoch, now] of [0, 99, 100, 150, 250, 349.9].entries()) {
        clock.now = now;
        await run.log(entry(epoch));
        seen.push(await rows());
        drawings.push(await drawn());
      }
      assertEquals(seen, [1, 1, 3, 3, 5, 5]);
      assertEquals(new Set(drawings).size, 3);
      await run.finish();
      assertEquals(await rows(), 6);
      assert(!drawings.includes(await drawn()));
    });
  });

  it("draws at most four times a second unless told otherwise", async () => {
    await withClock(async (clock) => {
      const run = await openRun({ root: await newRoot(), modelName: "a", config: {} });
      const rows: number[] = [];
      for (const [epoch, now] of [0, 249, 250].entries()) {
        clock.now = now;
        await run.log(entry(epoch));
        rows.push((await Deno.readTextFile(run.path("history.csv"))).split("\n").length - 2);
      }
      assertEquals(rows, [1, 1, 3]);
    });
  });

  it("has all epochs in the end, though nobody waits for a log", async () => {
    const options = { root: await newRoot(), modelName: "a", config: {}, redrawMs: 0 };
    const run = await openRun(options);
    const logs = Array.from({ length: 20 }, (_, epoch) => run.log(entry(epoch)));
    await Promise.all([...logs, run.finish()]);
    const text = await Deno.readTextFile(run.path("history.csv"));
    assertEquals(text.split("\n").length, 1 + 20 + 1);
    assertEquals(namesIn(run.folder).filter((name) => name.endsWith(".tmp")), []);
  });

  it("starts its history over, empty or with epochs that are done", async () => {
    const options = { root: await newRoot(), modelName: "a", config: {}, redrawMs: 0 };
    const run = await openRun(options);
    await run.log(entry(0));
    await run.log(entry(1));
    const before = await Deno.readTextFile(run.path("history.csv"));
    const { epochs } = run;
    const done = [...epochs];
    run.restart();
    assertEquals(run.epochs, []);
    await run.log(entry(7));
    assert((await Deno.readTextFile(run.path("history.csv"))).includes("\n8,"));
    run.restart(done);
    assertEquals([run.epochs, epochs], [done, done]);
    await run.finish();
    assertEquals(await Deno.readTextFile(run.path("history.csv")), before);
  });

  it("goes on after a drawing that failed", async () => {
    const options = { root: await newRoot(), modelName: "a", config: {}, redrawMs: 0 };
    const run = await openRun(options);
    await Deno.mkdir(run.path("loss.svg"));
    await assertRejects(() => run.log(entry(0)), Error);
    await Deno.remove(run.path("loss.svg"));
    await run.finish();
    assertStringIncludes(await Deno.readTextFile(run.path("loss.svg")), "mean loss");
  });

  it("draws no accuracy where there is none, and nothing before the first epoch", async () => {
    const run = await openRun({ root: await newRoot(), modelName: "a", config: {} });
    await run.finish();
    assertEquals(namesIn(run.folder), ["config.json", "history.csv", "parameters.csv"]);
    await run.log(entry(0, null));
    await run.finish();
    assertEquals(namesIn(run.folder), ["config.json", "history.csv", "loss.svg", "parameters.csv"]);
  });

  it("refuses a file name that could lead out of the folder", async () => {
    const run = await openRun({ root: await newRoot(), modelName: "a", config: {} });
    for (const name of badNames) {
      await assertRejects(
        () => run.write(name, "x"),
        RangeError,
        "Cannot use a file name as it must be 1 to 200 letters, digits, or any of . _ = -, and not start with a dot: found " +
          JSON.stringify(name.slice(0, 80)),
      );
    }
    assertEquals(namesIn(run.folder), ["config.json"]);
    await run.write("report.html", "<p>");
    assertEquals(await Deno.readTextFile(`${run.folder}/report.html`), "<p>");
  });
});
