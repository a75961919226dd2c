import type { Operand } from "../backend.ts";
import { formatShape } from "../shape.ts";
import { convertHalves, halfElement, halfFunctions } from "./halves.ts";
import type { NumberType } from "./kernels/pointwise.ts";
import { storageOf } from "./storage.ts";
import { declareUniforms, type Uniforms } from "./uniform_log.ts";

/** How a program sees the numbers of an operand. */
export type ElementType = NumberType | `vec4<${NumberType}>`;

/** One dispatch of one kernel, as a plain record; how to write one is told in `machine.ts`. */
export interface KernelRun<Read extends string = string, Write extends string = string> {
  /** What errors call it. */
  readonly name: string;
  /**
   * What `source` depends on, beside `name`, the names of the uniforms, and which operands there are,
   * of what element types, sharing what storages: those are taken care of.
   */
  readonly key?: string;
  /** What it reads; `null` for what this run does without. */
  readonly reads: Readonly<Record<Read, Operand | null>>;
  /** What it writes, and may read. No two share a storage. */
  readonly writes: Readonly<Record<Write, Operand | null>>;
  /** Element types that do not follow from the dtype: `f32` for float32, `i32` for int32. */
  readonly elements?: Readonly<Partial<Record<Read | Write, ElementType>>>;
  /** Numbers that differ from run to run, in the source as `uniforms.⟨name⟩`. */
  readonly uniforms?: Uniforms;
  /** How many workgroups; beyond what one dimension holds they are folded, see `entry`. */
  readonly workgroups: number;
  /**
   * The program, asked for when no pipeline is cached. It gets the name of the array that each operand is
   * bound as: an operand that shares its storage with another is bound once, under one name; an absent
   * one is `""`.
   */
  readonly source: (arrays: Readonly<Record<Read | Write, string>>) => string;
}

/** An array that a program is bound to. */
export interface Binding {
  readonly name: string;
  readonly operand: Operand;
  readonly element: ElementType;
  readonly access: "read" | "read_write";
}

/** A run with its operands sorted into arrays. */
export interface BoundRun {
  readonly run: KernelRun;
  readonly bindings: readonly Binding[];
  /** Under which name each operand is bound. */
  readonly arrays: Readonly<Record<string, string>>;
  /** Names the program. */
  readonly key: string;
}

/** Sorts the operands of a run into arrays: one for each storage that is written, and one for each other view. */
export function bindOperands(run: KernelRun): BoundRun {
  const bindings: Binding[] = [];
  const arrays: Record<string, string> = {};
  let key = `${run.name}|${run.key ?? ""}`;
  for (const name in run.writes) key += bind(name, run.writes[name]!, "read_write");
  for (const name in run.reads) key += bind(name, run.reads[name]!, "read");
  for (const type in run.uniforms) {
    key += `|${type}`;
    for (const name in run.uniforms[type as keyof Uniforms]) key += `,${name}`;
  }
  return { run, bindings, arrays, key };

  function bind(name: string, operand: Operand | null, access: Binding["access"]): string {
    if (operand === null) {
      arrays[name] = "";
      return `|-`;
    }
    const element = run.elements?.[name] ?? (operand.dtype === "int32" ? "i32" : "f32");
    const shared = bindings.find((other) =>
      storageOf(other.operand) === storageOf(operand) &&
      (other.access === "read_write" || access === "read_write" || other.element === element)
    );
    if (shared === undefined) {
      // Another name than the operand's, which is free for its number: `let x = ${x}[i];`.
      arrays[name] = `${name}Array`;
      bindings.push({ name: arrays[name], operand, element, access });
      return `|${access === "read" ? "r" : "w"}${element}/${storageOf(operand).bits}`;
    }
    if (access === "read_write" || shared.element !== element) {
      throw new Error(
        `Cannot bind ${name} of ${run.name} as what is written must be bound once: found it bound as ${shared.name} too`,
      );
    }
    arrays[name] = shared.name;
    return `|=${shared.name}`;
  }
}

/** The whole program: the arrays and uniforms that the run is bound to, then its own source. */
export function programOf({ run, bindings, arrays }: BoundRun, library: string): string {
  const halves = new Map<string, ElementType>();
  const declarations = bindings.map(({ name, element, access, operand }, at) => {
    const isHalf = storageOf(operand).bits === 16;
    if (isHalf) halves.set(name, element);
    const stored = isHalf ? halfElement(element) : element;
    return `@group(0) @binding(${at + 1}) var<storage, ${access}> ${name}: array<${stored}>;\n`;
  });
  const source = run.source(arrays);
  const [directives, helpers, body] = halves.size === 0
    ? ["", "", source]
    : ["enable f16;\n", halfFunctions, convertHalves(source, halves)];
  return directives + declareUniforms(run.uniforms ?? {}) + declarations.join("") + library +
    helpers + body;
}

/** What an error calls a run: its name, and its operands with dtypes and shapes. */
export function describeRun({ name, reads, writes }: KernelRun): string {
  const describe = (operands: Readonly<Record<string, Operand | null>>) =>
    Object.entries(operands).flatMap(([name, operand]) =>
      operand === null ? [] : [`${name} ${operand.dtype} ${formatShape(operand.shape)}`]
    ).join(", ");
  const from = describe(reads);
  return `${name}(${from}${from === "" ? "" : " "}→ ${describe(writes)})`;
}
