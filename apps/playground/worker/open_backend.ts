import type { Backend } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import type { AdapterFacts } from "@gradus/tensor/webgpu";
import type { BackendFacts } from "../messages.ts";
import type { Settings } from "../settings.ts";
import { inTime } from "./in_time.ts";

/** What of the settings decides about the backend. */
export type BackendSettings = Pick<Settings, "backend" | "threads">;

/** A backend, and why it is this one. */
export interface OpenBackend {
  readonly backend: Backend;
  readonly facts: BackendFacts;
}

/** How long a GPU may take to say that it is there, and to be opened: it proves itself first. */
const PATIENCE_MS = { adapter: 5000, backend: 60_000 };

/**
 * Tells what the settings would open: what the visitor chose, or the best there is.
 *
 * @param settings What was chosen.
 * @param patienceMs How long to wait for an adapter. Default: 5 seconds.
 */
export async function chooseBackend(
  { backend, threads }: BackendSettings,
  patienceMs: number = PATIENCE_MS.adapter,
): Promise<BackendFacts> {
  switch (backend) {
    case "webgpu":
      return { name: "webgpu", title: "WebGPU", reason: "You chose it." };
    case "wasm":
      return wasmFacts(threads, "You chose it.");
    case "auto": {
      const lack = await findLack(patienceMs);
      return lack === null
        ? { name: "webgpu", title: "WebGPU", reason: "This browser has an adapter." }
        : wasmFacts(threads, lack);
    }
  }
}

/**
 * Opens what the settings ask for.
 *
 * @throws {WebGpuError} If WebGPU was chosen, and cannot be opened, or not within a minute.
 */
export async function openBackend(settings: BackendSettings): Promise<OpenBackend> {
  const facts = await chooseBackend(settings);
  if (facts.name === "wasm") return await openWasm(facts);
  // Loaded where it is used.
  const { webGpu, WebGpuError } = await import("@gradus/tensor/webgpu");
  try {
    const opened = await inTime(webGpu(), PATIENCE_MS.backend);
    if (opened === null) {
      throw new WebGpuError(
        "unavailable",
        `Cannot open the webgpu backend as it must answer within ${
          PATIENCE_MS.backend / 1000
        } seconds: found it silent`,
      );
    }
    const backend = opened.value;
    return { backend, facts: { ...facts, title: `WebGPU, ${nameOf(backend.adapter)}` } };
  } catch (error) {
    const isUnavailable = error instanceof WebGpuError && settings.backend === "auto";
    if (!isUnavailable) throw error;
    return await openWasm(wasmFacts(settings.threads, `${error.message}.`));
  }

  async function openWasm(facts: BackendFacts): Promise<OpenBackend> {
    return { backend: await cpu({ threads: possibleThreads(settings.threads) }), facts };
  }
}

/** Why WebGPU is not the best there is; null where it is. */
async function findLack(patienceMs: number): Promise<string | null> {
  const { gpu } = navigator as { gpu?: GPU };
  if (gpu === undefined) return "This browser has no WebGPU.";
  const request = gpu.requestAdapter({ powerPreference: "high-performance" });
  const answer = await inTime(request, patienceMs);
  if (answer === null) return "WebGPU does not answer.";
  const adapter = answer.value;
  if (adapter === null) return "WebGPU finds no adapter in this machine.";
  const { isFallbackAdapter } = adapter.info as { isFallbackAdapter?: boolean };
  return isFallbackAdapter ? "WebGPU would run on the processor too, and slower." : null;
}

/** As the browser has it, which may not tell. */
function nameOf({ vendor, architecture }: AdapterFacts): string {
  return [vendor, architecture].filter((name) => name !== "").join(" ") ||
    "an adapter without a name";
}

function wasmFacts(threads: number, reason: string): BackendFacts {
  const count = possibleThreads(threads);
  return {
    name: "wasm",
    title: `WebAssembly, ${count === 1 ? "1 thread" : `${count} threads`}`,
    reason,
  };
}

/** One where memory cannot be shared. */
function possibleThreads(threads: number): number {
  return typeof SharedArrayBuffer === "undefined" ? 1 : threads;
}
