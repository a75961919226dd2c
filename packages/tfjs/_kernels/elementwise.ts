import { hash } from "@gradus/random/hash";
import type { ActivationOp, BinaryOp, CompareOp } from "@gradus/tensor";
import type { TensorFlow, TfTensor } from "../_tensorflow.ts";
import { activationSlopes, binaryFunctions, compareFunctions } from "./functions.ts";
import { where } from "./where.ts";

type Number = TfTensor | number;

export function unaryGradient(
  tf: TensorFlow,
  op: ActivationOp,
  { dy, ...numbers }: {
    readonly x: TfTensor;
    readonly y: TfTensor;
    readonly dy: TfTensor;
    readonly alpha: number;
  },
): TfTensor {
  return tf.mul(dy, activationSlopes[op](tf, numbers));
}

export function binary(tf: TensorFlow, op: BinaryOp, a: Number, b: Number): TfTensor {
  return binaryFunctions[op](tf, lift(tf, a), lift(tf, b));
}

export function compare(tf: TensorFlow, op: CompareOp, a: Number, b: Number): TfTensor {
  return compareFunctions[op](tf, lift(tf, a, b), lift(tf, b, a));
}

/** What is dropped is found on the host: not every backend of tfjs has 32-bit integers. */
export function dropout(
  tf: TensorFlow,
  x: TfTensor,
  { rate, key, step }: { readonly rate: number; readonly key: number; readonly step: number },
): TfTensor {
  const isDropped = Uint8Array.from(
    { length: x.size },
    (_, element) => hash(key, step, element) < rate * 2 ** 32 ? 1 : 0,
  );
  return where(tf, tf.tensor(isDropped, x.shape, "bool"), 0, tf.div(x, 1 - rate));
}

/** A number as a tensor; a whole one stays whole beside whole ones. */
function lift(tf: TensorFlow, x: Number, beside: Number = 0): TfTensor {
  if (typeof x !== "number") return x;
  const isWhole = typeof beside !== "number" && beside.dtype === "int32" && (x | 0) === x;
  return tf.scalar(x, isWhole ? "int32" : "float32");
}
