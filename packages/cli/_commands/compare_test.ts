import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { parseXml } from "../_parse_xml_test.ts";
import { printed } from "../_printed_test.ts";
import { gradus } from "../gradus.ts";
import { UsageError } from "../usage_error.ts";
import { means, writeRun } from "./_run_folder_test.ts";

describe("gradus compare", () => {
  it("draws the curves over each other, and lists the settings that differ", async () => {
    await inFolder(async (root) => {
      const config = { "learning-rate": 0.1, hidden: [4, 8], versions: { gradus: "0.1.0" } };
      const first = await writeRun(root, {
        config: { ...config, seed: 0, "only here": true },
        epochs: [means(0.9, 0.5), means(0.5, 0.75)],
      });
      const second = await writeRun(root, {
        config: { ...config, seed: 1, hidden: [16] },
        epochs: [means(0.8, 0.25)],
      });
      const out = `${root}/comparison`;
      const args = ["compare", first.run.folder, `${second.run.folder}/`, "--out", out, "--json"];
      const { code, text } = await printed(() => gradus(args));
      assertEquals(code, 0);
      const lines = text.split("\n");
      assertEquals(lines.slice(0, -3).map((line) => line.trimEnd()), [
        "run  epochs  training loss  validation loss  validation accuracy",
        "---  ------  -------------  ---------------  -------------------",
        "001       2         1.0000           0.5000              75.00 %",
        "002       1         1.0000           0.8000              25.00 %",
        "",
        "setting     001  002",
        "---------  ----  ---",
        "hidden      4,8   16",
        "seed          0    1",
        "only here  true",
      ]);
      assertEquals(lines.at(-2), `Curves and settings: ${out}/report.html`);
      assertEquals(JSON.parse(lines.at(-1)!).differing, {
        ...{ hidden: ["4,8", "16"], seed: ["0", "1"], "only here": ["true", ""] },
      });
      assertEquals([...Deno.readDirSync(out)].map(({ name }) => name).sort(), [
        ...["accuracy.svg", "loss.svg", "report.html", "settings.csv"],
      ]);
      const read = (name: string) => Deno.readTextFile(`${out}/${name}`);
      for (const name of ["accuracy.svg", "loss.svg"]) {
        const svg = await read(name);
        parseXml(svg);
        assertStringIncludes(svg, "001, validation");
        assertStringIncludes(svg, "002, validation");
      }
      assertEquals(
        await read("settings.csv"),
        'setting,001,002\r\nhidden,"4,8",16\r\nseed,0,1\r\nonly here,true,\r\n',
      );
      const html = await read("report.html");
      parseXml(html.replace("<!doctype html>\n", ""));
      assertStringIncludes(html, "<td>hidden</td><td>4,8</td><td>16</td>");
    });
  });

  it("takes training curves where there are no others, and says that settings are the same", async () => {
    await inFolder(async (root) => {
      const runs = [
        await writeRun(root, { epochs: [{}] }),
        await writeRun(root, { epochs: [{}], modelName: "b" }),
      ];
      const folders = runs.map(({ run }) => run.folder);
      const { text } = await printed(() => gradus(["compare", ...folders, "--out", `${root}/c`]));
      assertStringIncludes(text, "\na/001 ");
      assertStringIncludes(text, "\n\nTheir settings are the same.\n");
      assertStringIncludes(await Deno.readTextFile(`${root}/c/loss.svg`), "b/001, training");
      assert(![...Deno.readDirSync(`${root}/c`)].some(({ name }) => name === "accuracy.svg"));
      const twice = [folders[0]!, folders[0]!];
      const same = await printed(() => gradus(["compare", ...twice, "--out", `${root}/d`]));
      assertStringIncludes(same.text, `\n1: ${folders[0]} `.slice(0, 40));
    });
  });

  it("refuses other than two to eight runs, and runs without an epoch", async () => {
    await inFolder(async (root) => {
      const refuses = async (args: string[], message: string) => {
        const error = await assertRejects(() => gradus(["compare", ...args]), UsageError);
        assertEquals(error.message, message);
      };
      const { run } = await writeRun(root);
      await refuses(
        [run.folder],
        "Cannot understand the command as it takes 2 to 8 RUN: found 1",
      );
      await refuses(
        Array(9).fill(run.folder),
        "Cannot understand the command as it takes 2 to 8 RUN: found 9",
      );
      await refuses(
        [run.folder, root],
        `Cannot read ${root} as it must be the folder of a run: found no config.json`,
      );
      await refuses(
        [run.folder, run.folder],
        `Cannot compare ${run.folder} as it must have an epoch: found none in its history.csv`,
      );
    });
  });
});
