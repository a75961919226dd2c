import { sizeOf } from "@gradus/tensor";
import { few } from "./_quote.ts";
import { dtypeOf } from "./_dtypes.ts";
import type { WireSource } from "./_wire_source.ts";
import type { OnnxTensor } from "./onnx_model.ts";

/** What a file says of a tensor whose numbers lie outside of it. */
const EXTERNAL = 1;

/** Reads a `TensorProto`, whose numbers are raw bytes or a list in a field of their type. */
export function readTensor(source: WireSource): OnnxTensor {
  let [name, code, isExternal] = ["", 0, false];
  let raw: Uint8Array | null = null;
  const dims: number[] = [];
  const lists = { float: [] as number[], int32: [] as number[], int64: [] as number[] };
  for (const field of source.fields()) {
    switch (field) {
      case 1:
        source.integers(dims);
        break;
      case 2:
        code = source.integer();
        break;
      case 4:
        source.floats(lists.float);
        break;
      case 5:
        source.integers(lists.int32);
        break;
      case 7:
        source.integers(lists.int64);
        break;
      case 8:
        name = source.string();
        break;
      case 9:
        raw = source.bytes();
        break;
      case 13:
        isExternal = true;
        break;
      case 14:
        isExternal ||= source.integer() === EXTERNAL;
        break;
    }
  }
  const count = sizeOf(dims);
  if (!dims.every((length) => length >= 0) || !Number.isSafeInteger(count)) {
    source.refuse("its shape must have at most 2^53 - 1 elements", `[${few(dims)}]`);
  }
  const dtype = dtypeOf(code);
  const isRead = dtype === "float" || dtype === "int32" || dtype === "int64";
  if (isExternal || !isRead) return { name, dtype, dims, data: null, isExternal };

  const { bytesEach, fromRaw } = READINGS[dtype];
  const list = lists[dtype];
  if (raw === null && list.length !== count) {
    source.refuse(`it must have ${count} numbers`, `${list.length}`);
  }
  if (raw !== null && (raw.length !== count * bytesEach || list.length > 0)) {
    const found = list.length > 0 ? "others beside them" : `${raw.length} bytes`;
    source.refuse(`it must have ${count} numbers of ${bytesEach} bytes`, found);
  }
  const data = raw === null ? (dtype === "float" ? Float32Array.from(list) : list) : fromRaw(raw);
  return { name, dtype, dims, data, isExternal };
}

/** How numbers lie in raw bytes, lowest byte first. */
const READINGS = {
  float: { bytesEach: 4, fromRaw: (raw: Uint8Array) => new Float32Array(raw.slice().buffer) },
  int32: { bytesEach: 4, fromRaw: (raw: Uint8Array) => [...new Int32Array(raw.slice().buffer)] },
  int64: {
    bytesEach: 8,
    fromRaw: (raw: Uint8Array) => Array.from(new BigInt64Array(raw.slice().buffer), Number),
  },
};
