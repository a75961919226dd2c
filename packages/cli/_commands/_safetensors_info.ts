import { type LayerRecord, layerShapes, type SequentialRecord } from "@gradus/layers";
import { decodeSafetensors } from "@gradus/safetensors";
import type { FileInfo } from "./info.ts";
import { plain } from "./_plain.ts";

/** What is in a file of safetensors. */
export function safetensorsInfo(bytes: Uint8Array, path: string): FileInfo {
  const { tensors, metadata } = decodeSafetensors(bytes, { name: path });
  const model = modelInfo(metadata);
  const own = ["model", "inputShape", "checkpoint"];
  return {
    format: "safetensors",
    what: [...model.what, ...checkpointInfo(metadata)],
    tensors: [...tensors].map(([name, { dtype, shape, data }]) => ({
      ...{ name, dtype, shape, sizeBytes: data.byteLength },
    })),
    metadata: Object.fromEntries([...metadata].filter(([key]) => !own.includes(key))),
    layers: model.layers,
  };
}

function modelInfo(metadata: ReadonlyMap<string, string>): Pick<FileInfo, "what" | "layers"> {
  const text = metadata.get("model");
  if (text === undefined) return { what: [], layers: [] };
  try {
    const record: LayerRecord = JSON.parse(text);
    const inputShape: number[] = JSON.parse(metadata.get("inputShape") ?? "null");
    const { output } = layerShapes(record, inputShape);
    return {
      what: [`a model of Gradus: [${inputShape.join(", ")}] to [${output.join(", ")}]`],
      layers: [
        ["layer", "type", "settings", "output", "parameters"],
        ...layersOf(record as SequentialRecord, inputShape),
      ],
    };
  } catch (error) {
    return {
      what: [`a model of Gradus that cannot be made: ${plain((error as Error).message, 200)}`],
      layers: [],
    };
  }
}

function layersOf({ layers }: SequentialRecord, inputShape: readonly number[]): string[][] {
  let shape = inputShape;
  return layers.map((layer, place) => {
    const { output, parameters } = layerShapes(layer, shape);
    const count = parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    shape = output;
    return [`${place}`, layer.type, settingsOf(layer), `[${output.join(", ")}]`, `${count}`];
  });
}

function settingsOf({ type: _, ...settings }: LayerRecord): string {
  const text = Object.entries(settings).map(([name, value]) =>
    `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`
  );
  return plain(text.join(", "));
}

function checkpointInfo(metadata: ReadonlyMap<string, string>): string[] {
  const text = metadata.get("checkpoint");
  if (text === undefined) return [];
  try {
    const { epoch, optimizer, average, stopping, others } = JSON.parse(text);
    const has = [
      `optimizer ${optimizer.kind} after ${optimizer.steps} steps`,
      ...average === null ? [] : ["averaged weights"],
      ...stopping === null ? [] : ["best weights"],
      ...Object.keys(others),
    ];
    return [plain(`a checkpoint of ${epoch} epochs: ${has.join(", ")}`, 200)];
  } catch {
    return ["a checkpoint that cannot be read"];
  }
}
