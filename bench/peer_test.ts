import { assertEquals, assertMatch } from "@std/assert";
import config from "./peers/import_map.json" with { type: "json" };
import { choosePeers, libraryNames, pinned } from "./peer.ts";

const { imports } = config;

function namesOf(chosen: readonly string[] | null, threads: readonly number[]): string[] {
  return choosePeers({ chosen, threads, imports }).map(({ name }) => name);
}

Deno.test("choosePeers() always has the machine and Gradus", () => {
  assertEquals(namesOf([], [1, 2]), ["machine-1", "machine-2", "gradus-1", "gradus-2"]);
  assertEquals(namesOf(["torch"], [2]), ["machine-2", "gradus-2", "torch-2"]);
  assertEquals(namesOf(["tfjs", "jax-js"], [1]), [
    "machine-1",
    "gradus-1",
    "tfjs-cpu",
    "tfjs-wasm",
    "jax-js-1",
    "jax-js-jit-1",
  ]);
});

Deno.test("choosePeers() has all unless told otherwise, with their versions", () => {
  const peers = choosePeers({ chosen: null, threads: [1], imports });
  assertEquals(
    peers.map(({ library }) => library),
    libraryNames.filter((library) => !library.includes("webgpu")),
  );
  for (const { version } of peers) if (version !== null) assertMatch(version, /^\d+\.\d+\.\d+$/);
  assertEquals(peers.find(({ library }) => library === "tfjs-cpu")!.version, "4.22.0");
});

Deno.test("choosePeers() has what computes on WebGPU where that is named, on all cores", () => {
  const peers = choosePeers({ chosen: ["webgpu"], threads: [1, 2], imports });
  const apart = peers.filter(({ library }) => library.includes("webgpu"));
  assertEquals(apart.map(({ name, threads }) => [name, threads]), [
    ["gradus-webgpu", 2],
    ["tfjs-webgpu", 2],
    ["jax-js-webgpu", 2],
    ["jax-js-webgpu-jit", 2],
  ]);
  assertEquals(namesOf(["tfjs-webgpu"], [2]), ["machine-2", "gradus-2", "tfjs-webgpu"]);
});

Deno.test("pinned() takes as many cores as threads", () => {
  assertEquals(pinned(["deno", "x"], 1), ["taskset", "-c", "0", "deno", "x"]);
  assertEquals(pinned(["deno"], 4), ["taskset", "-c", "0-3", "deno"]);
});
