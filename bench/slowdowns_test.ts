import { assertEquals } from "@std/assert";
import { compareResults, confirmed, describeVerdict, standingsOf } from "./slowdowns.ts";
import { measuredPeer, resultsOf, workloadOf } from "./testdata/some_results.ts";

function runOf(
  ratio: number,
  options: { readonly quartiles?: number; readonly version?: string } = {},
) {
  const { quartiles = 0, version = "1.2.3" } = options;
  const over = { "gradus-1": { median: ratio, low: ratio - quartiles, high: ratio + quartiles } };
  const peer = { ...measuredPeer("jax-js-1", 40, {}, { over }), version };
  return resultsOf([workloadOf("W4", [measuredPeer("gradus-1", 10), peer])]);
}

Deno.test("standingsOf() pairs the machine with as many threads alone", () => {
  const run = resultsOf([
    workloadOf("W4", [
      measuredPeer("machine-1", 8, { "gradus-1": 0.8, "gradus-2": 1.6 }),
      measuredPeer("gradus-1", 10, { "gradus-2": 2 }),
      measuredPeer("jax-js-2", 40, { "gradus-1": 4, "gradus-2": 8 }),
      { peer: "tfjs-cpu", library: "tfjs-cpu", threads: 1, version: "4.22.0", cannot: "no kernel" },
    ]),
  ]);
  assertEquals(
    standingsOf(run).map(({ peer, yardstick, ratio }) => [peer, yardstick, ratio.median]),
    [
      ["gradus-1", "machine-1", 0.8],
      ["gradus-1", "jax-js-2 1.2.3", 4],
      ["gradus-2", "jax-js-2 1.2.3", 8],
    ],
  );
});

Deno.test("compareResults() names what fell by more than noise", () => {
  const { compared, slowdowns } = compareResults(runOf(3), [runOf(4)]);
  assertEquals(compared, 1);
  assertEquals(slowdowns, [{
    workload: "W4",
    peer: "gradus-1",
    yardstick: "jax-js-1 1.2.3",
    before: 4,
    now: 3,
    noise: 0.05,
  }]);
  assertEquals(compareResults(runOf(3.81), [runOf(4)]).slowdowns, []);
  assertEquals(compareResults(runOf(3.79), [runOf(4)]).slowdowns.length, 1);
  assertEquals(compareResults(runOf(9), [runOf(4)]).slowdowns, []);
});

Deno.test("compareResults() takes the quartiles of both runs for noise", () => {
  const before = runOf(4, { quartiles: 0.4 });
  assertEquals(compareResults(runOf(3.7), [before]).slowdowns, []);
  assertEquals(compareResults(runOf(3.5), [before]).slowdowns.length, 1);
  assertEquals(compareResults(runOf(3.5, { quartiles: 0.35 }), [before]).slowdowns, []);
});

Deno.test("compareResults() takes the last of earlier runs, of the same version of the peer", () => {
  assertEquals(compareResults(runOf(3), [runOf(4), runOf(3)]).slowdowns, []);
  assertEquals(compareResults(runOf(3), [runOf(3), runOf(4)]).slowdowns.length, 1);
  assertEquals(compareResults(runOf(3), [runOf(4, { version: "2.0.0" })]).compared, 0);
  assertEquals(compareResults(runOf(3), []), { compared: 0, slowdowns: [] });
});

Deno.test("confirmed() leaves what a second run did not find", () => {
  const slower = compareResults(runOf(3), [runOf(4)]);
  const slowerStill = compareResults(runOf(2), [runOf(4)]);
  const fine = compareResults(runOf(4), [runOf(4)]);
  assertEquals(confirmed(slower, slowerStill), slowerStill);
  assertEquals(confirmed(slower, fine), { compared: 1, slowdowns: [] });
});

Deno.test("describeVerdict() says it in words", () => {
  assertEquals(
    describeVerdict(compareResults(runOf(3), [runOf(4)])),
    `W4: gradus-1 is 25 % slower beside jax-js-1 1.2.3: 4.00 before, 3.00 now, where noise is 5 %
0 of 1 ratios are no worse than the last committed ones.`,
  );
  assertEquals(
    describeVerdict(compareResults(runOf(4), [runOf(4)])),
    "1 of 1 ratios are no worse than the last committed ones.",
  );
  assertEquals(
    describeVerdict({ compared: 0, slowdowns: [] }),
    "Nothing to compare with: no committed result has the same workloads.",
  );
});
