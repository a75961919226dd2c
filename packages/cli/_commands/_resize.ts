import type { Pixels } from "./_decode_image.ts";

/**
 * An image of another size: each new pixel is the mean of the old ones around it, weighted by a triangle
 * that is as wide as a new pixel and its two neighbours, or, where the image grows, as two old ones.
 *
 * Rows first, then columns, and weights in whole multiples of 2⁻²², so that ties round alike everywhere: the
 * bytes are those of Pillow's `resize` with `BILINEAR`.
 */
export function resize(
  image: Pixels,
  size: { readonly height: number; readonly width: number },
): Pixels {
  const { channels } = image;
  const wide = stretch(image.data, {
    ...{ outer: image.height, from: image.width, to: size.width, inner: channels },
  });
  const data = stretch(wide, {
    ...{ outer: 1, from: image.height, to: size.height, inner: size.width * channels },
  });
  return { data, ...size, channels };
}

/** A weight of 1. */
const UNIT = 2 ** 22;

/** Resamples the middle axis of `[outer, from, inner]`. */
function stretch(
  data: Uint8Array,
  { outer, from, to, inner }: {
    readonly outer: number;
    readonly from: number;
    readonly to: number;
    readonly inner: number;
  },
): Uint8Array {
  if (from === to) return data;
  const result = new Uint8Array(outer * to * inner);
  const scale = from / to;
  const reach = Math.max(scale, 1);
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.round(centre - reach));
    const last = Math.min(from, Math.round(centre + reach));
    const shares = Array.from(
      { length: last - first },
      (_, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / reach),
    );
    const total = shares.reduce((sum, share) => sum + share, 0);
    const weights = shares.map((share) => Math.round(UNIT * share / total));
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = UNIT / 2;
        weights.forEach((weight, w) => sum += weight * data[(o * from + first + w) * inner + i]!);
        result[(o * to + place) * inner + i] = Math.min(255, Math.floor(sum / UNIT));
      }
    }
  }
  return result;
}
