/** Bytes of wasm, nested as the code that made them nests; flattened when a function is done. */
export type Code = readonly (number | Code)[] | Uint8Array<ArrayBuffer>;

/** An unsigned integer in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}

/** A signed 32-bit integer in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const isDone = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0);
    bytes.push(isDone ? low : low | 0x80);
    if (isDone) return bytes;
  }
}

const word = new DataView(new ArrayBuffer(8));

/** The four bytes of a float32. */
export function float32Bytes(value: number): number[] {
  word.setFloat32(0, value, true);
  return [0, 1, 2, 3].map((at) => word.getUint8(at));
}

/** The eight bytes of a float64. */
export function float64Bytes(value: number): number[] {
  word.setFloat64(0, value, true);
  return [0, 1, 2, 3, 4, 5, 6, 7].map((at) => word.getUint8(at));
}

/** The four bytes of a 32-bit integer. */
export function int32Bytes(value: number): number[] {
  word.setInt32(0, value, true);
  return [0, 1, 2, 3].map((at) => word.getUint8(at));
}

/** A name: its length, then its bytes in UTF-8. */
export function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}

/** A vector of wasm's binary format: how many entries, then the entries. */
export function vector(entries: readonly Code[]): Code {
  return [unsigned(entries.length), entries];
}

/** A section of a module: its number, its length, its bytes. */
export function section(id: number, content: Code): Code {
  return [id, sized(content)];
}

/** Bytes behind their own length. */
export function sized(content: Code): Code {
  return [unsigned(lengthOf(content)), content];
}

/** The code as flat bytes. */
export function flatten(code: Code): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(code));
  let at = 0;
  const write = (part: Code) => {
    if (part instanceof Uint8Array) {
      bytes.set(part, at);
      at += part.length;
      return;
    }
    for (let i = 0; i < part.length; i++) {
      const entry = part[i]!;
      if (typeof entry === "number") bytes[at++] = entry;
      else write(entry);
    }
  };
  write(code);
  return bytes;
}

function lengthOf(code: Code): number {
  if (code instanceof Uint8Array) return code.length;
  let length = 0;
  for (let i = 0; i < code.length; i++) {
    const entry = code[i]!;
    length += typeof entry === "number" ? 1 : lengthOf(entry);
  }
  return length;
}
