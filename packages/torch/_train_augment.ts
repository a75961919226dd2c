import type { AugmentationRecord } from "@gradus/data/augmentation-record";

/** The line of `prepare` that changes images, and the functions that it needs. */
export interface ChangePy {
  /** An expression of `x`, `rows` and `epoch`. */
  readonly call: string;
  /** Definitions, by the names of functions. */
  readonly functions: Readonly<Record<string, string>>;
}

/** A change of images, by its place among the others, which its random numbers depend on. */
export function changePy(change: AugmentationRecord, place: number): ChangePy {
  switch (change.type) {
    case "alternatingFlip":
      return {
        call: `alternating_flip(x, draw_for_all_epochs(${place}, rows, 0, 2), epoch)`,
        functions: { alternating_flip: ALTERNATING_FLIP, draw_for_all_epochs: DRAW_FOR_ALL_EPOCHS },
      };
    case "cutout":
      return {
        call: `cutout(x, ${draws(place, ["x.shape[2]", "x.shape[3]"])}, ${change.size})`,
        functions: { cutout: CUTOUT, draw: DRAW },
      };
    case "flip":
      return {
        call: `flip(x, ${draws(place, ["2"])})`,
        functions: { flip: FLIP, draw: DRAW },
      };
    case "translate": {
      const { pixels, padding } = change;
      const places = `${2 * pixels + 1}`;
      const ways = draws(place, [places, places]).replaceAll(/\)(?=,|$)/g, `) - ${pixels}`);
      return {
        call: `translate_${padding}(x, ${ways})`,
        functions: {
          [`translate_${padding}`]: padding === "reflect" ? TRANSLATE_REFLECT : TRANSLATE_ZERO,
          draw: DRAW,
        },
      };
    }
  }
}

/** As many numbers for each row as there are bounds. */
function draws(place: number, bounds: readonly string[]): string {
  return bounds.map((below, count) => `draw(${place}, epoch, rows, ${count}, ${below})`).join(", ");
}

const DRAW = `def draw(place, epoch, rows, count, below):
    """A whole number below a bound for each row: the one that Gradus draws."""
    key = hash32(hash32(SEED & WORD, SEED >> 32, place), 0, 0)
    return hash32(hash32(key, epoch, rows), count, 0) * below >> 32
`;

const DRAW_FOR_ALL_EPOCHS = `def draw_for_all_epochs(place, rows, count, below):
    """The same in each epoch."""
    key = hash32(hash32(SEED & WORD, SEED >> 32, place), 1, 0)
    return hash32(hash32(key, 0, rows), count, 0) * below >> 32
`;

const FLIP = `def flip(x, is_mirrored):
    """Images, and the mirror images of some."""
    return torch.where(is_mirrored.bool().view(-1, 1, 1, 1), x.flip(3), x)
`;

const ALTERNATING_FLIP = `def alternating_flip(x, phase, epoch):
    """Each image and its mirror image by turns, from one epoch to the next."""
    return torch.where(((phase + epoch) % 2 == 1).view(-1, 1, 1, 1), x.flip(3), x)
`;

const TRANSLATE_REFLECT = `def translate_reflect(x, down, right):
    """Moved images; what comes in is mirrored at the outermost pixels."""
    height, width = x.shape[2:]
    i = torch.arange(height, device=x.device) + down.view(-1, 1)
    j = torch.arange(width, device=x.device) + right.view(-1, 1)
    i = height - 1 - (height - 1 - i.abs()).abs()
    j = width - 1 - (width - 1 - j.abs()).abs()
    rows = x.gather(2, i.view(-1, 1, height, 1).expand(x.shape))
    return rows.gather(3, j.view(-1, 1, 1, width).expand(x.shape))
`;

const TRANSLATE_ZERO = `def translate_zero(x, down, right):
    """Moved images; what comes in is 0, the mean of each channel."""
    height, width = x.shape[2:]
    i = torch.arange(height, device=x.device) + down.view(-1, 1)
    j = torch.arange(width, device=x.device) + right.view(-1, 1)
    is_inside = ((i >= 0) & (i < height)).view(-1, 1, height, 1)
    is_inside = is_inside & ((j >= 0) & (j < width)).view(-1, 1, 1, width)
    i, j = i.clamp(0, height - 1), j.clamp(0, width - 1)
    rows = x.gather(2, i.view(-1, 1, height, 1).expand(x.shape))
    return rows.gather(3, j.view(-1, 1, 1, width).expand(x.shape)) * is_inside
`;

const CUTOUT = `def cutout(x, row, column, size):
    """Images with a square of zeros around a pixel, as far as it lies inside."""
    i = torch.arange(x.shape[2], device=x.device) - row.view(-1, 1) + size // 2
    j = torch.arange(x.shape[3], device=x.device) - column.view(-1, 1) + size // 2
    is_cut = ((i >= 0) & (i < size)).unsqueeze(2) & ((j >= 0) & (j < size)).unsqueeze(1)
    return x.masked_fill(is_cut.unsqueeze(1), 0)
`;
