/** Rows and columns: one number for both, or `[height, width]`. */
export type Size2d = number | readonly [height: number, width: number];
