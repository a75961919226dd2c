/** The types of values that are read, with their sizes in bytes. */
const ITEM_BYTES = { f4: 4, f8: 8, i4: 4, i8: 8, u1: 1 } as const;

/** What the header of an npy file tells. */
export interface NpyHeader {
  readonly type: keyof typeof ITEM_BYTES;
  readonly itemBytes: number;
  readonly isBigEndian: boolean;
  readonly isFortranOrder: boolean;
  readonly shape: readonly number[];
}

const KEYS = ["descr", "fortran_order", "shape"] as const;

/**
 * Parses the header, the text of a Python dictionary such as
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`, followed by blanks.
 *
 * @param begin The byte of the file at which the header begins, for messages.
 */
export function parseNpyHeader(bytes: Uint8Array, begin: number, file: string): NpyHeader {
  const scanner = new Scanner(bytes, begin, file);
  const values = new Map<string, string>();
  scanner.take(/\{/y, "a dictionary");
  while (scanner.takeIf(/\}/y) === null) {
    const key = scanner.take(/(['"])(descr|fortran_order|shape)\1/y, "one of its keys").slice(
      1,
      -1,
    );
    if (values.has(key)) scanner.fail(`its keys must differ`, `a second ${key}`);
    scanner.take(/:/y, "a colon");
    values.set(key, takeValue(scanner, key));
    if (scanner.takeIf(/,/y) === null) {
      scanner.take(/\}/y, "a comma or a closing brace");
      break;
    }
  }
  scanner.take(/$/y, "nothing but blanks");
  const missing = KEYS.find((key) => !values.has(key));
  if (missing) scanner.fail(`its header must have the keys ${KEYS.join(", ")}`, `no ${missing}`);

  const [order, type] = parseType(values.get("descr")!, scanner);
  const tuple = values.get("shape")!;
  const shape = tuple.match(/\d+/g)?.map(Number) ?? [];
  if (!shape.every(Number.isSafeInteger)) {
    scanner.fail("its lengths must be below 2^53", tuple);
  }
  return {
    type,
    itemBytes: ITEM_BYTES[type],
    isBigEndian: order === ">",
    isFortranOrder: values.get("fortran_order") === "True",
    shape,
  };
}

function takeValue(scanner: Scanner, key: string): string {
  if (key === "descr") return scanner.take(/(['"])[^'"\\]*\1/y, "a quoted type").slice(1, -1);
  if (key === "fortran_order") return scanner.take(/True|False/y, "True or False");
  const tuple = /\( *\)|\( *(?:(?:0|[1-9]\d*) *, *)+(?:(?:0|[1-9]\d*) *)?\)/y;
  return scanner.take(tuple, "a tuple of lengths");
}

function parseType(descr: string, scanner: Scanner): [order: string, type: NpyHeader["type"]] {
  const [order, type] = [descr.slice(0, 1), descr.slice(1)];
  if (type.startsWith("O")) {
    scanner.fail(
      "its values must be numbers, not pickled Python objects, which may run any code",
      `type "${descr}"`,
    );
  }
  if (!Object.hasOwn(ITEM_BYTES, type) || !(type === "u1" ? /[|<>]/ : /[<>]/).test(order)) {
    scanner.fail(
      `its type must be one of ${Object.keys(ITEM_BYTES).join(", ")} with a byte order`,
      `"${descr}"`,
    );
  }
  return [order, type as NpyHeader["type"]];
}

/** Takes tokens off a text of one byte a character; blanks before them do not count. */
class Scanner {
  readonly #text: string;
  readonly #begin: number;
  readonly #file: string;
  #at = 0;

  constructor(bytes: Uint8Array, begin: number, file: string) {
    this.#text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    this.#begin = begin;
    this.#file = file;
  }

  /** Takes what a sticky pattern matches; null if it does not. */
  takeIf(pattern: RegExp): string | null {
    while (/^[ \n]$/.test(this.#text.charAt(this.#at))) this.#at++;
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += token?.length ?? 0;
    return token;
  }

  take(pattern: RegExp, what: string): string {
    const token = this.takeIf(pattern);
    if (token !== null) return token;
    const rest = this.#text.slice(this.#at, this.#at + 16);
    return this.fail(
      `byte ${this.#begin + this.#at} must begin ${what}`,
      rest === "" ? "the end" : JSON.stringify(rest),
    );
  }

  fail(rule: string, found: string): never {
    throw new SyntaxError(`Cannot decode ${this.#file} as ${rule}: found ${found}`);
  }
}
