/**
 * What `exportTorch` writes for two trainings, kept in this folder to be read, and compared by
 * `export_torch_test.ts`. To write it anew:
 *
 *     deno run --allow-read --allow-write packages/torch/golden/_write_programs_test.ts write
 *
 * @module
 */
import { beginCifar } from "@gradus/testing/image-trainings";
import { inFolder } from "@gradus/testing/in-folder";
import { beginIris } from "@gradus/testing/iris-training";
import { train } from "@gradus/testing/training";
import { reference } from "@gradus/tensor/reference";
import { exportTorch } from "../mod.ts";

/** How many epochs of the flowers are done. */
export const IRIS_EPOCHS = 2;

/** Files by their path from this folder. */
export async function writtenFiles(): Promise<Map<string, Uint8Array | string>> {
  const files = new Map<string, Uint8Array | string>();
  const iris = beginIris();
  await train(iris, { from: 0, to: IRIS_EPOCHS });
  for (const [name, contents] of await exportTorch({ model: iris.model, training: iris })) {
    files.set(`iris/${name}`, contents);
  }
  await inFolder(async (folder) => {
    const cifar = await beginCifar(folder, reference());
    for (const [name, contents] of await exportTorch({ model: cifar.model, training: cifar })) {
      if (name.endsWith(".py")) files.set(`cifar/${name}`, contents);
    }
  });
  return files;
}

if (Deno.args[0] === "write") {
  for (const [name, contents] of await writtenFiles()) {
    const path = `${import.meta.dirname}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if (typeof contents === "string") await Deno.writeTextFile(path, contents);
    else await Deno.writeFile(path, contents);
  }
}
