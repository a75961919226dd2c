import { formatShape, ShapeError } from "@gradus/tensor";
import type { BatchSource, HostBatch } from "./batch_source.ts";

/**
 * The batches of an epoch, which must be as many as the source said: their losses have so many slots, and
 * an epoch without a last step would never be read.
 */
export function* wholeEpoch(
  batches: BatchSource,
  options: { readonly epoch: number; readonly length: number },
): Generator<HostBatch, void> {
  const { epoch, length } = options;
  const refuse = (found: string) => {
    throw new RangeError(
      `Cannot take the batches of epoch ${epoch} as there must be ${length}, the source's length: found ${found}`,
    );
  };
  let count = 0;
  for (const batch of batches.epoch(epoch)) {
    if (count === length) refuse("more");
    count++;
    assertRows(batch);
    yield batch;
  }
  if (count < length) refuse(`${count}`);
}

function assertRows({ x, y, rows }: HostBatch): void {
  if (x.shape[0] === rows && y.shape[0] === rows) return;
  throw new ShapeError(
    `Cannot take a batch of ${rows} rows as inputs and targets must have as many: found ${
      formatShape(x.shape)
    } and ${formatShape(y.shape)}`,
  );
}
