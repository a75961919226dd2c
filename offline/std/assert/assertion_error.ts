/** The error that a failed assertion throws: its name is `AssertionError`, as in std. */
export class AssertionError extends Error {
  /** Always `"AssertionError"`. */
  override name = "AssertionError";
}

/** Throws an {@linkcode AssertionError} that reads `what.`, or `what: msg` where the caller gave one. */
export function fail(what: string, msg?: string, detail = ""): never {
  throw new AssertionError(`${what}${msg ? `: ${msg}` : "."}${detail}`);
}
