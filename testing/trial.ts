import {
  arrayOf,
  type Backend,
  type DType,
  type NumericArray,
  type Operand,
  sizeOf,
} from "@gradus/tensor";
import { assert } from "@std/assert";
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
 * to stay too.
 */
export async function runTrial<Input extends string, Output extends string>(
  backend: Backend,
  trial: Trial<Input, Output>,
): Promise<Record<Output, NumericArray>> {
  const inputs = mapEntries(
    trial.inputs,
    (x) => lay(backend, x, x.values instanceof Int32Array ? -(2 ** 31) : NaN),
  );
  const outputs = mapEntries(trial.outputs, (x) => lay(backend, x, CANARY));
  const operands = { ...inputs, ...outputs } as Record<Input | Output, Operand>;
  trial.call(backend, operands);
  const read = ({ storage }: Operand) => backend.read(storage, 0, storage.length);
  const names = Object.keys(operands) as (Input | Output)[];
  const contents = await Promise.all(names.map((name) => read(operands[name])));
  for (const name of names) backend.release(operands[name].storage);
  const after = Object.fromEntries(names.map((name, i) => [name, contents[i]!])) as Record<
    Input | Output,
    NumericArray
  >;
  for (const [name, before] of entries(trial.inputs)) {
    assert(
      before.values.every((value, i) => Object.is(value, after[name][i])),
      `the call changed its input ${name}`,
    );
  }
  return mapEntries(trial.outputs, ({ values }, name) => {
    const tail = after[name].subarray(values.length);
    assert(
      tail.every((value) => value === CANARY),
      `the call wrote past the end of ${name}: ${tail} instead of ${CANARY}`,
    );
    return after[name].slice(0, values.length);
  });
}

function lay(backend: Backend, { shape, values }: Numbers, tail: number): Operand {
  const dtype: DType = values instanceof Int32Array ? "int32" : backend.float;
  const numbers = arrayOf(dtype, sizeOf(shape) + TAIL).fill(tail);
  numbers.set(values);
  const storage = backend.allocate(dtype, numbers.length, "an operand of a test");
  backend.write(storage, numbers, 0);
  return { storage, shape, dtype };
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
