import { isDeepStrictEqual } from "node:util";

/** A pair of objects that are being compared, and the pairs that they were found in. */
type Path = { a: object; b: object; parent: Path | null };

/**
 * Whether two values are deeply equal, in the sense of std's `equal`. It differs from node's
 * `isDeepStrictEqual` in three things: `0` equals `-0`, in typed arrays too; an object without a
 * prototype equals a literal of the same keys; and instances of a class are compared by what their
 * getters return too, so that `#private` fields behind a getter count.
 *
 * As in node's, `{ a: undefined }` differs from `{}`, a hole differs from `undefined`, NaN equals
 * NaN, objects of different classes differ (a `Float32Array` never equals an array), and functions
 * are equal only if they are the same.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, null);
}

function compare(a: unknown, b: unknown, parent: Path | null): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || classOf(a) !== classOf(b)) return false;
  for (let path = parent; path; path = path.parent) {
    if (path.a === a && path.b === b) return true; // a cycle: as equal as all the rest of it
  }
  const path = { a, b, parent };
  const same = (x: unknown, y: unknown) => compare(x, y, path);

  if (isTypedArray(a) && isTypedArray(b)) {
    return a.length === b.length &&
      Array.prototype.every.call(a, (x, i) => same(x, b[i]));
  }
  if (a instanceof Set && b instanceof Set) {
    return a.size === b.size &&
      [...a].every((x) => b.has(x) || [...b].some((y) => same(x, y)));
  }
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size &&
      [...a].every(([key, x]) =>
        b.has(key)
          ? same(x, b.get(key))
          : [...b].some(([otherKey, y]) => same(key, otherKey) && same(x, y))
      );
  }
  if (a instanceof Date || a instanceof RegExp || isBuffer(a)) {
    return isDeepStrictEqual(a, b);
  }
  const keys = keysOf(a);
  const otherKeys = keysOf(b);
  return keys.size === otherKeys.size &&
    [...keys].every((key) => otherKeys.has(key) && same(Reflect.get(a, key), Reflect.get(b, key)));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function classOf(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function isTypedArray(value: object): value is Float64Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function isBuffer(value: object): boolean {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/** Enumerable keys of a literal or an array; every key of an instance and of its classes. */
function keysOf(value: object): Set<PropertyKey> {
  const isLiteral = classOf(value) === Object.prototype ||
    classOf(value) === Array.prototype;
  const keys = new Set<PropertyKey>(
    isLiteral ? Reflect.ownKeys({ ...value }) : [],
  );
  for (
    let at = value;
    !isLiteral && at && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const key of Reflect.ownKeys(at)) keys.add(key);
  }
  return keys;
}
