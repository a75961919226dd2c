import type { OnnxDtype } from "./onnx_model.ts";

/** The types of numbers at the places that the format gives them; 0 is none. */
const DTYPES: readonly (OnnxDtype | null)[] = [
  null,
  "float",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  "string",
  "bool",
  "float16",
  "double",
  "uint32",
  "uint64",
  "complex64",
  "complex128",
  "bfloat16",
];

/** The type that a number of a file stands for, or the number itself where it is of a later format. */
export function dtypeOf(code: number): OnnxDtype | number {
  return DTYPES[code] ?? code;
}

/** The number that stands for a type. */
export function dtypeCode(dtype: OnnxDtype | number): number {
  return typeof dtype === "number" ? dtype : DTYPES.indexOf(dtype);
}
