import type { Backend, NumericArray, Operand, Storage } from "@gradus/tensor";
import type { WebGpuBackend } from "@gradus/tensor/webgpu";
import { assertIdentical } from "./agreement.ts";

/** Storages that a call is repeated with, instead of another. */
interface Copies {
  /** Numbers of 32 bits. */
  readonly wide: Storage;
  /** The same numbers, in 16 bits if the call is repeated so. */
  readonly stored: Storage;
  readonly isHalf: boolean;
}

/** Never activations: a kernel writes them in one pass, and reads them again in the next. */
const STATISTICS: ReadonlySet<string> = new Set(
  ["mean", "inverseDeviation", "runningMean", "runningVariance", "dScale", "dShift"],
);

/**
 * A backend that keeps activations in float16, to be handed to the suite of the contract: it passes as the
 * backend does, with float32, and each kernel is called twice more, with numbers that float16 can represent.
 * In one call real numbers have 32 bits, in the other one 16: all of them for two calls of the suite, some
 * for the next two. What both calls leave has to be the same, rounded to 16 bits: the next read checks it.
 */
export function halvingBackend(backend: WebGpuBackend): Backend {
  let calls = 0;
  let pending: { readonly kernel: string; readonly copies: Copies }[] = [];
  let ownStorages = 0;
  let ownAllocations = 0;

  function allocate(storage: Storage, isActivation: boolean): Storage {
    ownStorages++;
    ownAllocations++;
    return backend.allocate(storage.dtype, storage.length, "a copy", { isActivation });
  }

  function copiesOf(storage: Storage, isHalf: boolean): Copies {
    const [wide, stored] = [allocate(storage, false), allocate(storage, isHalf)];
    backend.copy(whole(storage), whole(stored));
    backend.copy(whole(stored), whole(wide));
    return { wide, stored, isHalf };
  }

  function callTwice(kernel: string, call: (...args: unknown[]) => void, args: unknown[]): void {
    const copies = new Map<Storage, Copies>();
    // The suite calls each kernel twice with the same shapes: both calls share their programs.
    const isSelective = (calls++ >> 1) % 2 === 1;
    for (const [name, storage] of storagesIn(args)) {
      if (copies.has(storage)) continue;
      const isHalf = storage.dtype === "float32" && !STATISTICS.has(name) &&
        !(isSelective && copies.size % 2 === 0);
      copies.set(storage, copiesOf(storage, isHalf));
    }
    for (const which of ["wide", "stored"] as const) {
      call.apply(
        backend,
        withStorages(args, (storage) => copies.get(storage)![which]) as unknown[],
      );
    }
    pending.push(...[...copies.values()].map((copies) => ({ kernel, copies })));
  }

  async function check(): Promise<void> {
    const checks = pending.map(async ({ kernel, copies: { wide, stored, isHalf } }) => {
      const reads = [wide, stored].map((storage) => backend.read(storage, 0, storage.length));
      for (const storage of [wide, stored]) backend.release(storage);
      ownStorages -= 2;
      const [exact, actual] = await Promise.all(reads) as [NumericArray, NumericArray];
      const expected = isHalf ? exact.map(Math.f16round) : exact;
      assertIdentical(actual, expected, `${kernel} with numbers of 16 bits`);
    });
    pending = [];
    await Promise.all(checks);
  }

  return new Proxy(backend, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (key === "memory") {
        const { storages, allocations, ...sizes } = target.memory;
        return {
          ...sizes,
          storages: storages - ownStorages,
          allocations: allocations - ownAllocations,
        };
      }
      if (key === "read") {
        return async (storage: Storage, offset: number, length: number) => {
          const [numbers] = await Promise.all([target.read(storage, offset, length), check()]);
          return numbers;
        };
      }
      if (typeof value !== "function") return value;
      if (!isKernel(key, target)) return value.bind(target);
      return (...args: unknown[]) => {
        callTwice(key, value as (...args: unknown[]) => void, args);
        return value.apply(target, args);
      };
    },
  });
}

/** Kernels are the properties of a backend; its methods are about memory. */
function isKernel(key: string | symbol, backend: Backend): key is string {
  return typeof key === "string" && Object.hasOwn(backend, key);
}

function whole(storage: Storage): Operand {
  return { storage, shape: [storage.length], dtype: storage.dtype };
}

/** The storages of arguments, with the names of their operands; some are there several times. */
function* storagesIn(
  value: unknown,
  name = "",
): Iterable<readonly [name: string, storage: Storage]> {
  if (isOperand(value)) {
    yield [name, value.storage];
  } else if (isRecord(value)) {
    for (const [name, part] of Object.entries(value)) yield* storagesIn(part, name);
  }
}

/** The same arguments, with other storages in their operands. */
function withStorages(value: unknown, change: (storage: Storage) => Storage): unknown {
  if (isOperand(value)) {
    return { ...whole(value.storage), shape: value.shape, storage: change(value.storage) };
  }
  if (Array.isArray(value)) return value.map((part) => withStorages(part, change));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withStorages(part, change)]),
  );
}

function isOperand(value: unknown): value is Operand {
  return isRecord(value) && "storage" in value && "shape" in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
