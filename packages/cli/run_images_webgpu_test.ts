import { lacksWebGpu, stagedGpu } from "@gradus/testing";
import { webGpu } from "@gradus/tensor/webgpu";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { smallImages, smallModel, smallTraining } from "./_small_training_test.ts";
import { InterruptedTrainingError } from "./interrupted_training_error.ts";
import { type ImageProgram, runImages } from "./run_images.ts";

const ignore = await lacksWebGpu();

/** Three epochs of 20 images, of which 6 are held out. */
function programOf(
  changes: Pick<ImageProgram, "backend" | "root" | "resume"> & Partial<ImageProgram>,
): ImageProgram {
  return {
    ...{ title: "Small", lead: "A small network.", mirrored: false, explain: () => [] },
    task: { training: smallImages(20), test: smallImages(5, 7), classes: ["red", "green", "blue"] },
    build: ({ backend, random, stepsPerEpoch }) =>
      smallTraining(smallModel(backend, random), 3 * stepsPerEpoch),
    ...{ epochs: 3, batch: 4, seed: 5, validation: 6, limit: null },
    ...{ modelName: "small", config: { seed: 5 } },
    ...changes,
  };
}

Deno.test(
  `runImages() goes on, to the same bytes, where a GPU was lost in the second epoch${
    ignore ? " (no adapter)" : ""
  }`,
  { ignore },
  async () => {
    const root = await Deno.makeTempDir();
    const read = (folder: string) => Deno.readFileSync(`${folder}/model.safetensors`);
    try {
      const whole = await webGpu();
      const { run } = await runImages(programOf({ backend: whole, root, resume: null }));
      await whole.close();

      let device: GPUDevice | null = null;
      const broken = await webGpu({ gpu: stagedGpu({ onDevice: (own) => device = own }) });
      const error = await assertRejects(
        () =>
          runImages(programOf({
            ...{ backend: broken, root, resume: null },
            onEpoch: ({ epoch }) => {
              if (epoch === 0) device!.destroy();
            },
          })),
        InterruptedTrainingError,
      );
      await broken.close();
      const { resumable } = error;
      assert(resumable !== null);
      assert(
        error.message.startsWith(
          "Cannot use the webgpu backend as its device must not be lost: found it lost, ",
        ),
        error.message,
      );
      assert(
        error.message.endsWith(`; all whole epochs are kept: go on with --resume ${resumable}`),
        error.message,
      );

      const again = await webGpu();
      const resumed = await runImages(programOf({ backend: again, root, resume: resumable }));
      await again.close();
      assertEquals(read(resumed.run.folder), read(run.folder));
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
);
