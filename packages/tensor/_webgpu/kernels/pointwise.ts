import { entry, wgsl } from "../wgsl.ts";

/** Types of single numbers. */
export type NumberType = "f32" | "i32" | "u32";

/** Some of the arrays. */
export function pick(
  arrays: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, arrays[name]!]));
}

/** The element types of arrays that {@linkcode pointwise} goes through, by their names. */
export function vectors<Name extends string, Type extends NumberType>(
  names: readonly Name[],
  type: Type,
): Partial<Record<Name, `vec4<${Type}>`>> {
  const types: Partial<Record<Name, `vec4<${Type}>`>> = {};
  for (const name of names) types[name] = `vec4<${type}>`;
  return types;
}

/** Numbers that one invocation computes: what lies side by side is loaded and stored in one go. */
const NUMBERS_PER_INVOCATION = 4;
const WORKGROUP_SIZE = 64;

/** How many workgroups a {@linkcode pointwise} program takes. */
export function pointwiseWorkgroups(size: number): number {
  return Math.ceil(size / NUMBERS_PER_INVOCATION / WORKGROUP_SIZE);
}

/**
 * A program that computes every number of `out`, number `i` from the numbers `i` of `whole`, and whatever
 * else the body loads. There must be a uniform `size`.
 *
 * @param options `whole`: names of numbers, with the arrays that they are in; `input` and `output`: their
 * types, of which the arrays hold vectors of four; `body`: of a function of `i` and the names, which returns.
 */
export function pointwise(options: {
  readonly out: string;
  readonly whole: Readonly<Record<string, string>>;
  readonly input: NumberType;
  readonly output: NumberType;
  readonly body: string;
}): string {
  const { out, whole, input, output, body } = options;
  const names = Object.keys(whole);
  const parameters = ["i: u32", ...names.map((name) => `${name}: ${input}`)].join(", ");
  const call = (component: number) =>
    [`first + ${component}u`, ...names.map((name) => `${name}[${component}]`)].join(", ");
  return wgsl`
fn compute(${parameters}) -> ${output} {
  ${body}
}
` + entry(
    WORKGROUP_SIZE,
    wgsl`
  let first = ${NUMBERS_PER_INVOCATION}u * invocation;
  if (first >= uniforms.size) {
    return;
  }
  ${names.map((name) => `let ${name} = ${whole[name]}[invocation];`).join("\n  ")}
  let result = vec4<${output}>(
    ${[0, 1, 2, 3].map((component) => `compute(${call(component)}),`).join("\n    ")}
  );
  let rest = uniforms.size - first;
  if (rest >= ${NUMBERS_PER_INVOCATION}u) {
    ${out}[invocation] = result;
    return;
  }
  /* The last numbers, and none behind them. */
  ${
      [0, 1, 2].map((at) => `if (rest > ${at}u) { ${out}[invocation][${at}] = result[${at}]; }`)
        .join("\n  ")
    }`,
  );
}
