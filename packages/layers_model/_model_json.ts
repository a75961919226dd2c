import { type Shape, sizeOf } from "@gradus/tensor";
import { type Json, listOf, member, objectOf, refuse, refuseBecause, textOf } from "./_refuse.ts";

/** What `model.json` says, but for what its layers are. */
export interface ModelJson {
  /** The topology. */
  readonly topology: Json;
  /** Files, and the weights that lie in them one behind the other. */
  readonly groups: readonly WeightGroup[];
}

/** Weights that lie in some files one behind the other. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

/** A weight of a file. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
}

/** Reads `model.json`, strictly. */
export function readModelJson(bytes: Uint8Array): ModelJson {
  const json = objectOf("model.json", parse(bytes));
  const format = member(json, "format");
  if (format !== "layers-model" && format !== undefined) {
    refuse("its format must be layers-model", format);
  }
  const manifest = listOf("weightsManifest", member(json, "weightsManifest"));
  const topology = objectOf("modelTopology", member(json, "modelTopology"));
  const groups = manifest.map(readGroup);
  const names = new Set<string>();
  for (const { name } of groups.flatMap(({ weights }) => weights)) {
    if (names.has(name)) refuse("each weight must be there once", name);
    names.add(name);
  }
  // What Keras itself saved holds the model beside the settings of its training.
  const inner = member(topology, "model_config");
  return { topology: inner === undefined ? topology : objectOf("model_config", inner), groups };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    refuseBecause("model.json must be JSON in UTF-8", cause as Error);
  }
}

function readGroup(value: unknown): WeightGroup {
  const group = objectOf("each group of weights", value);
  return {
    paths: listOf("paths", member(group, "paths")).map(readPath),
    weights: listOf("weights", member(group, "weights")).map(readSpec),
  };
}

/** Files lie beside `model.json`: no name may lead elsewhere. What a browser downloads is `./name`. */
function readPath(value: unknown): string {
  const path = textOf("each path of weights", value).replace(/^\.\//, "");
  if (/^(?!\.)[A-Za-z0-9._-]{1,200}$/.test(path)) return path;
  refuse("each path of weights must be the plain name of a file", path);
}

function readSpec(value: unknown): WeightSpec {
  const spec = objectOf("each weight", value);
  const name = textOf("each weight's name", member(spec, "name"));
  const dtype = member(spec, "dtype");
  if (member(spec, "quantization") !== undefined) {
    refuse(
      `${name} must hold float32, as what quantisation rounded off cannot be had back`,
      member(spec, "quantization"),
    );
  }
  if (dtype !== "float32") refuse(`the dtype of ${name} must be float32`, dtype);
  const shape = listOf(`the shape of ${name}`, member(spec, "shape")).map((length) => {
    if (Number.isInteger(length) && (length as number) >= 1) return length as number;
    refuse(`each length of ${name} must be a whole number of at least 1`, length);
  });
  if (sizeOf(shape) > Number.MAX_SAFE_INTEGER) refuse(`${name} must have a size below 2^53`, shape);
  return { name, shape };
}

/** The numbers of each weight, by its name. */
export function readWeights(
  groups: readonly WeightGroup[],
  files: ReadonlyMap<string, Uint8Array>,
): Map<string, Float32Array> {
  const read = new Map<string, Float32Array>();
  for (const { paths, weights } of groups) {
    const shards = paths.map((path) => {
      const shard = files.get(path);
      if (shard === undefined) refuse("all files of weights must be there", { missing: path });
      return shard;
    });
    const sizeBytes = shards.reduce((sum, { length }) => sum + length, 0);
    const wanted = weights.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
    if (sizeBytes !== wanted) {
      refuse(
        `${paths.join(" and ").slice(0, 80)} must have the ${wanted} bytes of their weights`,
        sizeBytes,
      );
    }
    const bytes = new Uint8Array(sizeBytes);
    let end = 0;
    for (const shard of shards) {
      bytes.set(shard, end);
      end += shard.length;
    }
    const view = new DataView(bytes.buffer);
    let byte = 0;
    for (const { name, shape } of weights) {
      const data = new Float32Array(sizeOf(shape));
      for (let i = 0; i < data.length; i++, byte += 4) data[i] = view.getFloat32(byte, true);
      read.set(name, data);
    }
  }
  return read;
}
