/**
 * What a machine can do at best, in WebAssembly: multiply-adds in registers, and copies of memory.
 *
 * The bytes are written out here rather than by the assembler of the cpu backend, so that the yardstick
 * does not share the faults of what it measures.
 *
 * @module
 */

/** Multiply-adds of four lanes in one pass of the loop. */
const ACCUMULATORS = 12;
const UNROLLED = 8;

/** Floating-point operations of one pass of `multiply`. */
export const FLOPS_PER_PASS = 2 * 4 * ACCUMULATORS * UNROLLED;

/** Far beyond any cache; as long again for what is written. */
export const COPY_BYTES = 48 * 2 ** 20;
const PAGE_BYTES = 65_536;

const F32X4 = { splat: 0x13, add: 0xe4, mul: 0xe6, relaxedMadd: 0x105 };

/** The functions of the module. */
export interface MachineKernels {
  /** Multiplies and adds for so many passes; what it returns depends on all of them. */
  multiply(passes: number): number;
  /** Writes all of the memory: pages that were only ever read are one page of zeros, in the cache. */
  touch(): void;
  /** Copies so many bytes by the engine's own `memory.copy`. */
  copy(sizeBytes: number): void;
  /** Copies so many bytes, a multiple of 64, by 128-bit loads and stores. */
  copyBlocks(sizeBytes: number): void;
}

/**
 * Instantiates the kernels over a memory of their own.
 *
 * @param isFused Whether a multiply-add is one instruction; as the engine can unless given.
 */
export function machineKernels(
  isFused: boolean = WebAssembly.validate(moduleBytes(true)),
): MachineKernels {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(isFused)));
  return exports as unknown as MachineKernels;
}

function moduleBytes(isFused: boolean): Uint8Array<ArrayBuffer> {
  const [i32, f32] = [0x7f, 0x7d];
  const pages = (2 * COPY_BYTES) / PAGE_BYTES;
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [[0x60, 1, i32, 1, f32], [0x60, 1, i32, 0], [0x60, 0, 0]]),
    ...section(3, [[0], [1], [1], [2]]),
    ...section(5, [[0x00, ...unsigned(pages)]]),
    ...section(
      7,
      ["multiply", "copy", "copyBlocks", "touch"].map((name, place) => [
        name.length,
        ...new TextEncoder().encode(name),
        0x00,
        place,
      ]),
    ),
    ...section(10, [multiply(isFused), copy(), copyBlocks(), touch()]),
  ]);
}

/**
 * `a = ¼ · 4 + a` for each of the vectors, as the processor's fused instruction overwrites its last operand;
 * without it `a = a · ¼ + 4`, as a product of constants would be taken out of the loop.
 */
function multiply(isFused: boolean): number[] {
  const [passes, quarter, four, first] = [0, 1, 2, 3];
  const step = (vector: number) =>
    isFused
      ? [...get(quarter), ...get(four), ...get(vector), ...simd(F32X4.relaxedMadd), ...set(vector)]
      : [
        ...get(vector),
        ...get(quarter),
        ...simd(F32X4.mul),
        ...get(four),
        ...simd(F32X4.add),
        ...set(vector),
      ];
  const vectors = Array.from({ length: ACCUMULATORS }, (_, i) => first + i);
  const constant = (bytes: number[]) => [0x43, ...bytes, ...simd(F32X4.splat)];
  return functionBody([[2 + ACCUMULATORS, 0x7b]], [
    ...constant([0, 0, 0x80, 0x3e]),
    ...set(quarter),
    ...constant([0, 0, 0x80, 0x40]),
    ...set(four),
    ...countdown(passes, Array.from({ length: UNROLLED }, () => vectors.flatMap(step)).flat()),
    ...get(first),
    ...vectors.slice(1).flatMap((vector) => [...get(vector), ...simd(F32X4.add)]),
    ...simd(0x1f), // extract_lane
    0,
  ]);
}

function copy(): number[] {
  return functionBody([], [
    ...i32Constant(COPY_BYTES),
    ...i32Constant(0),
    ...get(0),
    ...[0xfc, 0x0a, 0x00, 0x00],
  ]);
}

function touch(): number[] {
  return functionBody([], [
    ...i32Constant(0),
    ...i32Constant(1),
    ...i32Constant(2 * COPY_BYTES),
    ...[0xfc, 0x0b, 0x00], // memory.fill
  ]);
}

/** From the end to the beginning, in steps of 64 bytes. */
function copyBlocks(): number[] {
  const size = 0;
  const block = [0, 16, 32, 48].flatMap((offset) => [
    ...get(size),
    ...get(size),
    ...[...simd(0x00), 4, ...unsigned(offset)], // load
    ...[...simd(0x0b), 4, ...unsigned(COPY_BYTES + offset)], // store
  ]);
  return functionBody([], [
    0x03, // loop
    0x40,
    ...get(size),
    ...i32Constant(64),
    0x6b, // sub
    ...set(size),
    ...block,
    ...get(size),
    0x0d, // br_if
    0x00,
    0x0b,
  ]);
}

/** Runs code until a local has been counted down to 0. */
function countdown(local: number, code: number[]): number[] {
  return [
    ...[0x03, 0x40],
    ...code,
    ...get(local),
    ...i32Constant(1),
    0x6b,
    0x22, // tee
    local,
    ...[0x0d, 0x00, 0x0b],
  ];
}

function get(local: number): number[] {
  return [0x20, local];
}

function set(local: number): number[] {
  return [0x21, local];
}

function i32Constant(value: number): number[] {
  // One more bit, as the number is signed.
  const bytes = [];
  for (; value >= 64; value = Math.floor(value / 128)) bytes.push(value % 128 | 0x80);
  return [0x41, ...bytes, value];
}

function simd(opcode: number): number[] {
  return [0xfd, ...unsigned(opcode)];
}

function unsigned(value: number): number[] {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(value % 128 | 0x80);
  return [...bytes, value];
}

function functionBody(locals: number[][], code: number[]): number[] {
  const body = [locals.length, ...locals.flat(), ...code, 0x0b];
  return [...unsigned(body.length), ...body];
}

function section(id: number, entries: number[][]): number[] {
  const body = [...unsigned(entries.length), ...entries.flat()];
  return [id, ...unsigned(body.length), ...body];
}
