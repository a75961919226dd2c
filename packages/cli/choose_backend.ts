import type { AdapterOptions } from "@gradus/tensor/webgpu";
import type { BackendName } from "./open_backend.ts";

/** A backend, and why it is this one. */
export interface BackendChoice {
  /** Its name, for {@linkcode openBackend}. */
  readonly name: BackendName;
  /** Why it was chosen, the rest of a sentence; null where it was asked for by its name. */
  readonly reason: string | null;
}

/**
 * Chooses a backend where `auto` leaves it to the machine: WebGPU on a GPU of its own, else the processor.
 *
 * @param name What was asked for.
 * @param options Where to look for a GPU.
 * @returns The backend to open, and why.
 *
 * @example
 * ```ts
 * import { chooseBackend } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await chooseBackend("reference"), { name: "reference", reason: null });
 * ```
 */
export async function chooseBackend(
  name: BackendName | "auto",
  options: AdapterOptions = {},
): Promise<BackendChoice> {
  if (name !== "auto") return { name, reason: null };
  const { findAdapter } = await import("@gradus/tensor/webgpu");
  const adapter = await findAdapter(options);
  if (adapter === null) return { name: "cpu", reason: "there is no adapter for WebGPU" };
  const { description, vendor, isFallback } = adapter;
  const device = description || vendor || "the adapter";
  return isFallback
    ? { name: "cpu", reason: `the adapter for WebGPU, ${device}, is the processor too` }
    : { name: "webgpu", reason: `there is a GPU, ${device}` };
}
