/** Refuses a file that breaks the format; `found` is a value of the file. */
export function refuse(requirement: string, found: unknown): never {
  throw new SyntaxError(`Cannot read a LayersModel as ${requirement}: found ${excerpt(found)}`);
}

/** Refuses a file that something else refused. */
export function refuseBecause(requirement: string, cause: Error): never {
  throw new SyntaxError(`Cannot read a LayersModel as ${requirement}: found ${cause.message}`, {
    cause,
  });
}

/** As much of a value as a message has room for. */
export function excerpt(value: unknown): string {
  const text = value === undefined ? "none" : `${JSON.stringify(value)}`;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** An object of JSON; its own members are all that is ever read. */
export type Json = Readonly<Record<string, unknown>>;

/** Refuses what is no object. */
export function objectOf(what: string, value: unknown): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  refuse(`${what} must be an object`, value);
}

/** A member of an object: none that only its prototype has. */
export function member(object: Json, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Refuses what is no list. */
export function listOf(what: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  refuse(`${what} must be a list`, value);
}

/** Refuses what is no text. */
export function textOf(what: string, value: unknown): string {
  if (typeof value === "string") return value;
  refuse(`${what} must be text`, value);
}
