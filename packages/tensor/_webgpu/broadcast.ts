import { broadcastStrides } from "../_reference/places.ts";
import type { Operand } from "../backend.ts";
import { equalShapes, type Shape, sizeOf } from "../shape.ts";
import type { Uniforms } from "./uniform_log.ts";

/** How a program finds the numbers of its operands that belong to a place of the result. */
export interface Broadcast<Name extends string> {
  /** The operands that are tensors; `null` for those that are numbers. */
  readonly reads: Readonly<Record<Name, Operand | null>>;
  /** The operands that are numbers: uniforms of their names. */
  readonly numbers: Readonly<Record<string, number>>;
  /** The operands that have the shape of the result: their number `i` belongs to its number `i`. */
  readonly whole: readonly Name[];
  /** What the text depends on. */
  readonly key: string;
  /** Lengths and strides: uniforms. */
  readonly u32: NonNullable<Uniforms["u32"]>;
  /** WGSL that declares the numbers of all other operands under the operands' names, given `i`. */
  readonly declare: (arrays: Readonly<Record<Name, string>>) => string;
}

/** An axis of the result: its length, and how many numbers each operand moves along it. */
interface Axis {
  length: number;
  strides: number[];
}

/** Finds the numbers of operands that are broadcast to a shape: side by side, the only one, or by strides. */
export function broadcast<Name extends string>(
  shape: Shape,
  operands: Readonly<Record<Name, Operand | number>>,
): Broadcast<Name> {
  const reads = {} as Record<Name, Operand | null>;
  const numbers: Record<string, number> = {};
  const whole: Name[] = [];
  const single: Name[] = [];
  const strided: [Name, Operand][] = [];
  for (const name in operands) {
    const operand: Operand | number = operands[name];
    reads[name] = typeof operand === "number" ? null : operand;
    if (typeof operand === "number") numbers[name] = operand;
    else if (equalShapes(operand.shape, shape)) whole.push(name);
    else if (sizeOf(operand.shape) === 1) single.push(name);
    else strided.push([name, operand]);
  }
  const axes = mergeAxes(shape, strided.map(([, operand]) => operand.shape));
  const u32: Record<string, number> = {};
  axes.forEach(({ length, strides }, at) => {
    u32[`length${at}`] = length;
    strided.forEach(([name], i) => u32[`${name}${at}`] = strides[i]!);
  });
  const declare = (arrays: Readonly<Record<Name, string>>) =>
    [
      ...Object.keys(numbers).map((name) => `let ${name} = uniforms.${name};`),
      ...single.map((name) => `let ${name} = ${arrays[name]}[0];`),
      ...findPlaces(strided.map(([name]) => name), axes.length),
      ...strided.map(([name]) => `let ${name} = ${arrays[name]}[${name}Place];`),
    ].join("\n  ");
  const key = `${whole}|${single}|${strided.map(([name]) => name)}|${axes.length}`;
  return { reads, numbers, whole, key, u32, declare };
}

/** WGSL that takes `i` apart into places along the axes, and adds up what operands move along each. */
function findPlaces(names: readonly string[], axes: number): string[] {
  if (names.length === 0) return [];
  const lines = ["var rest = i;", ...names.map((name) => `var ${name}Place = 0u;`)];
  // The last axis moves fastest; of the first one, all that is left is its place.
  for (let at = axes - 1; at >= 0; at--) {
    lines.push(at > 0 ? `let at${at} = rest % uniforms.length${at};` : "let at0 = rest;");
    if (at > 0) lines.push(`rest = rest / uniforms.length${at};`);
    for (const name of names) lines.push(`${name}Place += at${at} * uniforms.${name}${at};`);
  }
  return lines;
}

/** The axes of a broadcast; neighbours along which all operands move on evenly are one. */
function mergeAxes(shape: Shape, operands: readonly Shape[]): Axis[] {
  if (operands.length === 0) return [];
  const strides = operands.map((operand) => broadcastStrides(operand, shape));
  const axes: Axis[] = [];
  shape.forEach((length, at) => {
    if (length === 1) return;
    const own = strides.map((stride) => stride[at]!);
    const outer = axes.at(-1);
    if (outer?.strides.every((stride, i) => stride === own[i]! * length)) {
      outer.length *= length;
      outer.strides = own;
    } else {
      axes.push({ length, strides: own });
    }
  });
  return axes;
}
