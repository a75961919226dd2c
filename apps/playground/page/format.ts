/** A whole number, its digits in groups of three. */
export function formatCount(count: number): string {
  return `${Math.round(count)}`.replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A share of 1 in per cent. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
