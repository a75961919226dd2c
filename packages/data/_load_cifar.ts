import {
  allocateRecords,
  CHANNELS,
  countRecords,
  decodeRecords,
  recordLength,
  SIDE,
} from "./_cifar_records.ts";
import { readExactly } from "./_read_exactly.ts";
import type { NdArray } from "./nd_array.ts";

/** Images and, for each label of a record, those of all rows. */
export interface LoadedRecords {
  readonly x: NdArray<Uint8Array>;
  readonly labels: readonly NdArray<Int32Array>[];
}

/** How many records are read at a time. */
const CHUNK = 1000;

/** Reads files of records one after another, in chunks, into one array. */
export async function loadRecords(
  paths: readonly string[],
  classCounts: readonly number[],
): Promise<LoadedRecords> {
  const { open, stat } = await import("node:fs/promises");
  const counts: number[] = [];
  for (const file of paths) {
    counts.push(countRecords((await stat(file)).size, { classCounts, file }));
  }
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const records = allocateRecords(rows, classCounts);
  const recordBytes = recordLength(classCounts);
  const chunk = new Uint8Array(CHUNK * recordBytes);
  let first = 0;
  for (const [i, file] of paths.entries()) {
    const handle = await open(file);
    try {
      for (let record = 0; record < counts[i]; record += CHUNK) {
        const begin = record * recordBytes;
        const bytes = chunk.subarray(0, Math.min(CHUNK, counts[i] - record) * recordBytes);
        await readExactly(handle, bytes, { begin, file });
        decodeRecords(bytes, { ...records, begin, first: first + record }, { classCounts, file });
      }
    } finally {
      await handle.close();
    }
    first += counts[i];
  }
  return {
    x: { data: records.images, shape: [rows, SIDE, SIDE, CHANNELS] },
    labels: records.labels.map((data) => ({ data, shape: [rows] })),
  };
}

/** The names of classes, one a line; null if there is no such file. */
export async function loadNames(path: string, count: number): Promise<readonly string[] | null> {
  const { readFile } = await import("node:fs/promises");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  }
  const names = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  if (names.length === count) return names;
  throw new SyntaxError(
    `Cannot decode ${path} as it must name ${count} classes, one a line: found ${names.length}`,
  );
}
