import { broadcastStrides } from "../_reference/places.ts";
import type { Operand } from "../backend.ts";
import { equalShapes, type Shape, sizeOf } from "../shape.ts";
import type { Uniforms } from "./uniform_log.ts";

/** How a program finds the number of an operand that belongs to a place of the result. */
export interface Broadcast<Name extends string> {
  /** The operands that are tensors; `null` for those that are numbers. */
  readonly reads: Readonly<Record<Name, Operand | null>>;
  /** The operands that are numbers. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What the text depends on. */
  readonly key: string;
  /** Lengths and strides. */
  readonly u32: NonNullable<Uniforms["u32"]>;
  /** WGSL that declares what `load` names, given the place `i` of the result. */
  readonly declarations: string;
  /** The operand's number, as an expression, given the name of its array. */
  readonly load: (name: Name, array: string) => string;
}

/** An axis of the result: its length, and how many numbers each operand moves along it. */
interface Axis {
  length: number;
  strides: number[];
}

/**
 * Finds places in operands that are broadcast to a shape: as they are, always the first, or by strides. What
 * is a number is a uniform of the operand's name.
 */
export function broadcast<Name extends string>(
  shape: Shape,
  operands: Readonly<Record<Name, Operand | number>>,
): Broadcast<Name> {
  const reads = {} as Record<Name, Operand | null>;
  const numbers: Record<string, number> = {};
  const places = {} as Record<Name, string>;
  const strided: [Name, Operand][] = [];
  let key = "";
  for (const name in operands) {
    const operand: Operand | number = operands[name];
    reads[name] = typeof operand === "number" ? null : operand;
    if (typeof operand === "number") {
      numbers[name] = operand;
      continue;
    }
    if (equalShapes(operand.shape, shape)) places[name] = "i";
    else if (sizeOf(operand.shape) === 1) places[name] = "0u";
    else {
      places[name] = `${name}Place`;
      strided.push([name, operand]);
    }
    key += `${places[name]},`;
  }
  const load = (name: Name, array: string) =>
    array === "" ? `uniforms.${name}` : `${array}[${places[name]}]`;
  if (strided.length === 0) return { reads, numbers, key, u32: {}, declarations: "", load };
  const axes = mergeAxes(shape, strided.map(([, operand]) => operand.shape));
  const u32: Record<string, number> = {};
  const lines = ["var rest = i;", ...strided.map(([name]) => `var ${name}Place = 0u;`)];
  // The last axis moves fastest; of the first one, all that is left is its place.
  for (let at = axes.length - 1; at >= 0; at--) {
    u32[`length${at}`] = axes[at]!.length;
    lines.push(at > 0 ? `let at${at} = rest % uniforms.length${at};` : "let at0 = rest;");
    if (at > 0) lines.push(`rest = rest / uniforms.length${at};`);
    strided.forEach(([name], operand) => {
      u32[`${name}${at}`] = axes[at]!.strides[operand]!;
      lines.push(`${name}Place += at${at} * uniforms.${name}${at};`);
    });
  }
  return {
    reads,
    numbers,
    key: `${key}${axes.length}`,
    u32,
    declarations: lines.join("\n    "),
    load,
  };
}

/** The axes of a broadcast; neighbours along which all operands move on evenly are one. */
function mergeAxes(shape: Shape, operands: readonly Shape[]): Axis[] {
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
