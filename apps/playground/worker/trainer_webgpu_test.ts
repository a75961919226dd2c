import { lacksWebGpu } from "@gradus/testing";
import { assert, assertEquals } from "@std/assert";
import { Rehearsal, settingsFor } from "./_rehearsal_test.ts";

const ignore = await lacksWebGpu();

Deno.test(
  `Trainer says that the device was lost, and starts again${ignore ? " (no adapter)" : ""}`,
  { ignore },
  async () => {
    let device: GPUDevice | null = null;
    const { gpu } = navigator;
    const requestAdapter = async (wish?: GPURequestAdapterOptions) => {
      const adapter = (await gpu.requestAdapter(wish))!;
      const requestDevice = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (wish) => device = await requestDevice(wish);
      return adapter;
    };
    Object.defineProperty(navigator, "gpu", { value: { requestAdapter }, configurable: true });
    try {
      const rehearsal = new Rehearsal();
      const broken = rehearsal.until("empty");
      const settings = settingsFor("iris", { backend: "webgpu", epochs: 10_000 });
      await rehearsal.trainer.start(settings, true);
      assertEquals(rehearsal.last("backend").backend.name, "webgpu");
      device!.destroy();
      await broken;
      assertEquals(
        rehearsal.last("state").text,
        "Training broke off. The model was lost with its device.",
      );
      const { message } = rehearsal.last("error");
      const start = "Cannot use the webgpu backend as its device must not be lost: found it lost, ";
      assert(message.startsWith(start), message);

      await rehearsal.train({ ...settings, epochs: 40 });
      const { validation } = rehearsal.last("progress").progress;
      assert(validation.at(-1)!.accuracy >= 0.9);
      await rehearsal.trainer.close();
    } finally {
      delete (navigator as { gpu?: unknown }).gpu;
    }
  },
);
