import { assert, assertEquals } from "@std/assert";
import { assertTrained } from "./assert_trained.ts";
import { bundle } from "./bundle.ts";
import { findProgram, isMissing } from "./find_program.ts";
import type { PageReport, Task } from "./report.ts";
import { runPage } from "./run_page.ts";

const ignore = isMissing("chromium");
const name = (what: string) => ignore ? `${what} (chromium is not installed)` : what;

async function run(
  { threads, contract, isIsolated }: Task & { isIsolated: boolean },
): Promise<PageReport> {
  const chromium = findProgram("chromium");
  assert(chromium !== null, "chromium is not installed");
  const query = {
    ...threads !== null && { threads: `${threads}` },
    ...contract && { contract: "" },
  };
  return await runPage(chromium, await bundle("page.ts", "browser"), { query, isIsolated });
}

Deno.test(name("Chromium trains on two threads in an isolated page, where the contract holds"), {
  ignore,
}, async () => {
  const { report, isIsolated } = await run({ threads: 2, contract: true, isIsolated: true });
  assert(isIsolated);
  assertEquals([report.threads, report.simd], [2, "relaxed"]);
  assertTrained(report);
  assert(report.handedOver > 0, "no kernel ran on the second thread");
  assertEquals(report.contract!.failures, []);
  assert(report.contract!.passed > 400);
});

Deno.test(
  name("Chromium trains on one thread in a page that is not isolated"),
  { ignore },
  async () => {
    const { report, isIsolated } = await run({ threads: null, contract: false, isIsolated: false });
    assert(!isIsolated);
    assertEquals([report.threads, report.simd, report.handedOver], [1, "relaxed", 0]);
    assertTrained(report);
  },
);
