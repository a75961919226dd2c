import type { Sequential } from "@gradus/layers";
import type { Backend } from "@gradus/tensor";
import { openModel } from "@gradus/train";
import { UsageError } from "./usage_error.ts";

/**
 * The model that a run left, from its `model.safetensors` alone.
 *
 * @param folder The run's folder.
 * @param options Where the model shall live, and what is done with it, for messages, such as `export`.
 * @returns The model, initialised.
 * @throws {UsageError} If there is no such file, or it is no model of Gradus, in one line.
 *
 * @example
 * ```ts
 * import { openRunModel, UsageError } from "@gradus/cli";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertRejects } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await assertRejects(
 *   () => openRunModel(folder, { backend: reference(), verb: "export" }),
 *   UsageError,
 *   "found no model.safetensors",
 * );
 * ```
 */
export async function openRunModel(
  folder: string,
  options: { readonly backend: Backend; readonly verb: string },
): Promise<Sequential> {
  try {
    return await openModel(`${folder}/model.safetensors`, { backend: options.backend });
  } catch (cause) {
    const isRefused = cause instanceof SyntaxError || cause instanceof TypeError ||
      cause instanceof RangeError;
    throw new UsageError(
      isRefused
        ? cause.message
        : `Cannot ${options.verb} ${folder} as it must hold what training leaves at its end: found no model.safetensors`,
      { cause },
    );
  }
}
