import { inFolder } from "@gradus/testing/in-folder";
import { assert } from "@std/assert";
import type { FilesFacts } from "../messages.ts";
import { type DataName, type OptimizerName, type Settings, USUAL_SETTINGS } from "../settings.ts";
import { programText } from "./program.ts";

const config = new URL("../../../deno.json", import.meta.url).pathname;

// That it does what the tab does is tested by `Trainer`.
Deno.test("programText() is a program without errors of types, whatever the settings", async () => {
  const facts = (title: string, inputShape: readonly number[]): FilesFacts => ({
    ...{ title, inputShape, rows: 50_000, validationRows: 1000, testRows: 0, classes: [] },
  });
  const cases: readonly (readonly [DataName, FilesFacts | null])[] = [
    ["iris", null],
    ["shapes", null],
    ["files", null],
    ["files", facts("Fashion-MNIST", [28, 28, 1])],
    ["files", facts("CIFAR-10", [32, 32, 3])],
  ];
  const optimizers: readonly OptimizerName[] = ["sgd", "adam", "adamw", "muon", "rmsprop"];
  await inFolder(async (folder) => {
    for (const [i, [data, files]] of cases.entries()) {
      const settings: Settings = {
        ...USUAL_SETTINGS[data],
        optimizer: optimizers[i % optimizers.length]!,
        network: i === 2 ? "perceptron" : USUAL_SETTINGS[data].network,
        seed: i,
        backend: "auto",
        threads: 2,
      };
      await Deno.writeTextFile(
        `${folder}/${i}.ts`,
        programText(settings, { files, backend: i === 1 ? "webgpu" : "wasm" }),
      );
    }
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", `--config=${config}`, ...cases.keys().map((i) => `${i}.ts`)],
      cwd: folder,
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  });
});
