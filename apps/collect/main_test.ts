import { encodeNpy } from "@gradus/data/npy";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AppTask } from "@gradus/testing/app-task";
import { inFolder } from "@gradus/testing/in-folder";

const [iris, fashionMnist, cifar, collect] = ["iris", "fashion-mnist", "cifar", "collect"].map(
  (name) => new AppTask(name),
) as [AppTask, AppTask, AppTask, AppTask];

const sweeps = {
  iris: ["--learning-rate", "0.03,0.1", "--hidden", "4", "--epochs", "2", "--seeds", "2"],
  fashionMnist: [
    ...["--sample", "--hidden", "16", "--limit", "60", "--validation", "20", "--epochs", "1"],
    ...["--learning-rate", "0.03,0.1"],
  ],
  cifar: [
    ...["--sample", "--recipe", "quick", "--limit", "24", "--validation", "8", "--epochs", "1"],
    ...["--seeds", "2", "--test", "few.npy"],
  ],
};

/** A few images for cifar to predict in place of the 1,000 of its sample. */
async function writeFew(folder: string): Promise<void> {
  const images = { data: new Uint8Array(3 * 3072).fill(7), shape: [3, 32, 32, 3] };
  await Deno.writeFile(`${folder}/few.npy`, encodeNpy(images));
}

/** Runs a program that must succeed; its last line is an object. */
async function run(task: AppTask, folder: string, ...args: string[]) {
  const { code, stdout, stderr } = await task.run(folder, ...args, "--json");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const { durationMs, ...result } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  assert(durationMs > 0);
  return result;
}

/** All files of a folder, without times. */
function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    [...Deno.readDirSync(folder)].map(({ name }) => {
      const text = new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`));
      return [
        name,
        name === "history.csv" ? text.replace(/,[^,\n]*$/gm, "") : text
          .replace(/\d+\.\d s in all/, "")
          .replace(/<dt>images per second<\/dt><dd>\d+/, ""),
      ];
    }),
  );
}

describe("deno task collect", () => {
  it("may read, and write to experiments/", () => {
    assertEquals(collect.permissions, ["--allow-read", "--allow-write=experiments"]);
  });

  it("gives the report of the whole sweep of iris, from shares on three machines", async () => {
    await inFolder(async (folder) => {
      const machines = ["a", "b", "c"].map((name) => `${folder}/${name}`);
      for (const machine of machines) await Deno.mkdir(machine);
      const [a, b, c] = machines as [string, string, string];
      for (const [machine, share] of [[c, "1/2"], [a, "0/2"], [b, "0/4"]] as const) {
        await run(iris, machine, ...sweeps.iris, "--trial", share);
      }
      const { folder: own, ...whole } = await run(iris, folder, ...sweeps.iris);
      const { folder: merged, ...collected } = await run(collect, folder, "a", "b", "c");
      assertEquals(collected, whole);
      assertEquals([own, merged], ["experiments/iris/001", "experiments/iris/002"]);
      assertEquals(filesOf(`${folder}/${merged}`), filesOf(`${folder}/${own}`));
    });
  });

  for (const [task, name] of [[fashionMnist, "fashionMnist"], [cifar, "cifar"]] as const) {
    it(`gives the report of the whole sweep of ${name}`, async () => {
      await inFolder(async (folder) => {
        await Deno.mkdir(`${folder}/shares`);
        await writeFew(folder);
        await writeFew(`${folder}/shares`);
        for (const share of ["1/2", "0/2", "1/2"]) {
          const { trials } = await run(task, `${folder}/shares`, ...sweeps[name], "--trial", share);
          assertEquals(trials.length, 1);
        }
        const { folder: own, ...whole } = await run(task, folder, ...sweeps[name]);
        const { folder: merged, ...collected } = await run(collect, folder, "shares");
        assertEquals(collected, whole);
        assertEquals(filesOf(`${folder}/${merged}`), filesOf(`${folder}/${own}`));
      });
    });
  }

  it("names missing trials, and those that did not come to their end", async () => {
    await inFolder(async (folder) => {
      await run(iris, folder, ...sweeps.iris, "--trial", "0/2");
      await Deno.remove(`${folder}/experiments/iris/002/trial.json`);
      const { code, stdout, stderr } = await collect.run(folder);
      assertEquals([code, stdout], [2, ""]);
      assertEquals(stderr.split("\n"), [
        "Left out, as they did not come to their end: experiments/iris/002",
        "Cannot collect the sweep as each of its 4 trials must have been run to its end: found none of trial 1 (hidden 4, learning-rate 0.03, seed 1), trial 2 (hidden 4, learning-rate 0.1, seed 0), trial 3 (hidden 4, learning-rate 0.1, seed 1)",
        "",
      ]);
    });
  });

  it("lists its flags, and refuses in one line what it cannot use", async () => {
    await inFolder(async (folder) => {
      const { code, stdout } = await collect.run(folder, "--help");
      assertEquals(code, 0);
      assertMatch(stdout, /^Merges the trials of a sweep[^]*Usage: deno task collect \[DIR…\]/);
      const refuses = async (args: string[], message: string) => {
        const outcome = await collect.run(folder, ...args);
        assertEquals(outcome, { code: 2, stdout: "", stderr: `${message}\n` });
      };
      await refuses(
        ["--trial", "0/1"],
        "Cannot understand the command as each argument must be a flag that --help lists: found --trial",
      );
      await refuses(
        [],
        "Cannot collect trials as folders must be readable: found ENOENT: no such file or directory, readdir 'experiments'",
      );
      await refuses(["."], "Cannot collect a sweep as there must be trials of one: found none");
      await Deno.mkdir(`${folder}/trial`);
      const sweep = { program: "../x", trial: 0, trials: 1, settings: {} };
      await Deno.writeTextFile(`${folder}/trial/config.json`, JSON.stringify({ sweep }));
      await Deno.writeTextFile(`${folder}/trial/trial.json`, '{"diverged":null}');
      await refuses(
        ["trial"],
        'Cannot collect trial as its program must be one of iris, fashion-mnist, cifar: found "../x"',
      );
    });
  });
});
