import type { Sequential } from "@gradus/layers";
import { type Backend, equalShapes, formatShape, type Shape } from "@gradus/tensor";
import { openModel } from "@gradus/train";
import { UsageError } from "./usage_error.ts";

/** What {@linkcode openRunModel} takes beside the folder. */
export interface RunModelOptions {
  /** Where the model shall live. */
  readonly backend: Backend;
  /** What is done with it, for messages, such as `export`. */
  readonly verb: string;
  /**
   * The file that it is in: what training leaves at its end, or after each whole epoch. Default:
   * `model.safetensors`.
   */
  readonly file?: "checkpoint.safetensors" | "model.safetensors";
  /** What it must take. Default: anything. */
  readonly inputShape?: Shape;
  /** What it must give. Default: anything. */
  readonly outputShape?: Shape;
}

/**
 * The model that a run left, from its `model.safetensors` or its checkpoint alone.
 *
 * @param folder The run's folder.
 * @param options Where the model shall live, what it must take and give, and what is done with it.
 * @returns The model, initialised.
 * @throws {UsageError} If there is no such file, or it is no such model of Gradus, in one line.
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
  options: RunModelOptions,
): Promise<Sequential> {
  const model = await open(folder, options);
  const { verb, inputShape, outputShape } = options;
  const found: readonly Shape[] = [model.inputShape, model.outputShapes.at(-1)!];
  [inputShape, outputShape].forEach((shape, i) => {
    if (shape === undefined || equalShapes(shape, found[i]!)) return;
    throw new UsageError(
      `Cannot ${verb} ${folder} as its model must ${i === 0 ? "take" : "give"} ${
        formatShape(shape)
      }: found ${formatShape(found[i]!)}`,
    );
  });
  return model;
}

async function open(folder: string, options: RunModelOptions): Promise<Sequential> {
  const { backend, verb, file = "model.safetensors" } = options;
  try {
    return await openModel(`${folder}/${file}`, { backend });
  } catch (cause) {
    const isRefused = cause instanceof SyntaxError || cause instanceof TypeError ||
      cause instanceof RangeError;
    const what = file === "model.safetensors"
      ? "training leaves at its end"
      : "a whole epoch leaves";
    throw new UsageError(
      isRefused
        ? cause.message
        : `Cannot ${verb} ${folder} as it must hold what ${what}: found no ${file}`,
      { cause },
    );
  }
}
