/** What a model makes of some rows, each row weighing the same. */
export interface Means {
  /** Mean loss. */
  readonly loss: number;
  /** Share of right rows, in `[0, 1]`; null where targets are not labels. */
  readonly accuracy: number | null;
  /** How many rows. */
  readonly rows: number;
}
