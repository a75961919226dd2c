import type { Epilogue, Operand } from "../backend.ts";
import { valuesOf } from "./storage.ts";

export function matmul(
  a: Operand,
  b: Operand,
  options: Epilogue & {
    readonly transposeA?: boolean;
    readonly transposeB?: boolean;
    readonly accumulate?: boolean;
  },
  out: Operand,
): void {
  const [left, right, to] = [valuesOf(a), valuesOf(b), valuesOf(out)];
  const { transposeA = false, transposeB = false, accumulate = false, bias, activation } = options;
  const [m, n] = [out.shape[0]!, out.shape[1]!];
  const k = transposeA ? a.shape[0]! : a.shape[1]!;
  // Numbers to skip for one step along m or k in `a`, along k or n in `b`.
  const [aRow, aInner] = transposeA ? [1, m] : [k, 1];
  const [bInner, bColumn] = transposeB ? [1, k] : [n, 1];
  const biases = bias ? valuesOf(bias) : null;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = accumulate ? to[i * n + j]! : 0;
      for (let p = 0; p < k; p++) {
        sum += left[i * aRow + p * aInner]! * right[p * bInner + j * bColumn]!;
      }
      if (biases !== null) sum += biases[j]!;
      to[i * n + j] = activation === "relu" && sum < 0 ? 0 : sum;
    }
  }
}
