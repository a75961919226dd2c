import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A field of a message: an integer, text, bytes such as another message, or the four bytes of a number. */
export type Field = readonly [
  number: number,
  value: number | string | Uint8Array | { readonly float: number },
];

/** The bytes of a message of protobuf with these fields, in this order. */
export function message(...fields: readonly Field[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) {
    if (typeof value === "number") writer.tag(number, WireType.Varint).int64(value);
    else if (typeof value === "string") writer.tag(number, WireType.LengthDelimited).string(value);
    else if (value instanceof Uint8Array) writer.tag(number, WireType.LengthDelimited).bytes(value);
    else writer.tag(number, WireType.Bit32).float(value.float);
  }
  return writer.finish();
}

/** Numbers of single precision, one after another. */
export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}
