/**
 * From a kernel's bytes back to text, for whoever looks for a bug:
 * `console.log(disassemble(library.bytesOf(kernel)))`.
 *
 * @module
 */

import { type Code, flatten } from "./encoding.ts";
import {
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  memory,
  type Type,
  v128,
  type Value,
} from "./instructions.ts";

const TYPES: Record<number, Type> = { 0x7f: "i32", 0x7d: "f32", 0x7c: "f64", 0x7b: "v128" };

/** Names of the text format that are not those of `instructions.ts` in snake case. */
const TEXT_NAMES: Record<string, string> = {
  "i32.trunc_sat": "i32.trunc_sat_f32_s",
  "i32.reinterpret": "i32.reinterpret_f32",
  "f32.convert": "f32.convert_i32_s",
  "f32.demote": "f32.demote_f64",
  "f64.convert": "f64.convert_i32_s",
  "f64.promote": "f64.promote_f32",
  "v128.select": "v128.bitselect",
  "v128.and_not": "v128.andnot",
  "v128.shuffle": "i8x16.shuffle",
  "i32x4.trunc_sat": "i32x4.trunc_sat_f32x4_s",
  "i32x4.trunc_sat_wide": "i32x4.trunc_sat_f64x2_s_zero",
  "i32x4.lane": "i32x4.extract_lane",
  "f32x4.convert": "f32x4.convert_i32x4_s",
  "f32x4.demote": "f32x4.demote_f64x2_zero",
  "f32x4.lane": "f32x4.extract_lane",
  "f64x2.convert_low": "f64x2.convert_low_i32x4_s",
  "f64x2.promote_low": "f64x2.promote_low_f32x4",
  "f64x2.lane": "f64x2.extract_lane",
};

/** What is not in `instructions.ts` but written by `FunctionBuilder`, or a constant. */
const OTHER_NAMES: readonly (readonly [Code, string])[] = [
  [[0x03], "loop"],
  [[0x04], "if"],
  [[0x05], "else"],
  [[0x0b], "end"],
  [[0x0d], "br_if"],
  [[0x0f], "return"],
  [[0x1a], "drop"],
  [[0x1b], "select"],
  [[0x20], "local.get"],
  [[0x21], "local.set"],
  [[0x41], "i32.const"],
  [[0x43], "f32.const"],
  [[0x44], "f64.const"],
  [[0xfd, 0x0c], "v128.const"],
];

/**
 * The module's functions in WebAssembly's text format, an instruction a line.
 *
 * @param bytes A module of `ModuleBuilder`.
 * @throws {Error} If it has an instruction that `instructions.ts` does not have.
 */
export function disassemble(bytes: Uint8Array): string {
  const names = instructionNames();
  const reader = new Reader(bytes.subarray(8));
  const types: string[] = [];
  const exports: string[] = [];
  const lines = ["(module"];
  while (!reader.isDone) {
    const id = reader.byte();
    const section = new Reader(reader.take(reader.unsigned()));
    const count = section.unsigned();
    for (let at = 0; at < count; at++) {
      if (id === 1) types.push(signature(section));
      else if (id === 2) lines.push(`  ${memoryImport(section)}`);
      else if (id === 3) section.unsigned();
      else if (id === 7) exports.push(exportName(section));
      else {
        const body = new Reader(section.take(section.unsigned()));
        lines.push(`  (func (export "${exports[at]}")${types[at]}`, ...code(body, names), "  )");
      }
    }
  }
  return [...lines, ")"].join("\n");
}

/** Reads numbers of the binary format, one after the other. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#at++]!;
  }

  take(count: number): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#at += count);
  }

  view(count: number): DataView {
    return new DataView(this.take(count).slice().buffer);
  }

  unsigned(): number {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = this.byte();
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    return value >>> 0;
  }

  signed(): number {
    const start = this.#at;
    const value = this.unsigned();
    const bits = 7 * (this.#at - start);
    return bits < 32 ? (value << (32 - bits)) >> (32 - bits) : value | 0;
  }

  text(): string {
    return new TextDecoder().decode(this.take(this.unsigned()));
  }
}

function signature(reader: Reader): string {
  reader.byte();
  const list = (name: string) => {
    const types = Array.from({ length: reader.unsigned() }, () => TYPES[reader.byte()]!);
    return types.length === 0 ? "" : ` (${name} ${types.join(" ")})`;
  };
  return list("param") + list("result");
}

function memoryImport(reader: Reader): string {
  const [module, name] = [reader.text(), reader.text()];
  reader.byte();
  const isShared = reader.byte() === 3;
  const limits = `${reader.unsigned()} ${reader.unsigned()}${isShared ? " shared" : ""}`;
  return `(import "${module}" "${name}" (memory ${limits}))`;
}

function exportName(reader: Reader): string {
  const name = reader.text();
  reader.byte();
  reader.unsigned();
  return name;
}

/** Lines of a function's body, indented as its blocks nest. */
function code(reader: Reader, names: ReadonlyMap<string, string>): string[] {
  const locals = Array.from({ length: reader.unsigned() }, () => {
    const count = reader.unsigned();
    return Array.from({ length: count }, () => TYPES[reader.byte()]!);
  }).flat();
  const lines = locals.length === 0 ? [] : [`    (local ${locals.join(" ")})`];
  let depth = 2;
  while (!reader.isDone) {
    const name = instruction(reader, names);
    if (name === "end" || name === "else") depth--;
    // The last end is the function's own.
    if (!reader.isDone) lines.push("  ".repeat(depth) + name + immediates(reader, name));
    if (name === "loop" || name === "if" || name === "else") depth++;
  }
  return lines;
}

function instruction(reader: Reader, names: ReadonlyMap<string, string>): string {
  const first = reader.byte();
  const key = first >= 0xfc ? `${first} ${reader.unsigned()}` : `${first}`;
  const name = names.get(key);
  if (name === undefined) {
    throw new Error(`Cannot disassemble a kernel as its instructions must be known: found ${key}`);
  }
  return name;
}

/** What stands behind an instruction's name. */
function immediates(reader: Reader, name: string): string {
  if (name === "loop" || name === "if") {
    reader.byte(); // no result
    return "";
  }
  if (name.startsWith("local.") || name === "br_if") return ` ${reader.unsigned()}`;
  if (name === "i32.const") return ` ${reader.signed()}`;
  if (name === "f32.const") return ` ${number(reader.view(4).getFloat32(0, true))}`;
  if (name === "f64.const") return ` ${number(reader.view(8).getFloat64(0, true))}`;
  if (name === "v128.const") return vector(reader.view(16));
  if (name === "memory.copy") return reader.take(2) && "";
  if (name === "memory.fill") return reader.take(1) && "";
  if (name === "i8x16.shuffle") return ` ${reader.take(16).join(" ")}`;
  if (name.endsWith(".extract_lane")) return ` ${reader.byte()}`;
  if (name.includes(".load") || name.includes(".store")) {
    const alignment = 2 ** reader.unsigned();
    const offset = reader.unsigned();
    const place = `${offset === 0 ? "" : ` offset=${offset}`} align=${alignment}`;
    return name.endsWith("_lane") ? `${place} ${reader.byte()}` : place;
  }
  return "";
}

function number(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The bits, and the first lane as a number, which is what most constants are. */
function vector(lanes: DataView): string {
  const words = [0, 4, 8, 12].map((at) => lanes.getUint32(at, true));
  const bits = words.map((word) => `0x${word.toString(16)}`).join(" ");
  return ` i32x4 ${bits} (; ${number(lanes.getFloat32(0, true))} ;)`;
}

/**
 * Names by opcode, out of the instructions themselves: what one writes around operands without code is
 * its opcode.
 */
function instructionNames(): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (code: Code, name: string) => {
    const reader = new Reader(flatten(code));
    const first = reader.byte();
    names.set(first >= 0xfc ? `${first} ${reader.unsigned()}` : `${first}`, name);
  };
  const operand = { code: [], lane: 0 } as unknown as Value<never>;
  const families = { i32, f32, f64, v128, i32x4, f32x4, f64x2, memory };
  for (const [family, instructions] of Object.entries(families)) {
    for (const [name, write] of Object.entries(instructions)) {
      if (name === "constant" || name === "lanes") continue;
      const operands = name === "shuffle"
        ? [operand, operand, [0, 1, 2, 3]]
        : name === "lane"
        ? [operand, 0]
        : Array.from({ length: write.length }, () => operand);
      const written = (write as (...operands: unknown[]) => Code | Value)(...operands);
      const snake = `${family}.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
      add("code" in written ? written.code : written, TEXT_NAMES[snake] ?? snake);
    }
  }
  for (const [code, name] of OTHER_NAMES) add(code, name);
  return names;
}
