import type { Backend } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import type { BackendFacts } from "../messages.ts";
import type { Settings } from "../settings.ts";

/** A backend, and why it is this one. */
export interface OpenBackend {
  readonly backend: Backend;
  readonly facts: BackendFacts;
}

/** Opens what shall compute: what the visitor chose, or the best there is. */
export async function openBackend(
  { threads }: Pick<Settings, "backend" | "threads">,
): Promise<OpenBackend> {
  const canShare = typeof SharedArrayBuffer !== "undefined";
  const backend = await cpu({ threads: canShare ? threads : 1 });
  return {
    backend,
    facts: {
      name: "wasm",
      title: `WebAssembly on ${backend.threads === 1 ? "1 thread" : `${backend.threads} threads`}`,
      reason: canShare ? "" : "More threads need a page that is cross-origin isolated.",
    },
  };
}
