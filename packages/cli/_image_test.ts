import { type ChannelStatistics, ImageBatches } from "@gradus/data";
import type { Layer } from "@gradus/layers";
import type { Backend } from "@gradus/tensor";
import type { TestedImages } from "./classifier_report.ts";
import { classify } from "./classify.ts";
import type { ImageTask } from "./run_images.ts";
import { UsageError } from "./usage_error.ts";

/** What the one look at the test images needs. */
export interface ImageTest {
  readonly task: ImageTask;
  readonly batch: number;
  readonly mirrored: boolean;
  /** Pixels to move images by too; 0 for not. */
  readonly shift?: number;
  readonly backend: Backend;
  /** The model, trained. */
  readonly model: Layer;
  /** Mean and deviation of the images that it was trained on. */
  readonly statistics: ChannelStatistics;
}

/** One look at the test images. */
export async function testImages(test: ImageTest): Promise<TestedImages> {
  const { task, batch, mirrored, shift = 0, backend, model, statistics } = test;
  const inputs = {
    ...{ model, backend },
    batches: new ImageBatches(task.test, { size: batch, statistics }),
  };
  return {
    images: task.test.x,
    labels: task.test.y.data.includes(-1) ? null : task.test.y.data,
    plain: await classify(inputs),
    mirrored: mirrored ? await classify({ ...inputs, mirrored }) : null,
    shifted: shift > 0 ? await classify({ ...inputs, mirrored, shift }) : null,
  };
}

/** Refuses test images that no network of this training can take. */
export function assertTestSize({ training, test }: ImageTask): void {
  const [size, found] = [training, test].map(({ x }) => x.shape.slice(1).join(" × "));
  if (size === found) return;
  throw new UsageError(
    `Cannot test as images must be of the size that is trained on, ${size}: found ${found}`,
  );
}
