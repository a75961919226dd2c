import type { Operand, PoolGeometry } from "../backend.ts";
import { sizeOf } from "../shape.ts";
import { valuesOf } from "./storage.ts";

export function maxPool2d(
  x: Operand,
  options: PoolGeometry,
  out: { readonly y: Operand; readonly indices: Operand | null },
): void {
  const [from, to] = [valuesOf(x), valuesOf(out.y)];
  const indices = out.indices === null ? null : valuesOf(out.indices);
  forEachWindow(x, out.y, options, (y, places) => {
    let best = places[0]!;
    for (const place of places) {
      // Only a larger number, or the first NaN, takes the lead: a tie stays with the first.
      const takesLead = from[place]! > from[best]! || Number.isNaN(from[place]!);
      if (takesLead && !Number.isNaN(from[best]!)) best = place;
    }
    to[y] = from[best]!;
    if (indices !== null) indices[y] = best;
  });
}

export function maxPool2dGradient(
  operands: { readonly dy: Operand; readonly indices: Operand },
  _options: PoolGeometry,
  out: Operand,
): void {
  const [dy, indices] = [valuesOf(operands.dy), valuesOf(operands.indices)];
  const dx = new Float64Array(sizeOf(out.shape));
  const size = sizeOf(operands.dy.shape);
  for (let i = 0; i < size; i++) dx[indices[i]!]! += dy[i]!;
  valuesOf(out).set(dx);
}

export function averagePool2d(x: Operand, options: PoolGeometry, out: Operand): void {
  const [from, to] = [valuesOf(x), valuesOf(out)];
  forEachWindow(x, out, options, (y, places) => {
    let sum = 0;
    for (const place of places) sum += from[place]!;
    to[y] = sum / places.length;
  });
}

export function averagePool2dGradient(dy: Operand, options: PoolGeometry, out: Operand): void {
  const slopes = valuesOf(dy);
  const dx = new Float64Array(sizeOf(out.shape));
  forEachWindow(out, dy, options, (y, places) => {
    for (const place of places) dx[place]! += slopes[y]! / places.length;
  });
  valuesOf(out).set(dx);
}

/** Visits every number of `y` with the places of its window's numbers that lie inside `x`. */
function forEachWindow(
  x: Operand,
  y: Operand,
  { window, stride, padding }: PoolGeometry,
  visit: (y: number, places: readonly number[]) => void,
): void {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const [images, rows, columns] = y.shape as [number, number, number];
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        for (let c = 0; c < channels; c++) {
          const places: number[] = [];
          for (let k = 0; k < window[0]; k++) {
            for (let l = 0; l < window[1]; l++) {
              const row = i * stride[0] + k - padding[0];
              const column = j * stride[1] + l - padding[1];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              places.push(((n * height + row) * width + column) * channels + c);
            }
          }
          visit(((n * rows + i) * columns + j) * channels + c, places);
        }
      }
    }
  }
}
