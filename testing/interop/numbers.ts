/** A tensor as JSON, between programs. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
