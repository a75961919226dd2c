import {
  arrayOf,
  type Backend,
  type DType,
  type NumericArray,
  type Operand,
  type Shape,
} from "@gradus/tensor";
import { assert, assertEquals } from "@std/assert";
import type { Numbers } from "./numbers.ts";

/** A call of one or more kernels, described once and run on any backend. */
export interface Trial<Input extends string, Output extends string> {
  /** What the call may only read. */
  readonly inputs: Readonly<Record<Input, Numbers>>;
  /** What the call may write, with the numbers that are there before it. */
  readonly outputs: Readonly<Record<Output, Numbers>>;
  /** Calls the kernels. */
  readonly call: (backend: Backend, operands: Readonly<Record<Input | Output, Operand>>) => void;
}

/** Every storage is longer than its shape by so many numbers, which is no multiple of a vector. */
const TAIL = 5;

/** Behind an output: has to stay. */
const CANARY = 4321;

/**
 * Runs a trial and returns what its outputs hold afterwards.
 *
 * Operands lie in storages that are longer than their shapes. Behind an input are NaN, so that a
 * kernel that reads too far is found out; behind an output are numbers that have to stay. Inputs have
 * to stay too. Nothing that the call allocates may outlive it.
 */
export async function runTrial<Input extends string, Output extends string>(
  backend: Backend,
  { inputs, outputs, call }: Trial<Input, Output>,
): Promise<Record<Output, NumericArray>> {
  const before = {
    ...mapEntries<Input, Numbers, NumericArray>(inputs, (x) => withTail(backend, x, NaN)),
    ...mapEntries<Output, Numbers, NumericArray>(outputs, (x) => withTail(backend, x, CANARY)),
  } as Record<Input | Output, NumericArray>;
  const numbers = { ...inputs, ...outputs } as Record<Input | Output, Numbers>;
  const operands = mapEntries(before, (values, name) => lay(backend, values, numbers[name].shape));

  const { storages } = backend.memory;
  call(backend, operands);
  assertEquals(backend.memory.storages, storages, "the call allocated what it did not release");

  const after = await readAll(backend, operands);
  for (const { storage } of Object.values<Operand>(operands)) backend.release(storage);
  for (const name of Object.keys(inputs) as Input[]) {
    assert(isSame(after[name], before[name]), `the call changed its input ${name}`);
  }
  return mapEntries(outputs, ({ values: { length } }, name) => {
    const [tail, canaries] = [after[name].subarray(length), before[name].subarray(length)];
    assert(
      isSame(tail, canaries),
      `the call wrote past the end of ${name}: ${tail} instead of ${canaries}`,
    );
    return after[name].slice(0, length);
  });
}

/** The numbers as the backend stores them, and what lies behind them; in `int32`, NaN becomes −2³¹. */
function withTail(backend: Backend, { values }: Numbers, tail: number): NumericArray {
  const isWhole = values instanceof Int32Array;
  const all = arrayOf(isWhole ? "int32" : backend.float, values.length + TAIL);
  all.fill(isWhole && Number.isNaN(tail) ? -(2 ** 31) : tail);
  all.set(values);
  return all;
}

function lay(backend: Backend, values: NumericArray, shape: Shape): Operand {
  const dtype: DType = values instanceof Int32Array ? "int32" : backend.float;
  const storage = backend.allocate(dtype, values.length, "an operand of a test");
  backend.write(storage, values, 0);
  return { storage, shape, dtype };
}

async function readAll<Name extends string>(
  backend: Backend,
  operands: Readonly<Record<Name, Operand>>,
): Promise<Record<Name, NumericArray>> {
  // All are asked before any is awaited: a GPU answers them together.
  const reads = entries(operands).map(async ([name, { storage }]) =>
    [name, await backend.read(storage, 0, storage.length)] as const
  );
  return Object.fromEntries(await Promise.all(reads)) as Record<Name, NumericArray>;
}

/** Whether two arrays hold the same numbers, bit by bit but for the bits of NaN. */
function isSame(actual: NumericArray, expected: NumericArray): boolean {
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) return false;
  }
  return true;
}

function entries<Key extends string, Value>(record: Readonly<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}

function mapEntries<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  change: (value: From, key: Key) => To,
): Record<Key, To> {
  return Object.fromEntries(
    entries(record).map(([key, value]) => [key, change(value, key)]),
  ) as Record<Key, To>;
}
