import type { Numbers } from "./numbers.ts";

/** A file of ONNX, and what goes into its one input. */
export interface OnnxRun {
  readonly path: string;
  readonly x: Numbers;
}
