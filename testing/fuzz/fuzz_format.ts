import { random } from "@gradus/random";
import { getHeapStatistics } from "node:v8";
import type { FuzzedFormat } from "./fuzzed_format.ts";
import { mutate } from "./mutate.ts";

/** What a reader may take beside what it gives back: a megabyte, and so many times the file's size. */
export const MEMORY_FACTOR = 64;
const MEMORY_BYTES = 1e6;

/** A file that takes longer hangs. */
export const LONGEST_MS = 2000;

/** A file that takes too much so many times in a row takes too much. */
const ATTEMPTS = 3;

/** Messages are for people. */
const LONGEST_MESSAGE = 2000;

/** Larger seeds say no more and take longer. */
const LARGEST_SEED = 8192;

/** What came of the files of a format. */
export interface FuzzResult {
  readonly format: string;
  readonly files: number;
  /** How many were read. */
  readonly accepted: number;
  /** How many were refused, by the kind of error. */
  readonly refused: Readonly<Record<string, number>>;
  /** The longest that a file took, in milliseconds. */
  readonly slowestMs: number;
  /** The most memory that a file took beside a megabyte, in its own size. */
  readonly memoryFactor: number;
}

/** What a reader did wrong. */
export class FuzzError extends Error {
  override readonly name = "FuzzError";
}

/**
 * Reads so many files, each a function of seed, format and number: each must be read rightly, or be
 * refused with a typed error that says what must hold and what was found.
 *
 * @throws {FuzzError} If one is not, with its bytes.
 */
export async function fuzzFormat(
  format: FuzzedFormat,
  options: {
    readonly count: number;
    readonly seed: number;
    /** Hears of each file before it is read. */
    readonly onFile: (file: number) => void;
  },
): Promise<FuzzResult> {
  const { count, seed, onFile } = options;
  const [good, bad] = [format.good, Object.values(format.bad)].map((files) =>
    files.filter(({ length }) => length <= LARGEST_SEED)
  ) as [Uint8Array[], Uint8Array[]];
  const { tokens } = format;
  const stream = random(seed);
  for (const letter of format.name) if (letter.charCodeAt(0) % 2 === 1) stream.split();
  const refused: Record<string, number> = {};
  let [accepted, slowestMs, memoryFactor] = [0, 0, 0];
  for (let file = 0; file < count; file++) {
    onFile(file);
    const bytes = mutate({ good, bad, tokens }, stream.split());
    const { kind, durationMs, memoryBytes } = await readOne(
      format,
      bytes,
      `seed ${seed}, file ${file}`,
    );
    if (kind === null) accepted++;
    else refused[kind] = (refused[kind] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, durationMs);
    memoryFactor = Math.max(memoryFactor, (memoryBytes - MEMORY_BYTES) / Math.max(1, bytes.length));
  }
  return { format: format.name, files: count, accepted, refused, slowestMs, memoryFactor };
}

/** What reading a file came to; a kind of null is one that was read. */
interface Reading {
  readonly kind: string | null;
  readonly durationMs: number;
  readonly memoryBytes: number;
}

/**
 * Reads one file; again where it took long or much memory, as the process may have been halted meanwhile, and
 * the memory the garbage of others.
 */
export async function readOne(
  format: FuzzedFormat,
  bytes: Uint8Array,
  which: string,
): Promise<Reading> {
  const refuse = (found: string, cause?: unknown): never => {
    throw new FuzzError(
      `Cannot take ${format.name}, ${which}, as it must be read rightly or refused: found ${found}, with the bytes ${bytes.toBase64()}`,
      { cause },
    );
  };
  const mostBytes = MEMORY_BYTES + MEMORY_FACTOR * bytes.length;
  for (let attempt = 1;; attempt++) {
    const { kind, durationMs, memoryBytes } = await attemptOne(format, bytes, refuse);
    if (durationMs <= LONGEST_MS && memoryBytes <= mostBytes) {
      return { kind, durationMs, memoryBytes };
    }
    if (attempt < ATTEMPTS) continue;
    refuse(
      `that it took ${
        durationMs.toFixed(0)
      } ms and ${memoryBytes} bytes of memory for a file of ${bytes.length}`,
    );
  }
}

type Refuse = (found: string, cause?: unknown) => never;

async function attemptOne(
  format: FuzzedFormat,
  bytes: Uint8Array,
  refuse: Refuse,
): Promise<Reading> {
  const [startMs, before] = [performance.now(), memory()];
  let error: unknown = null;
  let value: unknown;
  try {
    value = await format.read(bytes);
  } catch (thrown) {
    error = thrown;
  }
  const [durationMs, memoryBytes] = [performance.now() - startMs, memory() - before];
  if (error !== null) {
    const fault = faultOf(error, format);
    if (fault !== null) refuse(fault, error);
    await settle(format, refuse);
    return { kind: (error as Error).constructor.name, durationMs, memoryBytes };
  }
  try {
    await format.check(value, bytes);
  } catch (thrown) {
    refuse(`a wrong answer (${thrown})`, thrown);
  }
  await settle(format, refuse);
  return { kind: null, durationMs, memoryBytes };
}

async function settle(format: FuzzedFormat, refuse: Refuse): Promise<void> {
  try {
    await format.settle?.();
  } catch (thrown) {
    refuse(`that it left something behind (${thrown})`, thrown);
  }
}

/** What is wrong with an error; null if nothing is. */
function faultOf(error: unknown, { file }: FuzzedFormat): string | null {
  const isTyped = error instanceof SyntaxError || error instanceof RangeError ||
    error instanceof TypeError || (error instanceof Error && error.name === "UsageError");
  if (!isTyped) return `an error of another kind (${error})`;
  const { message } = error;
  if (!/^Cannot [^]+ as [^]+: found [^]*$/.test(message)) {
    return `an error that does not say what must hold (${error})`;
  }
  if (!message.includes(file)) return `an error that does not name the file (${error})`;
  return message.length > LONGEST_MESSAGE ? `a message of ${message.length} characters` : null;
}

function memory(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}
