import type { Layer } from "./layer.ts";
import type { LayerRecord } from "./layer_record.ts";

/** The settings of a layer inside of another; a layer of the user's own may have none to write. */
export function recordLayer(layer: Layer, place: string): LayerRecord {
  if (layer.toJSON === undefined) {
    throw new TypeError(
      `Cannot write a model as JSON as each layer must have toJSON: found none at ${place}`,
    );
  }
  return layer.toJSON();
}
