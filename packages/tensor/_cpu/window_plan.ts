import type { Conv2dGeometry } from "../backend.ts";

/** Lengths of one image's convolution. */
export interface ConvolutionShape extends Conv2dGeometry {
  /** Of `x`: `[height, width, channels]`. */
  readonly x: readonly [number, number, number];
  /** Of the kernel: `[height, width, channels / groups]`. */
  readonly kernel: readonly [number, number, number];
  /** Of `y`: `[rows, columns, filters]`. */
  readonly y: readonly [number, number, number];
}

/** An image with zeros around it, so that no patch leaves it. */
export interface Frame {
  readonly height: number;
  readonly width: number;
  /** Zeros above and left. */
  readonly top: number;
  readonly left: number;
  /** How much of the image is inside; the rest no patch reaches. */
  readonly rows: number;
  readonly columns: number;
  /** Whether the image itself will do. */
  readonly isImage: boolean;
}

/** One tap of a convolution's kernel. */
export interface Tap {
  readonly row: number;
  readonly column: number;
}

/**
 * Pixels of the result whose patches have one form: a matrix product whose rows are patches, read where
 * they lie. Offsets are in bytes.
 */
export interface Phase {
  /** For each pixel: where its patch begins in the frame. */
  readonly patches: readonly number[];
  /** For each pixel: where it is in the result's image. */
  readonly pixels: readonly number[];
  /** The kernel's taps in the order of the patch. */
  readonly taps: readonly Tap[];
  /** Where each run of contiguous numbers begins in a patch. */
  readonly runs: readonly number[];
  /** Numbers of each run. */
  readonly runLength: number;
}

/** How to compute all pixels of a result from the patches of one image. */
export interface WindowPlan {
  readonly frame: Frame;
  readonly phases: readonly Phase[];
}

/** y from patches of x: one phase. */
export function forwardPlan(shape: ConvolutionShape): WindowPlan {
  const { stride, dilation, padding, groups } = shape;
  const [height, width, channels] = shape.x;
  const [kernelHeight, kernelWidth, inner] = shape.kernel;
  const [rows, columns, filters] = shape.y;
  const frame = frameOf({
    image: [height, width],
    before: padding,
    frame: [
      (rows - 1) * stride[0] + (kernelHeight - 1) * dilation[0] + 1,
      (columns - 1) * stride[1] + (kernelWidth - 1) * dilation[1] + 1,
    ],
  });
  const at = (row: number, column: number) => 4 * channels * (row * frame.width + column);
  const taps = grid(kernelHeight, kernelWidth, (row, column) => ({ row, column }));
  return {
    frame,
    phases: [{
      patches: grid(rows, columns, (i, j) => at(i * stride[0], j * stride[1])),
      pixels: grid(rows, columns, (i, j) => 4 * filters * (i * columns + j)),
      taps,
      ...runsOf(
        taps.map((tap) => at(tap.row * dilation[0], tap.column * dilation[1])),
        { perRow: kernelWidth, length: inner, isDense: groups === 1 },
      ),
    }],
  };
}

/**
 * ∂L/∂x from patches of dy. Pixel `h` of x meets tap `k` in pixel `(h + padding − k · dilation) / stride`
 * of y, where that is whole: so the pixels fall into `stride²` phases, each with taps of its own.
 */
export function inputGradientPlan(shape: ConvolutionShape): WindowPlan {
  const { groups, padding, stride } = shape;
  const [height, width, channels] = shape.x;
  const [kernelHeight, kernelWidth] = shape.kernel;
  const [rows, columns, filters] = shape.y;
  const last = [0, 1].map((axis) =>
    Math.floor(((shape.kernel[axis]! - 1) * shape.dilation[axis]!) / stride[axis]!)
  ) as [number, number];
  const frame = frameOf({
    image: [rows, columns],
    before: last,
    frame: [
      Math.floor((height - 1 + padding[0]) / stride[0]) + last[0] + 1,
      Math.floor((width - 1 + padding[1]) / stride[1]) + last[1] + 1,
    ],
  });
  const at = (row: number, column: number) => 4 * filters * (row * frame.width + column);
  const phases = grid(stride[0], stride[1], (rowPhase, columnPhase): Phase => {
    const down = phaseOf(rowPhase, { axis: 0, length: height, taps: kernelHeight, shape });
    const right = phaseOf(columnPhase, { axis: 1, length: width, taps: kernelWidth, shape });
    const cross = <T>(make: (i: number, j: number) => T, of: "places" | "taps") =>
      grid(down[of].length, right[of].length, make);
    const offsets = cross(
      (i, j) => at(last[0] - down.taps[i]!.offset, last[1] - right.taps[j]!.offset),
      "taps",
    );
    return {
      patches: cross((i, j) => at(down.places[i]!.offset, right.places[j]!.offset), "places"),
      pixels: cross(
        (i, j) => 4 * channels * (down.places[i]!.place * width + right.places[j]!.place),
        "places",
      ),
      taps: cross((i, j) => ({ row: down.taps[i]!.place, column: right.taps[j]!.place }), "taps"),
      ...runsOf(offsets, {
        perRow: right.taps.length,
        length: filters / groups,
        isDense: groups === 1,
      }),
    };
  });
  return { frame, phases };
}

/** Along one axis: pixels of x of a phase, and the taps that they meet, the last first. */
function phaseOf(
  phase: number,
  { axis, length, taps, shape }: {
    axis: 0 | 1;
    length: number;
    taps: number;
    shape: ConvolutionShape;
  },
): { places: Step[]; taps: Step[] } {
  const [stride, dilation, padding] = [
    shape.stride[axis],
    shape.dilation[axis],
    shape.padding[axis],
  ];
  const steps = (count: number, distance: (place: number) => number) =>
    Array.from({ length: count }, (_, place) => ({ place, offset: distance(place) - phase }))
      .filter(({ offset }) => offset % stride === 0)
      .map(({ place, offset }) => ({ place, offset: offset / stride }));
  return {
    // Before the first whole step nothing is: the frame begins with step 0.
    places: steps(length, (place) => place + padding).filter(({ offset }) => offset >= 0),
    taps: steps(taps, (tap) => tap * dilation).reverse(),
  };
}

interface Step {
  readonly place: number;
  readonly offset: number;
}

function frameOf({ image, before, frame }: {
  image: readonly [number, number];
  before: readonly [number, number];
  frame: readonly [number, number];
}): Frame {
  const isImage = before[0] === 0 && before[1] === 0 && frame[0] <= image[0] &&
    frame[1] <= image[1];
  const inside = (axis: 0 | 1) => Math.max(0, Math.min(image[axis], frame[axis] - before[axis]));
  return {
    height: isImage ? image[0] : frame[0],
    width: isImage ? image[1] : frame[1],
    top: before[0],
    left: before[1],
    rows: inside(0),
    columns: inside(1),
    isImage,
  };
}

/** Joins the taps of a row of the kernel into one run where they are neighbours in memory. */
function runsOf(
  offsets: readonly number[],
  { perRow, length, isDense }: { perRow: number; length: number; isDense: boolean },
): { runs: readonly number[]; runLength: number } {
  const isJoined = isDense &&
    offsets.every((offset, at) => at % perRow === 0 || offset === offsets[at - 1]! + 4 * length);
  return isJoined
    ? { runs: offsets.filter((_, at) => at % perRow === 0), runLength: perRow * length }
    : { runs: offsets, runLength: length };
}

function grid<T>(rows: number, columns: number, make: (row: number, column: number) => T): T[] {
  return Array.from(
    { length: rows * columns },
    (_, at) => make(Math.floor(at / columns), at % columns),
  );
}
