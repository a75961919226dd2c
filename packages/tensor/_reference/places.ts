import { type Shape, sizeOf, stridesOf } from "../shape.ts";

/** Called for each place of an output; the inputs' places are in an array that is used again. */
type Visit = (place: number, inputPlaces: readonly number[]) => void;

/** Visits every place of a tensor in order, with the places of inputs that broadcast to it. */
export function forEachPlace(shape: Shape, inputs: readonly Shape[], visit: Visit): void {
  walk(
    shape,
    inputs.map((input) => ({ start: 0, strides: broadcastStrides(input, shape) })),
    visit,
  );
}

/**
 * Visits every place of a tensor in order, and beside it a place in each input, which starts at
 * `start` and moves by `strides[axis]` with each step along an axis.
 */
export function walk(
  shape: Shape,
  inputs: readonly { readonly start: number; readonly strides: readonly number[] }[],
  visit: Visit,
): void {
  const size = sizeOf(shape);
  const places = inputs.map((input) => input.start);
  const index = new Array<number>(shape.length).fill(0);
  for (let place = 0; place < size; place++) {
    visit(place, places);
    // As an odometer: the last axis turns; at its end it goes back to 0 and the one before it turns.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const turns = ++index[axis]! < shape[axis]!;
      if (!turns) index[axis] = 0;
      for (let i = 0; i < inputs.length; i++) {
        const stride = inputs[i]!.strides[axis]!;
        places[i]! += turns ? stride : -stride * (shape[axis]! - 1);
      }
      if (turns) break;
    }
  }
}

/** Strides of `input` along the axes of `shape`; 0 where the input is repeated. */
export function broadcastStrides(input: Shape, shape: Shape): number[] {
  const own = stridesOf(input);
  const missing = shape.length - input.length;
  return shape.map((_, axis) =>
    axis < missing || input[axis - missing] === 1 ? 0 : own[axis - missing]!
  );
}
