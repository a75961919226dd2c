/** Kernels that go number by number. @module */

import type { ActivationOp, BinaryOp, CompareOp, UnaryOp } from "../../backend.ts";
import type { FunctionBuilder, Local } from "../assembler.ts";
import type { Library } from "../library.ts";
import { f32x4, i32, i32x4, v128, type Value } from "../instructions.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { Functions, SHORT_SLOPES, SHORT_UNARY, slopeCode, unaryCode } from "./functions.ts";
import {
  forEachShortVector,
  forEachVector,
  forEachVectorGroup,
  loadVector,
  storeVector,
  type VectorPlace,
} from "./vectors.ts";
import { power, sinOrCos } from "./wide_functions.ts";

/** Which side of an op is one number a row. */
export interface Patterns {
  readonly bothVary: number;
  readonly leftVaries: number;
  readonly rightVaries: number;
}

/** Numbers of the kernels of this file. */
export interface ElementwiseKernels {
  readonly unary: Record<keyof typeof unaryCode, number>;
  readonly sin: number;
  readonly cos: number;
  readonly unaryGradient: Record<ActivationOp, number>;
  readonly binary: Record<BinaryOp, Patterns>;
  readonly compare: Record<keyof typeof compareCode, Patterns>;
  readonly compareIntegers: Record<keyof typeof compareCode, Patterns>;
  readonly where: number;
  readonly dropout: number;
}

type Pair = (a: Value<"v128">, b: Value<"v128">) => Value<"v128">;

/** A function of two vectors, as code. */
type BinaryCode = (f: FunctionBuilder, a: Value<"v128">, b: Value<"v128">) => Value<"v128">;

const binaryCode: Record<BinaryOp, BinaryCode> = {
  add: (_, a, b) => f32x4.add(a, b),
  subtract: (_, a, b) => f32x4.sub(a, b),
  multiply: (_, a, b) => f32x4.mul(a, b),
  divide: (_, a, b) => f32x4.div(a, b),
  power: (f, a, b) => power(f, f.let(a), f.let(b)),
  maximum: (_, a, b) => f32x4.max(a, b),
  minimum: (_, a, b) => f32x4.min(a, b),
};

/** `greater` is `less` with its sides changed. */
export const compareCode: Record<Exclude<CompareOp, "greater" | "greaterEqual">, Pair> = {
  equal: oneWhere(f32x4.eq),
  notEqual: oneWhere(f32x4.ne),
  less: oneWhere(f32x4.lt),
  lessEqual: oneWhere(f32x4.le),
};

const compareIntegersCode: Record<keyof typeof compareCode, Pair> = {
  equal: oneWhere(i32x4.eq),
  notEqual: oneWhere(i32x4.ne),
  less: oneWhere(i32x4.ltS),
  lessEqual: oneWhere(i32x4.leS),
};

function oneWhere(compare: Pair): Pair {
  return (a, b) => v128.and(compare(a, b), f32x4.constant(1));
}

export function addElementwise(library: Library, arithmetic: Arithmetic): ElementwiseKernels {
  return {
    unary: mapRows(unaryCode, (op) => addUnary(library, arithmetic, op)),
    sin: addTurns(library, "sin"),
    cos: addTurns(library, "cos"),
    unaryGradient: mapRows(slopeCode, (op) => addUnaryGradient(library, arithmetic, op)),
    binary: mapRows(binaryCode, (op, code) => addPatterns(library, op, code)),
    compare: mapRows(compareCode, (op, code) => addPatterns(library, op, (_, a, b) => code(a, b))),
    compareIntegers: mapRows(
      compareIntegersCode,
      (op, code) => addPatterns(library, `${op}Integers`, (_, a, b) => code(a, b)),
    ),
    where: addWhere(library),
    dropout: addDropout(library),
  };
}

/** The same table with something else in each row. */
export function mapRows<Name extends string, From, To>(
  rows: Record<Name, From>,
  change: (name: Name, row: From) => To,
): Record<Name, To> {
  const result = {} as Record<Name, To>;
  for (const name in rows) result[name] = change(name, rows[name]);
  return result;
}

function addUnary(
  library: Library,
  arithmetic: Arithmetic,
  op: Exclude<UnaryOp, "sin" | "cos">,
): number {
  const parameters = { x: "i32", out: "i32", count: "i32", alpha: "f32" } as const;
  return library.add(op, { parameters }, (f, p) => {
    const functions = new Functions(f, arithmetic);
    const alpha = f.let(f32x4.splat(p.alpha));
    const visit = SHORT_UNARY.has(op) ? forEachShortVector : forEachVector;
    visit(f, p.count, (place) => {
      const x = f.let(loadVector(p.x, place));
      storeVector(f, p.out, unaryCode[op](functions, x, alpha), place);
    });
  });
}

/** `pieces`: where those of 2 / π are. */
function addTurns(library: Library, op: "sin" | "cos"): number {
  const parameters = { x: "i32", out: "i32", count: "i32", pieces: "i32" } as const;
  return library.add(op, { parameters }, (f, { x, out, count, pieces }) => {
    forEachVector(f, count, (place) => {
      const numbers = f.let(loadVector(x, place));
      storeVector(f, out, sinOrCos(f, numbers, { isCos: op === "cos", pieces }), place);
    });
  });
}

function addUnaryGradient(library: Library, arithmetic: Arithmetic, op: ActivationOp): number {
  const parameters = {
    x: "i32",
    y: "i32",
    dy: "i32",
    out: "i32",
    count: "i32",
    alpha: "f32",
  } as const;
  return library.add(`${op}Gradient`, { parameters }, (f, p) => {
    const functions = new Functions(f, arithmetic);
    const alpha = f.let(f32x4.splat(p.alpha));
    const visit = SHORT_SLOPES.has(op) ? forEachShortVector : forEachVector;
    visit(f, p.count, (place) => {
      const at = (row: Local<"i32">) => f.let(loadVector(row, place));
      const [x, y, dy] = [at(p.x), at(p.y), at(p.dy)];
      storeVector(f, p.out, f32x4.mul(dy, slopeCode[op](functions, { x, y, alpha })), place);
    });
  });
}

/** `out [rows, columns]`, whose operands' rows are `aStep` and `bStep` bytes apart: 0 where repeated. */
function addPatterns(library: Library, op: string, code: BinaryCode): Patterns {
  const parameters = {
    a: "i32",
    aStep: "i32",
    b: "i32",
    bStep: "i32",
    out: "i32",
    rows: "i32",
    columns: "i32",
  } as const;
  const add = (name: string, vary: { a: boolean; b: boolean }) =>
    library.add(`${op}${name}`, { parameters }, (f, p) => {
      const visit = op === "power" ? forEachVector : forEachShortVector;
      const operand = (row: Local<"i32">, varies: boolean) => {
        if (varies) return (place: VectorPlace) => loadVector(row, place);
        const number = f.let(v128.load32Splat(row));
        return () => number;
      };
      f.while(p.rows, () => {
        const [a, b] = [operand(p.a, vary.a), operand(p.b, vary.b)];
        visit(f, p.columns, (place) => {
          storeVector(f, p.out, code(f, a(place), b(place)), place);
        });
        f.increase(p.a, p.aStep);
        f.increase(p.b, p.bStep);
        f.increase(p.out, i32.shl(p.columns, 2));
        f.increase(p.rows, -1);
      });
    });
  return {
    bothVary: add("", { a: true, b: true }),
    leftVaries: add("Number", { a: true, b: false }),
    rightVaries: add("OfNumber", { a: false, b: true }),
  };
}

/** `out = condition ≠ 0 ? a : b`; `aMoves` is 1, or 0 where `a` is the same four numbers throughout. */
function addWhere(library: Library): number {
  const parameters = {
    condition: "i32",
    a: "i32",
    aMoves: "i32",
    b: "i32",
    bMoves: "i32",
    out: "i32",
    count: "i32",
  } as const;
  return library.add("where", { parameters }, (f, p) => {
    forEachVector(f, p.count, (place) => {
      const holds = f32x4.ne(loadVector(p.condition, place), 0);
      const at = (row: Local<"i32">, moves: Local<"i32">) =>
        v128.load(i32.add(row, i32.mul(place.offset, moves)));
      const chosen = v128.select(holds, at(p.a, p.aMoves), at(p.b, p.bMoves));
      storeVector(f, p.out, chosen, place);
    });
  });
}

/** `out = hash(key, step, first + i) < threshold ? 0 : x / kept`. */
function addDropout(library: Library): number {
  const parameters = {
    x: "i32",
    out: "i32",
    count: "i32",
    first: "i32",
    key: "i32",
    step: "i32",
    threshold: "i32",
    kept: "f32",
  } as const;
  return library.add("dropout", { parameters }, (f, p) => {
    const kept = f.let(f32x4.splat(p.kept));
    const [key, step, threshold] = [p.key, p.step, p.threshold].map((n) => f.let(i32x4.splat(n)));
    const element = f.let(i32x4.add(i32x4.splat(p.first), i32x4.lanes([0, 1, 2, 3])));
    forEachVectorGroup(f, p.count, (group) => {
      const elements = group.map((_, at) => i32x4.add(element, 4 * at));
      const inner = mixed(f, mixed(f, elements).map((hash) => v128.xor(step!, hash)));
      const hashes = mixed(f, inner.map((hash) => v128.xor(key!, hash)));
      group.forEach((place, at) => {
        const scaled = f32x4.div(loadVector(p.x, place), kept);
        storeVector(f, p.out, v128.andNot(scaled, i32x4.ltU(hashes[at]!, threshold!)), place);
      });
      f.set(element, i32x4.add(element, 4 * group.length));
    });
  });
}

/** One round of the hash of `@gradus/random`, step by step for all: each step waits for the one before. */
function mixed(f: FunctionBuilder, numbers: readonly Value<"v128">[]): readonly Local<"v128">[] {
  const hashes = numbers.map((x) => f.let(i32x4.add(x, 0x9e3779b9 | 0)));
  const each = (step: (h: Value<"v128">) => Value<"v128">) =>
    hashes.forEach((h) => f.set(h, step(h)));
  each((h) => i32x4.mul(v128.xor(h, i32x4.shrU(h, 16)), 0x21f0aaad));
  each((h) => i32x4.mul(v128.xor(h, i32x4.shrU(h, 15)), 0xd35a2d97 | 0));
  each((h) => v128.xor(h, i32x4.shrU(h, 15)));
  return hashes;
}
