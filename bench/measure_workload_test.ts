import { assert, assertEquals } from "@std/assert";
import { measureWorkload } from "./measure_workload.ts";
import type { Peer } from "./peer.ts";
import { isMeasured, type PeerResult } from "./results.ts";

const program = new URL("./testdata/fake_peer.ts", import.meta.url).pathname;

function fake(name: string, durationMs: number): Peer {
  const library = name.slice(0, -2);
  const command = ["deno", "run", program, `${durationMs}`];
  return { name, library, threads: 1, version: library === "gradus" ? null : "9.9.9", command };
}

function options(capMs: number) {
  const said: string[] = [];
  return {
    rounds: 3,
    capMs,
    version: "0.1.0",
    commandOf: ({ command }: Peer) => command,
    onProgress: (text: string) => void said.push(text),
    said,
  };
}

const workload = {
  name: "works",
  title: "a wait",
  unit: "images/s",
  amount: 4,
  cost: (amount: number) => ({ flops: 10 * amount, bytes: 0 }),
} as const;

function measured(result: PeerResult | undefined) {
  assert(result !== undefined && isMeasured(result));
  return result;
}

Deno.test("measureWorkload() times peers in turn and compares them", async () => {
  const told = options(10_000);
  const results = await measureWorkload(
    workload,
    [fake("gradus-1", 10), fake("slow-1", 40)],
    told,
  );
  assertEquals(told.said.slice(0, 4), [
    "works: trying gradus-1",
    "works: trying slow-1",
    "works: timing gradus-1",
    "works: timing slow-1",
  ]);
  const { peers, ...facts } = results;
  assertEquals(facts, {
    name: "works",
    title: "a wait",
    unit: "images/s",
    amount: 4,
    flops: 40,
    bytes: 0,
  });
  const [gradus, slow] = [measured(peers[0]), measured(peers[1])];
  assertEquals([gradus.version, slow.version], ["0.1.0", "9.9.9"]);
  assertEquals([gradus.rounds, slow.rounds, slow.amount, slow.value], [3, 3, 4, 0.5]);
  assertEquals(slow.ms, { median: 40, low: 40, high: 40 });
  assertEquals([gradus.speed, slow.speed], [400, 100]);
  assertEquals(slow.over, { "gradus-1": { median: 4, low: 4, high: 4 } });
  assertEquals(gradus.over, {});
  assert(slow.agrees);
});

Deno.test("measureWorkload() gives a slow peer less to do and scales it", async () => {
  const { peers } = await measureWorkload(workload, [fake("slow-1", 200)], options(500));
  const slow = measured(peers[0]);
  assertEquals([slow.amount, slow.rounds], [2, 2]);
  assertEquals([slow.ms.median, slow.speed], [400, 10]);
});

Deno.test("measureWorkload() does not judge by what is too short", async () => {
  // An amount of 1 takes 20 ms, as does all: only the probe of all tells.
  const { peers } = await measureWorkload(
    { ...workload, amount: 1000 },
    [fake("quick-1", 20)],
    options(500),
  );
  assertEquals([measured(peers[0]).amount, measured(peers[0]).ms.median], [1000, 20]);
});

Deno.test("measureWorkload() tells why a peer cannot, and who reads another number", async () => {
  const other = { ...workload, name: "differs" };
  const { peers } = await measureWorkload(
    other,
    [fake("gradus-1", 1), fake("same-1", 1.0001), fake("wrong-1", 2)],
    options(10_000),
  );
  assertEquals(peers.map((peer) => measured(peer).agrees), [true, true, false]);
  const none = await measureWorkload({ ...workload, name: "none" }, [fake("a-1", 1)], options(1));
  assertEquals(none.peers, [
    { peer: "a-1", library: "a", threads: 1, version: "9.9.9", cannot: "has no none" },
  ]);
  const dead = await measureWorkload({ ...workload, name: "dies" }, [fake("a-1", 1)], options(1));
  assertEquals(
    dead.peers.map((peer) => "cannot" in peer && peer.cannot),
    ["ended with code 3: Error: out of memory"],
  );
});

Deno.test("measureWorkload() starts processes for W6", async () => {
  const start = { ...workload, name: "W6", unit: "ms", amount: 1 } as const;
  const { peers } = await measureWorkload(start, [fake("gradus-1", 1)], options(10_000));
  const { ms, speed, rounds, value } = measured(peers[0]);
  assertEquals([rounds, value, speed], [3, 0.5, ms.median]);
  assert(ms.median > 5, `${ms.median}`);
});
