import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AppTask } from "@gradus/testing/app-task";
import { inFolder } from "@gradus/testing/in-folder";
import { printed } from "./_printed_test.ts";
import { gradus } from "./gradus.ts";
import { UsageError } from "./usage_error.ts";
import { VERSION } from "./version.ts";

const COMMANDS = ["info", "export", "predict", "runs", "compare"];

describe("gradus()", () => {
  it("lists its commands, and the arguments of each", async () => {
    const { code, text } = await printed(() => gradus(["--help"]));
    assertEquals(code, 0);
    for (const name of COMMANDS) {
      assertStringIncludes(text, `\n  ${name} `);
      const help = await printed(() => gradus([name, "--help"]));
      assertEquals(help.code, 0);
      assertStringIncludes(help.text, `\n\nUsage: gradus ${name} `);
      assert(help.text.split("\n").every((line) => line.length <= 100), help.text);
    }
    assertEquals(await printed(() => gradus(["--version"])), { code: 0, text: VERSION });
  });

  it("refuses what is no command", async () => {
    for (
      const [args, found] of [[[], "none"], [["infos"], "infos"], [
        ["toString"],
        "toString",
      ]] as const
    ) {
      const error = await assertRejects(() => gradus(args), UsageError);
      assertEquals(
        error.message,
        `Cannot understand the command as it must begin with info, export, predict, runs, compare, --help or --version: found ${found}`,
      );
    }
  });
});

describe("deno task gradus", () => {
  const task = new AppTask("gradus");

  it("may read, and write to experiments/, and so may its export", async () => {
    assertEquals(task.permissions, ["--allow-read", "--allow-write=experiments"]);
    const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
    assertEquals(tasks["export"].command, `${tasks["gradus"].command} export`);
  });

  it("trains elsewhere what is looked into here, within these permissions", async () => {
    await inFolder(async (folder) => {
      const args = ["--hidden", "4", "--epochs", "2", "--seeds", "1", "--learning-rate", "0.1"];
      for (const seed of ["0", "1"]) await new AppTask("iris").run(folder, ...args, "--seed", seed);
      const run = async (...args: string[]) => {
        const { code, stdout, stderr } = await task.run(folder, ...args);
        assertEquals({ code, stderr }, { code: 0, stderr: "" });
        return stdout;
      };
      const [a, b] = ["experiments/iris/001", "experiments/iris/002"] as const;
      assertStringIncludes(await run("info", a), "a model of Gradus: [4] to [3]\n");
      assertStringIncludes(
        await run("export", "--to", "onnx", "--model", a),
        `${a}/onnx/model.onnx\n`,
      );
      const torch = await run("export", "--to", "torch", "--model", a);
      assertEquals(
        torch.trimEnd().split("\n").sort(),
        ["iris.csv", "model.py", "model.safetensors", "train_ddp.py", "training.safetensors"]
          .map((name) => `${a}/torch/${name}`),
      );
      assertStringIncludes(await run("runs"), "experiments/iris/002");
      assertStringIncludes(
        await run("compare", a, b),
        "Curves and settings: experiments/comparisons/001/report.html\n",
      );
      await Deno.writeTextFile(`${folder}/flowers.csv`, "a,b,c,d\n5.1,3.5,1.4,0.2\n");
      const csv = await run("predict", "--model", a, "--input", "flowers.csv", "--names");
      assertStringIncludes(csv, "Id,Category,Class\r\n1,");
    });
  });

  it("tells in one line what is wrong, with exit code 2, where it may not write too", async () => {
    await inFolder(async (folder) => {
      const refuses = async (args: string[], begin: string) => {
        const { code, stdout, stderr } = await task.run(folder, ...args);
        assertEquals([code, stdout], [2, ""]);
        assert(stderr.startsWith(begin) && stderr.split("\n").length === 2, stderr);
      };
      await refuses(
        ["info", "x"],
        "Cannot read x as it must be a file that can be read: found ENOENT",
      );
      await refuses(["info"], "Cannot understand the command as it takes 1 FILE: found 0");
      await new AppTask("iris").run(folder, "--hidden", "4", "--epochs", "1", "--seeds", "1");
      await refuses(
        ["export", "--to", "tfjs", "--model", "experiments/iris/001", "--out", "elsewhere"],
        "Cannot write into elsewhere as it must be a folder that can be written to: found Requires write access",
      );
    });
  });
});
