import type { BackendName } from "./open_backend.ts";

/** A backend, and why it is this one. */
export interface BackendChoice {
  /** Its name, for {@linkcode openBackend}. */
  readonly name: BackendName;
  /** Why it was chosen, the rest of a sentence; null where it was asked for by its name. */
  readonly reason: string | null;
}

/**
 * Chooses a backend where `auto` leaves it to the machine.
 *
 * @param name What was asked for.
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
export function chooseBackend(name: BackendName | "auto"): Promise<BackendChoice> {
  return Promise.resolve(
    name === "auto"
      ? { name: "cpu", reason: "it is the fastest that needs no permission" }
      : { name, reason: null },
  );
}
