/**
 * Trains random networks on the cpu backend for ten minutes, or as many as the first argument says, and
 * one network for many steps; fails where memory grows, a network hangs, or two trainings differ. The
 * second argument is the seed.
 *
 * @module
 */

import { assertSteady } from "./assert_steady.ts";
import { runSoak } from "./run_soak.ts";

const [minutes = 10, seed = 1] = Deno.args.map(Number);
let shown = performance.now();
const networks = await runSoak(["networks", `${60_000 * minutes}`, `${seed}`], (facts) => {
  if (performance.now() - shown < 15_000) return;
  shown = performance.now();
  const [objects, whole] = [facts.objectBytes, facts.processBytes].map((b) => Math.round(b / 1e6));
  console.log(`${objects} MB of objects, ${whole} MB in all: ${facts.done}`);
});
assertSteady(networks, { objectBytes: 2e6, processBytes: 64e6 });
const steps = await runSoak(["steps", "100000"]);
assertSteady(steps, { objectBytes: 1e6, processBytes: 64e6 });
console.log(`${networks.length} networks and 100000 steps of one at constant memory`);
