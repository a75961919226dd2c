/**
 * What surrounds an image before windows are laid over it: zeros for a convolution, nothing at all for
 * pooling.
 *
 * - `"valid"`: nothing. Windows that do not fit entirely are left out.
 * - `"same"`: as much as it takes for `⌈length / stride⌉` windows, half of it before the image and half
 *   behind; of an odd number, the extra one is behind. As in TensorFlow.
 * - a number: so many rows and columns on all four sides.
 */
export type Padding2d = "valid" | "same" | number;
