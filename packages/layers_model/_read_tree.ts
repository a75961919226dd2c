import { type LayerRecord, layerShapes, type SequentialRecord } from "@gradus/layers";
import { equalShapes, formatShape, type Shape } from "@gradus/tensor";
import type { Step } from "./_read_graph.ts";
import { type ReadLayer, readLayer } from "./_read_layer.ts";
import { refuse, refuseBecause } from "./_refuse.ts";

/** A weight that the file must have. */
export interface BoundWeight {
  /** Its name there: `dense_1/kernel`. */
  readonly name: string;
  /** Its name here: `3.branch.0.weight`. */
  readonly own: string;
  /** Its shape there, if that is not its shape here. */
  readonly shape: Shape | null;
  /** Whether it is trained. */
  readonly trainable: boolean;
}

/** Steps as layers of Gradus. */
export interface Tree {
  /** The layers. */
  readonly record: SequentialRecord;
  /** Their weights. */
  readonly weights: readonly BoundWeight[];
  /** Shape of one output. */
  readonly output: Shape;
}

/**
 * Makes layers of steps.
 *
 * @throws {TypeError} If Gradus has no such layer, naming all of them.
 */
export function readTree(steps: readonly Step[], inputShape: Shape): Tree {
  const reader = new TreeReader();
  const tree = reader.read(steps, inputShape, "");
  if (reader.problems.length === 0) return tree;
  throw new TypeError(
    `Cannot read a LayersModel as Gradus must have each layer: found ${
      reader.problems.slice(0, 20).join(", ")
    }${reader.problems.length > 20 ? ` and ${reader.problems.length - 20} more` : ""}`,
  );
}

class TreeReader {
  /** What Gradus does not have. Shapes are not known any more once there is one. */
  readonly problems: string[] = [];
  readonly #names = new Set<string>();

  read(steps: readonly Step[], input: Shape, path: string): Tree {
    const layers: LayerRecord[] = [];
    const weights: BoundWeight[] = [];
    let shape = input;
    let padding: { readonly pixels: number; readonly name: string } | null = null;
    for (const step of steps) {
      if (this.#names.has(step.name)) refuse("names of layers must differ", step.name);
      this.#names.add(step.name);
      if (step.kind === "sum") {
        if (padding !== null) refuseAlone(padding.name);
        const sum = this.#sum(step, shape, `${path}${layers.length}.`);
        layers.push(...sum.record.layers);
        weights.push(...sum.weights);
        shape = sum.output;
        continue;
      }
      const layer = this.#layer(step, shape);
      if (layer === null) continue;
      const [first, ...rest] = layer.records;
      if (first === undefined) {
        if (padding !== null) refuseAlone(padding.name);
        padding = { pixels: layer.padding!, name: step.name };
        continue;
      }
      const main = padding === null ? first : padded(first, padding);
      padding = null;
      weights.push(...bind(layer, main, { name: step.name, path: `${path}${layers.length}.` }));
      layers.push(main, ...rest);
      shape = this.#outputOf([main, ...rest], shape, step.name);
    }
    if (padding !== null) refuseAlone(padding.name);
    return { record: { type: "sequential", layers }, weights, output: shape };
  }

  #layer({ name, className, config }: Step & { readonly kind: "layer" }, shape: Shape) {
    const layer = readLayer(className, config, this.problems.length === 0 ? shape : null);
    if (typeof layer !== "string") return layer;
    this.problems.push(`${layer} at ${name}`.slice(0, 160));
    return null;
  }

  #sum({ name, ways }: Step & { readonly kind: "sum" }, shape: Shape, path: string): Tree {
    // The way without a step is the input itself, whichever comes first.
    const [branch, other] = ways[0].length > 0 ? ways : [ways[1], ways[0]];
    const left = this.read(branch, shape, `${path}branch.`);
    const right = other.length === 0 ? null : this.read(other, shape, `${path}shortcut.`);
    const shapes = [left.output, right?.output ?? shape] as const;
    if (this.problems.length === 0 && !equalShapes(...shapes)) {
      refuse(`${name} must add two of one shape`, shapes.map(formatShape).join(" and "));
    }
    const record = {
      type: "residual",
      branch: left.record,
      shortcut: right === null ? null : right.record,
    } as const;
    return {
      record: { type: "sequential", layers: [record] },
      weights: [...left.weights, ...right?.weights ?? []],
      output: left.output,
    };
  }

  #outputOf(records: readonly LayerRecord[], input: Shape, name: string): Shape {
    if (this.problems.length > 0) return input;
    try {
      return layerShapes({ type: "sequential", layers: records }, input).output;
    } catch (cause) {
      refuseBecause(`${name} must be a layer that its input fits`, cause as Error);
    }
  }
}

function padded(
  record: LayerRecord,
  { pixels, name }: { readonly pixels: number; readonly name: string },
): LayerRecord {
  if (record.type !== "conv2d" || record.padding !== "valid") refuseAlone(name);
  return { ...record, padding: pixels };
}

function refuseAlone(name: string): never {
  refuse(`${name} must be followed by a convolution that has no padding of its own`, "none");
}

function bind(
  { weights, trainable }: ReadLayer,
  record: LayerRecord,
  { name, path }: { readonly name: string; readonly path: string },
): BoundWeight[] {
  return weights.map(({ role, own }) => ({
    name: `${name}/${role}`,
    own: `${path}${own}`,
    shape: role === "depthwise_kernel" && record.type === "conv2d"
      ? [...record.kernel, record.groups, record.filters / record.groups]
      : null,
    trainable,
  }));
}
