import { readModelJson } from "./_model_json.ts";

/**
 * The names of the files of weights that a `model.json` refers to, each a plain name in the same folder.
 *
 * @param modelJson The bytes of the file.
 * @returns The names, in order.
 * @throws {SyntaxError} If the file is no LayersModel, or a name could lead elsewhere.
 *
 * @example
 * ```ts
 * import { shardNames } from "@gradus/layers-model";
 * import { assertEquals } from "@std/assert";
 *
 * const json = {
 *   format: "layers-model",
 *   modelTopology: { class_name: "Sequential", config: { layers: [] } },
 *   weightsManifest: [{ paths: ["weights.bin"], weights: [] }],
 * };
 * assertEquals(shardNames(new TextEncoder().encode(JSON.stringify(json))), ["weights.bin"]);
 * ```
 */
export function shardNames(modelJson: Uint8Array): string[] {
  return readModelJson(modelJson).groups.flatMap(({ paths }) => paths);
}
