import type { BatchSource, HostBatch } from "./batch_source.ts";

/**
 * The batches of an epoch, which must be as many as the source said: their losses have so many slots, and
 * an epoch that never ends would never be read.
 */
export function* wholeEpoch(
  batches: BatchSource,
  options: { readonly epoch: number; readonly length: number },
): Generator<HostBatch, void> {
  const { epoch, length } = options;
  let count = 0;
  for (const batch of batches.epoch(epoch)) {
    if (count === length) refuse(epoch, length, "more");
    count++;
    yield batch;
  }
  if (count < length) refuse(epoch, length, count);
}

function refuse(epoch: number, length: number, found: number | string): never {
  throw new RangeError(
    `Cannot take the batches of epoch ${epoch} as there must be ${length}, the source's length: found ${found}`,
  );
}
