import type { Random } from "@gradus/random";

/** What there is to make a bad file of. */
export interface Material {
  /** Files that are read. */
  readonly good: readonly Uint8Array[];
  /** Files that are not. */
  readonly bad: readonly Uint8Array[];
  /** What has a meaning in the format: names, marks, numbers at their limits. */
  readonly tokens: readonly Uint8Array[];
}

/**
 * A file of which nobody knows whether it is good: mostly a good one, changed once, or a few times. The more
 * is wrong with a file, the sooner it is refused, and the less of the reader is tried.
 */
export function mutate({ good, bad, tokens }: Material, random: Random): Uint8Array {
  const pick = <Item>(items: readonly Item[]) => items[random.integer(items.length)]!;
  const seed = () => bad.length > 0 && random.integer(5) === 0 ? pick(bad) : pick(good);
  let bytes = seed();
  do {
    const before = bytes;
    // Some changes are of text alone; those of bytes may give the file itself back, an equal one.
    while (bytes === before) {
      bytes = pick(CHANGES)(bytes, { random, token: pick(tokens), other: seed() });
    }
  } while (random.integer(3) === 0);
  return bytes;
}

interface Means {
  readonly random: Random;
  readonly token: Uint8Array;
  readonly other: Uint8Array;
}

type Change = (bytes: Uint8Array, means: Means) => Uint8Array;

/** A file grows by so much at most at a time. */
const LONGEST_INSERTION = 64;

/** Numbers at which lengths and offsets go wrong. */
const LIMITS = [
  ...[0n, 1n, 2n, 127n, 128n, 255n, 256n, 32_767n, 65_535n, 65_536n, 2n ** 31n - 1n, 2n ** 31n],
  ...[2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n],
];

/** Numbers in text at which readers go wrong. */
const NUMBERS = [
  ...["0", "-0", "-1", "1", "0.5", "1e3", "1e400", "-1e400", "2147483648", "4294967296", "1.0"],
  ...[
    "9007199254740991",
    "9007199254740992",
    "99999999999999999999",
    "NaN",
    "Infinity",
    "null",
    "",
  ],
  ...["00", "+1", "0x10", "1e-400", "1_000", "true", '"1"', "[]", "{}"],
];

const CHANGES: readonly Change[] = [
  flipBit,
  setByte,
  truncate,
  remove,
  duplicate,
  insertRandom,
  insertToken,
  overwriteWithToken,
  overwriteNumber,
  splice,
  replaceNumberInText,
  duplicatePartOfText,
  changeJson,
  changeJson,
  changeJson,
];

function flipBit(bytes: Uint8Array, { random }: Means): Uint8Array {
  if (bytes.length === 0) return bytes;
  const changed = bytes.slice();
  changed[random.integer(bytes.length)]! ^= 1 << random.integer(8);
  return changed;
}

function setByte(bytes: Uint8Array, { random }: Means): Uint8Array {
  if (bytes.length === 0) return bytes;
  const values = [0, 1, 0x7f, 0x80, 0xff, random.integer(256)];
  const changed = bytes.slice();
  changed[random.integer(bytes.length)] = values[random.integer(values.length)]!;
  return changed;
}

function truncate(bytes: Uint8Array, { random }: Means): Uint8Array {
  return bytes.slice(0, random.integer(bytes.length + 1));
}

function remove(bytes: Uint8Array, { random }: Means): Uint8Array {
  const [begin, end] = spanOf(bytes, random);
  return join(bytes.subarray(0, begin), bytes.subarray(end));
}

function duplicate(bytes: Uint8Array, { random }: Means): Uint8Array {
  const [begin, end] = spanOf(bytes, random);
  return insert(bytes, bytes.subarray(begin, end), random);
}

function insertRandom(bytes: Uint8Array, { random }: Means): Uint8Array {
  const length = 1 + random.integer(LONGEST_INSERTION);
  return insert(bytes, Uint8Array.from({ length }, () => random.integer(256)), random);
}

function insertToken(bytes: Uint8Array, { random, token }: Means): Uint8Array {
  return insert(bytes, token, random);
}

function overwriteWithToken(bytes: Uint8Array, { random, token }: Means): Uint8Array {
  const at = random.integer(bytes.length + 1);
  return join(bytes.subarray(0, at), token, bytes.subarray(at + token.length));
}

/** Writes a number of 2, 4 or 8 bytes in either order: one of the limits, or near the file's own size. */
function overwriteNumber(bytes: Uint8Array, { random }: Means): Uint8Array {
  const width = [2, 4, 8][random.integer(3)]!;
  if (bytes.length < width) return bytes;
  const near = BigInt(Math.max(0, bytes.length + random.integer(17) - 8));
  const limits = [...LIMITS, near, near];
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  const at = random.integer(bytes.length - width + 1);
  const value = limits[random.integer(limits.length)]!;
  const isLittleEndian = random.integer(2) === 0;
  if (width === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), isLittleEndian);
  else if (width === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), isLittleEndian);
  else view.setBigUint64(at, value, isLittleEndian);
  return changed;
}

/** The beginning of one file and the end of another. */
function splice(bytes: Uint8Array, { random, other }: Means): Uint8Array {
  const [begin, end] = [random.integer(bytes.length + 1), random.integer(other.length + 1)];
  return join(bytes.subarray(0, begin), other.subarray(end));
}

function replaceNumberInText(bytes: Uint8Array, { random }: Means): Uint8Array {
  const text = decode(bytes);
  const numbers = [...text.matchAll(/-?\d+(\.\d+)?(e[+-]?\d+)?/gi)];
  if (numbers.length === 0) return bytes;
  const found = numbers[random.integer(numbers.length)]!;
  const number = NUMBERS[random.integer(NUMBERS.length)]!;
  const end = found.index + found[0].length;
  return encode(`${text.slice(0, found.index)}${number}${text.slice(end)}`);
}

/** What stands between two marks, such as a key with its value or a cell, once more. */
function duplicatePartOfText(bytes: Uint8Array, { random }: Means): Uint8Array {
  const text = decode(bytes);
  const marks = [...text.matchAll(/[,{}[\]\n]/g)].map(({ index }) => index);
  if (marks.length < 2) return bytes;
  const place = random.integer(marks.length - 1);
  const [begin, end] = [marks[place]! + 1, marks[place + 1]!];
  return encode(`${text.slice(0, end)},${text.slice(begin)}`);
}

/** Values at which readers of JSON go wrong. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 2, 0.5, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, "", "x", "1"],
  ...["__proto__", "constructor", "../../x", [], {}, [[]], [null], { toString: 1 }, { length: 1 }],
  ...[[1, 1], [0, 0], "\ud800", "x".repeat(300)],
];

/** Where text is JSON, another value somewhere in it, or one less, or one from elsewhere in it. */
function changeJson(bytes: Uint8Array, { random }: Means): Uint8Array {
  if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return bytes;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return bytes;
  }
  const places = placesIn(json);
  if (places.length === 0) return bytes;
  const [owner, key] = places[random.integer(places.length)]!;
  const choice = random.integer(4);
  if (choice === 0) {
    if (Array.isArray(owner)) owner.splice(Number(key), 1);
    else delete owner[key];
  } else if (choice === 1) {
    const [other, otherKey] = places[random.integer(places.length)]!;
    // By way of text, as it may hold its own place.
    owner[key] = JSON.parse(JSON.stringify(other[otherKey]!));
  } else {
    owner[key] = VALUES[random.integer(VALUES.length)];
  }
  return new TextEncoder().encode(JSON.stringify(json));
}

type Owner = Record<string, unknown>;

/** Every value that lies in another, as that other and its key there. */
function placesIn(value: unknown): [owner: Owner, key: string][] {
  if (typeof value !== "object" || value === null) return [];
  const owner = value as Owner;
  return Object.keys(owner).flatMap((
    key,
  ) => [[owner, key] as [Owner, string], ...placesIn(owner[key])]);
}

function spanOf(bytes: Uint8Array, random: Random): [begin: number, end: number] {
  const begin = random.integer(bytes.length + 1);
  return [begin, Math.min(bytes.length, begin + random.integer(LONGEST_INSERTION))];
}

function insert(bytes: Uint8Array, part: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(bytes.length + 1);
  return join(bytes.subarray(0, at), part, bytes.subarray(at));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A character a byte. */
function decode(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function encode(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
