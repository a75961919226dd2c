/**
 * Refuses a record that lacks a setting, which its constructor would take for one left to its
 * default; `what` is `make a schedule`, or such.
 */
export function checkSettings<R>(
  what: string,
  record: R,
  types: Readonly<Partial<Record<keyof R & string, "number" | "boolean">>>,
): R {
  for (const [name, type] of Object.entries(types) as [keyof R & string, string][]) {
    const found: string = typeof record[name];
    if (found === type) continue;
    throw new TypeError(
      `Cannot ${what} as ${name} must be ${
        type === "number" ? "a number" : "true or false"
      }: found ${JSON.stringify(record[name])?.slice(0, 80)}`,
    );
  }
  return record;
}
