import { assert, assertEquals } from "@std/assert";
import { assertTrained } from "./assert_trained.ts";
import { bundle } from "./bundle.ts";
import { findProgram, isMissing } from "./find_program.ts";
import type { Report, Task } from "./report.ts";

const ignore = isMissing("node");

Deno.test(
  ignore
    ? "Node trains, and keeps the contract (node is not installed)"
    : "Node trains, and keeps the contract",
  { ignore },
  async () => {
    const node = findProgram("node");
    assert(node !== null, "node is not installed");
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/program.mjs`, await bundle("node_program.ts", "deno"));
      const task: Task = { threads: 2, contract: true };
      // It ends by itself, though a backend is left open.
      const { success, stdout, stderr } = await new Deno.Command(node, {
        args: [`${folder}/program.mjs`, JSON.stringify(task)],
        signal: AbortSignal.timeout(60_000),
      }).output();
      const text = new TextDecoder();
      assert(success, text.decode(stderr));
      const report: Report = JSON.parse(text.decode(stdout));
      assertEquals([report.threads, report.simd], [2, await simdOf(node)]);
      assertTrained(report);
      assert(report.handedOver > 0, "no kernel ran on the second thread");
      assertEquals(report.contract!.failures, []);
      assert(report.contract!.passed > 400);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

/** Node has relaxed SIMD from version 21 on. */
async function simdOf(node: string): Promise<Report["simd"]> {
  const { stdout } = await new Deno.Command(node, { args: ["--version"] }).output();
  const [, major] = new TextDecoder().decode(stdout).match(/^v(\d+)/)!;
  return Number(major) < 21 ? "plain" : "relaxed";
}
