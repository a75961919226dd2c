import { ShapeError } from "@gradus/tensor";

/** The same error, telling by its path which layer of a model it is about: `3.branch.0`. */
export function nameLayer(error: unknown, place: string): unknown {
  if (!(error instanceof ShapeError)) return error;
  const [, text, inner] = error.message.match(/^(.*) \(layer (\S+) of the model\)$/s) ??
    [null, error.message, null];
  const path = inner === null ? place : `${place}.${inner}`;
  return new ShapeError(`${text} (layer ${path} of the model)`, { cause: error });
}
