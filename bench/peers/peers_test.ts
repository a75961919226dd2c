import { assertAlmostEquals, assertRejects } from "@std/assert";
import { blas } from "@gradus/tensor/blas";
import config from "./import_map.json" with { type: "json" };
import { choosePeers } from "../peer.ts";
import { PeerProcess } from "../peer_process.ts";

const peers = choosePeers({ chosen: null, threads: [1], imports: config.imports });
const timeoutMs = 60_000;

/** What a peer reads after a run of an amount of 1. */
async function valueOf(library: string, workload: string): Promise<number> {
  const { command } = peers.find((peer) => peer.library === library)!;
  const process = new PeerProcess(command);
  try {
    return (await process.ask({ prepare: workload, amount: 1 }, { timeoutMs })).value;
  } finally {
    await process.close();
  }
}

const expected = {
  "W1-512": 0.443279504776001,
  "W2-forward": 0.19692687690258026,
  W2: -0.820702850818634,
  W3: 3.065856456756592,
  W4: 2.7713043689727783,
  W5: 1.0346546173095703,
};

/** The libraries of npm take 800 MB: their tests run where `deno task test:peers` asks for them. */
const hasPeers = Deno.env.has("BENCH_PEERS");

const hasTorch = await (async () => {
  try {
    const args = ["-c", "import torch"];
    return (await new Deno.Command("/usr/bin/python3", { args, stderr: "null" }).output()).success;
  } catch {
    return false;
  }
})();

const hasBlas = await (async () => {
  try {
    await (await blas({ threads: 1 })).close();
    return true;
  } catch {
    return false;
  }
})();

for (
  const [library, workloads] of [
    ["gradus", ["W1-512", "W2-forward", "W2", "W3", "W4", "W5"]],
    ["gradus-blas", ["W1-512", "W2-forward", "W2", "W3", "W4", "W5"]],
    ["gradus-tfjs", ["W1-512", "W2-forward", "W2", "W3", "W4", "W5"]],
    ["jax-js", ["W1-512", "W2", "W4"]],
    ["jax-js-jit", ["W1-512", "W2-forward", "W2", "W3", "W4"]],
    ["tfjs-cpu", ["W2-forward", "W3", "W5"]],
    ["tfjs-wasm", ["W1-512"]],
    ["convnetjs", ["W2", "W4", "W5"]],
    ["onnxruntime-web", ["W1-512", "W2-forward"]],
    ["torch", ["W1-512", "W2", "W4", "W5"]],
  ] as const
) {
  Deno.test({
    name: `peers: ${library} computes what the others do`,
    ignore: {
      gradus: false,
      "gradus-tfjs": false,
      "gradus-blas": !hasBlas,
      torch: !hasTorch,
    }[library as string] ??
      !hasPeers,
    fn: async () => {
      for (const workload of workloads) {
        assertAlmostEquals(await valueOf(library, workload), expected[workload], 1e-5, workload);
      }
    },
  });
}

Deno.test({
  name: "peers: tfjs-wasm says why it cannot train a convolution",
  ignore: !hasPeers,
  fn: async () => {
    await assertRejects(
      () => valueOf("tfjs-wasm", "W2"),
      Error,
      "Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'",
    );
  },
});
