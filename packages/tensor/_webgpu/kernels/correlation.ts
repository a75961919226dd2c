import { wgsl } from "../wgsl.ts";
import type { Patches } from "./patches.ts";

/** A product of patches with the weights of a kernel, for each group of channels. */
export interface Correlation extends Patches {
  readonly images: number;
  readonly groups: number;
  /** Channels of the result, in each group. */
  readonly n: number;
  readonly weights: {
    /** Whether those of a tap are `[n, channels]`, not `[channels, n]`. */
    readonly isTransposed: boolean;
    /** Where those of the first tap are. */
    readonly start: number;
    /** Numbers from one line of a tap's to the next. */
    readonly pitch: number;
    /** Numbers from one tap to the next, along both axes. */
    readonly step: readonly [height: number, width: number];
  };
  /** Where pixels of the result go. */
  readonly result: {
    readonly start: number;
    readonly step: readonly [height: number, width: number];
    readonly imageSize: number;
  };
}

/** The uniforms that {@linkcode resultFunctions} use. */
export function resultUniforms(
  { weights, result }: Correlation,
): Readonly<Record<string, number>> {
  return {
    weightStart: weights.start,
    weightPitch: weights.pitch,
    weightRow: weights.step[0],
    weightColumn: weights.step[1],
    resultStart: result.start,
    resultRow: result.step[0],
    resultColumn: result.step[1],
    imageSize: result.imageSize,
  };
}

/** WGSL that finds weights, and where pixels of the result go. */
export const resultFunctions = wgsl`
fn resultPlace(pixel: vec3i) -> i32 {
  return uniforms.resultStart + pixel.z * uniforms.imageSize + pixel.y * uniforms.resultRow
    + pixel.x * uniforms.resultColumn;
}

fn weightPlace(tapRow: i32, tapColumn: i32) -> i32 {
  return uniforms.weightStart + tapRow * uniforms.weightRow + tapColumn * uniforms.weightColumn;
}

fn weightAt(index: i32, pitch: i32) -> i32 {
  let tap = index / uniforms.channels;
  return weightPlace(tap / uniforms.tapColumns, tap % uniforms.tapColumns)
    + index % uniforms.channels * pitch;
}
`;
