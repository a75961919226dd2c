/** Numbers of a dispatch, by their WGSL types: fields of the struct `uniforms`. */
export interface Uniforms {
  readonly u32?: Readonly<Record<string, number>>;
  readonly i32?: Readonly<Record<string, number>>;
  readonly f32?: Readonly<Record<string, number>>;
}

/** Bytes of uniforms in one submission. */
const CAPACITY_BYTES = 65_536;

/** Bytes that are bound for a dispatch, unless it has more. */
const USUAL_BYTES = 256;

/** The uniforms of one submission: gathered on the host, uploaded in one go before it is submitted. */
export class UniformLog {
  /** What the dispatches of a submission read from; all are bound to it, each at an offset. */
  readonly buffer: GPUBuffer;
  readonly #alignment: number;
  readonly #u32 = new Uint32Array(CAPACITY_BYTES / 4);
  readonly #i32 = new Int32Array(this.#u32.buffer);
  readonly #f32 = new Float32Array(this.#u32.buffer);
  #end = 0;

  constructor(device: GPUDevice, usage: number) {
    this.buffer = device.createBuffer({ size: CAPACITY_BYTES, usage, label: "uniforms" });
    this.#alignment = device.limits.minUniformBufferOffsetAlignment;
  }

  /** How many bytes are bound for so many numbers. */
  static bindingBytes(count: number): number {
    return Math.ceil(Math.max(4 * count, 1) / USUAL_BYTES) * USUAL_BYTES;
  }

  hasRoomFor(count: number): boolean {
    return this.#end + UniformLog.bindingBytes(count) <= CAPACITY_BYTES;
  }

  /** Appends the numbers of a dispatch; returns the offset to bind them at. */
  append({ u32, i32, f32 }: Uniforms): number {
    const offset = this.#end;
    let at = offset / 4;
    for (const name in u32) this.#u32[at++] = u32[name]!;
    for (const name in i32) this.#i32[at++] = i32[name]!;
    for (const name in f32) this.#f32[at++] = f32[name]!;
    this.#end = Math.ceil(Math.max(4 * at, offset + 4) / this.#alignment) * this.#alignment;
    return offset;
  }

  /** Uploads what was appended, and starts anew. */
  upload(queue: GPUQueue): void {
    if (this.#end > 0) queue.writeBuffer(this.buffer, 0, this.#u32, 0, this.#end / 4);
    this.#end = 0;
  }
}

/** How many numbers there are. */
export function countUniforms({ u32, i32, f32 }: Uniforms): number {
  let count = 0;
  for (const _ in u32) count++;
  for (const _ in i32) count++;
  for (const _ in f32) count++;
  return count;
}

/** The WGSL struct of these uniforms, bound at 0; nothing if there are none. */
export function declareUniforms(uniforms: Uniforms): string {
  const fields = (["u32", "i32", "f32"] as const).flatMap((type) =>
    Object.keys(uniforms[type] ?? {}).map((name) => `  ${name}: ${type},\n`)
  );
  return fields.length === 0 ? "" : `struct Uniforms {\n${fields.join("")}}
@group(0) @binding(0) var<uniform> uniforms: Uniforms;\n`;
}
