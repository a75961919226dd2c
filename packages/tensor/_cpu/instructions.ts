/**
 * The instructions of wasm that kernels use, by their own names: `f32x4.add(x, y)` is code that leaves
 * the sum on the stack. Numbers stand for constants of the instruction's type, in all lanes.
 *
 * A {@linkcode Value} is code, not a number that was computed: used twice, it runs twice. `let` of
 * `FunctionBuilder` keeps a result in a local.
 *
 * @module
 */

import { type Code, float32Bytes, float64Bytes, int32Bytes, signed, unsigned } from "./encoding.ts";

/** The types of wasm's values. */
export type Type = "i32" | "f32" | "f64" | "v128";

/** Code that leaves one value of a type on the stack. */
export interface Value<T extends Type = Type> {
  readonly type: T;
  readonly code: Code;
}

/** A value, or a number that stands for a constant. */
export type Term<T extends Type> = Value<T> | number;

type Literal = (value: number) => Code;

const i32Literal: Literal = (value) => [0x41, signed(value | 0)];
const f32Literal: Literal = (value) => [0x43, float32Bytes(value)];
const f64Literal: Literal = (value) => [0x44, float64Bytes(value)];
const i32x4Literal: Literal = (value) => v128Constant(int32Bytes(value), 4);
const f32x4Literal: Literal = (value) => v128Constant(float32Bytes(value), 4);
const f64x2Literal: Literal = (value) => v128Constant(float64Bytes(value), 2);

/** Begins a constant vector, before its 16 bytes: always this very array, so that it can be told from other code. */
export const VECTOR_CONSTANT: Code = [0xfd, 0x0c];

function v128Constant(lane: number[], lanes: number): Code {
  return [VECTOR_CONSTANT, Array.from({ length: lanes }, () => lane).flat()];
}

/** An opcode: one byte, or behind the prefix of SIMD. */
function plain(opcode: number): Code {
  return [opcode];
}
function simd(opcode: number): Code {
  return [0xfd, unsigned(opcode)];
}
function codeOf(term: Value | number, literal: Literal): Code {
  return typeof term === "number" ? literal(term) : term.code;
}

function table<Name extends string, Instruction>(
  opcodes: Record<Name, number>,
  instruction: (opcode: number) => Instruction,
): Record<Name, Instruction> {
  const instructions = {} as Record<Name, Instruction>;
  for (const name in opcodes) instructions[name] = instruction(opcodes[name]);
  return instructions;
}

function unary<T extends Type, R extends Type>(
  result: R,
  prefix: (opcode: number) => Code,
  literal: Literal,
): (opcode: number) => (a: Term<T>) => Value<R> {
  return (opcode) => {
    const bytes = prefix(opcode);
    return (a) => ({ type: result, code: [codeOf(a, literal), bytes] });
  };
}

function binary<T extends Type, R extends Type>(
  result: R,
  prefix: (opcode: number) => Code,
  literal: Literal,
): (opcode: number) => (a: Term<T>, b: Term<T>) => Value<R> {
  return (opcode) => {
    const bytes = prefix(opcode);
    return (a, b) => ({ type: result, code: [codeOf(a, literal), codeOf(b, literal), bytes] });
  };
}

/** Shifts of all lanes by a count. */
function shift(opcode: number): (a: Term<"v128">, count: Term<"i32">) => Value<"v128"> {
  const bytes = simd(opcode);
  return (a, count) => ({
    type: "v128",
    code: [codeOf(a, i32x4Literal), codeOf(count, i32Literal), bytes],
  });
}

/** Alignment, a hint that nothing depends on, and offset. */
function memoryArgument(offset: number): Code {
  return [0, unsigned(offset)];
}

function load<T extends Type>(
  type: T,
  bytes: Code,
): (address: Term<"i32">, offset?: number) => Value<T> {
  return (address, offset = 0) => ({
    type,
    code: [codeOf(address, i32Literal), bytes, memoryArgument(offset)],
  });
}

function store<T extends Type>(
  bytes: Code,
  literal: Literal,
): (address: Term<"i32">, value: Term<T>, offset?: number) => Code {
  return (address, value, offset = 0) => [
    codeOf(address, i32Literal),
    codeOf(value, literal),
    bytes,
    memoryArgument(offset),
  ];
}

/** 32-bit integers, and addresses. `…U` reads them as unsigned. */
export const i32 = {
  constant: (value: number): Value<"i32"> => ({ type: "i32", code: i32Literal(value) }),
  ...table(
    {
      add: 0x6a,
      sub: 0x6b,
      mul: 0x6c,
      divS: 0x6d,
      divU: 0x6e,
      remS: 0x6f,
      remU: 0x70,
      and: 0x71,
      or: 0x72,
      xor: 0x73,
      shl: 0x74,
      shrS: 0x75,
      shrU: 0x76,
      eq: 0x46,
      ne: 0x47,
      ltS: 0x48,
      ltU: 0x49,
      gtS: 0x4a,
      gtU: 0x4b,
      leS: 0x4c,
      leU: 0x4d,
      geS: 0x4e,
      geU: 0x4f,
    },
    binary<"i32", "i32">("i32", plain, i32Literal),
  ),
  ...table({ eqz: 0x45, ctz: 0x68 }, unary<"i32", "i32">("i32", plain, i32Literal)),
  /** A float32 towards zero; what does not fit becomes the nearest that does, and NaN 0. */
  truncSat: unary<"f32", "i32">("i32", (opcode) => [0xfc, opcode], f32Literal)(0x00),
  reinterpret: unary<"f32", "i32">("i32", plain, f32Literal)(0xbc),
  load: load("i32", [0x28]),
  store: store<"i32">([0x36], i32Literal),
};

/** Single float32 numbers. */
export const f32 = {
  constant: (value: number): Value<"f32"> => ({ type: "f32", code: f32Literal(value) }),
  ...table(
    { add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, min: 0x96, max: 0x97 },
    binary<"f32", "f32">("f32", plain, f32Literal),
  ),
  ...table(
    { eq: 0x5b, ne: 0x5c, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60 },
    binary<"f32", "i32">("i32", plain, f32Literal),
  ),
  ...table(
    { abs: 0x8b, neg: 0x8c, ceil: 0x8d, floor: 0x8e, trunc: 0x8f, nearest: 0x90, sqrt: 0x91 },
    unary<"f32", "f32">("f32", plain, f32Literal),
  ),
  convert: unary<"i32", "f32">("f32", plain, i32Literal)(0xb2),
  demote: unary<"f64", "f32">("f32", plain, f64Literal)(0xb6),
  load: load("f32", [0x2a]),
  store: store<"f32">([0x38], f32Literal),
};

/** Single float64 numbers: sums that must not lose bits. */
export const f64 = {
  constant: (value: number): Value<"f64"> => ({ type: "f64", code: f64Literal(value) }),
  ...table(
    { add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, min: 0xa4, max: 0xa5 },
    binary<"f64", "f64">("f64", plain, f64Literal),
  ),
  ...table(
    { eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66 },
    binary<"f64", "i32">("i32", plain, f64Literal),
  ),
  sqrt: unary<"f64", "f64">("f64", plain, f64Literal)(0x9f),
  convert: unary<"i32", "f64">("f64", plain, i32Literal)(0xb7),
  promote: unary<"f32", "f64">("f64", plain, f32Literal)(0xbb),
  load: load("f64", [0x2b]),
  store: store<"f64">([0x39], f64Literal),
};

/** 128 bits, whatever their lanes. */
export const v128 = {
  load: load("v128", simd(0x00)),
  /** Four bytes from memory in all four lanes. */
  load32Splat: load("v128", simd(0x09)),
  /** Eight bytes from memory in the lower half, zeros in the upper. */
  load64Zero: load("v128", simd(0x5d)),
  /** Eight bytes from memory in one half of a vector. */
  load64Lane: (
    address: Term<"i32">,
    value: Value<"v128">,
    { lane, offset = 0 }: { lane: number; offset?: number },
  ): Value<"v128"> => ({
    type: "v128",
    code: [codeOf(address, i32Literal), value.code, simd(0x57), memoryArgument(offset), lane],
  }),
  store: store<"v128">(simd(0x0b), f32x4Literal),
  /** One lane of four bytes to memory. */
  store32Lane: (
    address: Term<"i32">,
    value: Value<"v128">,
    { lane, offset = 0 }: { lane: number; offset?: number },
  ): Code => [codeOf(address, i32Literal), value.code, simd(0x5a), memoryArgument(offset), lane],
  /** One lane of eight bytes to memory. */
  store64Lane: (
    address: Term<"i32">,
    value: Value<"v128">,
    { lane, offset = 0 }: { lane: number; offset?: number },
  ): Code => [codeOf(address, i32Literal), value.code, simd(0x5b), memoryArgument(offset), lane],
  ...table(
    { and: 0x4e, andNot: 0x4f, or: 0x50, xor: 0x51 },
    binary<"v128", "v128">("v128", simd, i32x4Literal),
  ),
  /** Bits of `a` where `mask` has ones, of `b` elsewhere. */
  select: (mask: Value<"v128">, a: Term<"v128">, b: Term<"v128">): Value<"v128"> => ({
    type: "v128",
    code: [codeOf(a, f32x4Literal), codeOf(b, f32x4Literal), mask.code, simd(0x52)],
  }),
  /** Four-byte lanes of `a` (0 to 3) and `b` (4 to 7) in a new order. */
  shuffle: (
    a: Value<"v128">,
    b: Value<"v128">,
    lanes: readonly [number, number, number, number],
  ): Value<"v128"> => ({
    type: "v128",
    code: [
      a.code,
      b.code,
      simd(0x0d),
      lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
    ],
  }),
};

/** Four 32-bit integers. */
export const i32x4 = {
  constant: (value: number): Value<"v128"> => ({ type: "v128", code: i32x4Literal(value) }),
  /** Four different lanes. */
  lanes: (values: readonly [number, number, number, number]): Value<"v128"> => ({
    type: "v128",
    code: [VECTOR_CONSTANT, values.flatMap(int32Bytes)],
  }),
  splat: unary<"i32", "v128">("v128", simd, i32Literal)(0x11),
  ...table(
    {
      add: 0xae,
      sub: 0xb1,
      mul: 0xb5,
      minS: 0xb6,
      minU: 0xb7,
      maxS: 0xb8,
      maxU: 0xb9,
      eq: 0x37,
      ne: 0x38,
      ltS: 0x39,
      ltU: 0x3a,
      gtS: 0x3b,
      gtU: 0x3c,
      leS: 0x3d,
      leU: 0x3e,
      geS: 0x3f,
      geU: 0x40,
    },
    binary<"v128", "v128">("v128", simd, i32x4Literal),
  ),
  ...table({ shl: 0xab, shrS: 0xac, shrU: 0xad }, shift),
  truncSat: unary<"v128", "v128">("v128", simd, f32x4Literal)(0xf8),
  /** Two float64 numbers in the lower half, zeros in the upper. */
  truncSatWide: unary<"v128", "v128">("v128", simd, f64x2Literal)(0xfc),
  /** The highest bit of each lane: bit 0 is of the first. */
  bitmask: unary<"v128", "i32">("i32", simd, i32x4Literal)(0xa4),
  lane: (a: Value<"v128">, lane: number): Value<"i32"> => ({
    type: "i32",
    code: [a.code, simd(0x1b), lane],
  }),
};

/**
 * Four float32 numbers. `min` and `max` make NaN of NaN; `pmin` and `pmax` are one instruction, and give
 * the first operand where it is NaN. Comparisons make masks.
 */
export const f32x4 = {
  constant: (value: number): Value<"v128"> => ({ type: "v128", code: f32x4Literal(value) }),
  splat: unary<"f32", "v128">("v128", simd, f32Literal)(0x13),
  ...table(
    {
      add: 0xe4,
      sub: 0xe5,
      mul: 0xe6,
      div: 0xe7,
      min: 0xe8,
      max: 0xe9,
      pmin: 0xea,
      pmax: 0xeb,
      eq: 0x41,
      ne: 0x42,
      lt: 0x43,
      gt: 0x44,
      le: 0x45,
      ge: 0x46,
    },
    binary<"v128", "v128">("v128", simd, f32x4Literal),
  ),
  ...table(
    { abs: 0xe0, neg: 0xe1, sqrt: 0xe3, ceil: 0x67, floor: 0x68, trunc: 0x69, nearest: 0x6a },
    unary<"v128", "v128">("v128", simd, f32x4Literal),
  ),
  convert: unary<"v128", "v128">("v128", simd, i32x4Literal)(0xfa),
  /** Two float64 lanes become the lower float32 lanes. */
  demote: unary<"v128", "v128">("v128", simd, f64x2Literal)(0x5e),
  lane: (a: Value<"v128">, lane: number): Value<"f32"> => ({
    type: "f32",
    code: [a.code, simd(0x1f), lane],
  }),
  /** `a · b + c`, rounded once or twice as the machine likes. */
  relaxedMadd: (a: Term<"v128">, b: Term<"v128">, c: Term<"v128">): Value<"v128"> => ({
    type: "v128",
    code: [
      codeOf(a, f32x4Literal),
      codeOf(b, f32x4Literal),
      codeOf(c, f32x4Literal),
      simd(0x105),
    ],
  }),
};

/** Two float64 numbers. */
export const f64x2 = {
  constant: (value: number): Value<"v128"> => ({ type: "v128", code: f64x2Literal(value) }),
  splat: unary<"f64", "v128">("v128", simd, f64Literal)(0x14),
  ...table(
    { add: 0xf0, sub: 0xf1, mul: 0xf2, div: 0xf3, min: 0xf4, max: 0xf5 },
    binary<"v128", "v128">("v128", simd, f64x2Literal),
  ),
  ...table(
    { sqrt: 0xef, nearest: 0x94 },
    unary<"v128", "v128">("v128", simd, f64x2Literal),
  ),
  /** The lower two 32-bit integers. */
  convertLow: unary<"v128", "v128">("v128", simd, i32x4Literal)(0xfe),
  /** The lower two float32 lanes. */
  promoteLow: unary<"v128", "v128">("v128", simd, f32x4Literal)(0x5f),
  lane: (a: Value<"v128">, lane: number): Value<"f64"> => ({
    type: "f64",
    code: [a.code, simd(0x21), lane],
  }),
};

/** `condition ≠ 0 ? a : b`; both are computed. */
export function select<T extends Type>(
  condition: Value<"i32">,
  a: Value<T>,
  b: Value<T>,
): Value<T> {
  return { type: a.type, code: [a.code, b.code, condition.code, 0x1b] };
}

/** Whole stretches of memory. */
export const memory = {
  copy: (to: Term<"i32">, from: Term<"i32">, sizeBytes: Term<"i32">): Code => [
    codeOf(to, i32Literal),
    codeOf(from, i32Literal),
    codeOf(sizeBytes, i32Literal),
    [0xfc, 0x0a, 0x00, 0x00],
  ],
  fill: (to: Term<"i32">, byte: Term<"i32">, sizeBytes: Term<"i32">): Code => [
    codeOf(to, i32Literal),
    codeOf(byte, i32Literal),
    codeOf(sizeBytes, i32Literal),
    [0xfc, 0x0b, 0x00],
  ],
};
