import type { Epilogue } from "../../backend.ts";
import { wgsl } from "../wgsl.ts";
import type { ElementType } from "../kernel_run.ts";

/** How results of products are put where they belong. */
export interface Store {
  /** Whether rows consist of whole vectors of four: `out` and `bias` are arrays of them. */
  readonly isVector: boolean;
  /** Whether to add to what is there. */
  readonly accumulate: boolean;
  readonly hasBias: boolean;
  readonly activation: Epilogue["activation"];
}

/** Nothing but the result itself. */
export const PLAIN = { accumulate: false, hasBias: false, activation: null } as const;

/** What the text of {@linkcode epilogue} depends on. */
export function epilogueKey({ isVector, accumulate, hasBias, activation }: Store): string {
  return `${isVector ? "v" : ""}${accumulate ? "+" : ""}${hasBias ? "b" : ""}${activation ?? ""}`;
}

/** Element types of `out` and `bias`. */
export function epilogueElements(
  { isVector }: Store,
): { readonly out: ElementType; readonly bias: ElementType } {
  const type = isVector ? "vec4<f32>" : "f32";
  return { out: type, bias: type };
}

/**
 * The WGSL function `store`: puts a vector of sums into `out`, at `column` of a row that begins at `start`, after
 * what was to be added; nothing behind the row's `uniforms.n` columns. The bias of column 0 is at `firstBias`.
 */
export function epilogue(
  { isVector, accumulate, hasBias, activation }: Store,
  { out, bias }: { readonly out: string; readonly bias: string },
): string {
  const finish = (type: string, at: string, column: string) =>
    wgsl`
  var result: ${type} = sum${type === "f32" ? "[i]" : ""};
  ${accumulate ? `result += ${out}[${at}];` : ""}
  ${hasBias ? `result += ${bias}[${column}];` : ""}
  ${
      activation !== "relu"
        ? ""
        : type === "f32"
        ? "result = relu(result);"
        : "result = vec4f(relu(result.x), relu(result.y), relu(result.z), relu(result.w));"
    }
  ${out}[${at}] = result;`;
  return isVector
    ? wgsl`
fn store(sum: vec4f, column: i32, start: i32, firstBias: i32) {
  if (column < uniforms.n) {
    let at = (start + column) >> 2u;
    ${finish("vec4f", "at", "(firstBias + column) >> 2u")}
  }
}
`
    : wgsl`
fn store(sum: vec4f, column: i32, start: i32, firstBias: i32) {
  for (var i = 0; i < min(4, uniforms.n - column); i++) {
    let at = start + column + i;
    ${finish("f32", "at", "firstBias + column + i")}
  }
}
`;
}
