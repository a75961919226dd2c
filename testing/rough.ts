import { gamma } from "./agreement.ts";

/**
 * A number, and how far from it a backend's number may be: running error analysis (Higham, Accuracy and
 * Stability of Numerical Algorithms, §3.3).
 *
 * A formula that is evaluated with these gives its own error bound: each operation hands on the errors
 * of its operands, and adds that of its own rounding. Roundings are those that WGSL allows (§15.7.4),
 * the loosest of the number systems that backends compute in: one for + − ×, 2.5 units in the last place
 * (each is 2u) for ÷, as 1 ÷ inverseSqrt for √, 3 + 2|x| units for exp, 3 units or 2⁻²¹ for log.
 */
export class Rough {
  /** The number, in float64. */
  readonly value: number;
  /** The most that a backend's number may differ. */
  readonly error: number;
  readonly #u: number;

  constructor(value: number, options: { readonly u: number; readonly error?: number }) {
    this.value = value;
    this.error = options.error ?? 0;
    this.#u = options.u;
  }

  /** Another number that is exact. */
  exactly(value: number): Rough {
    return new Rough(value, { u: this.#u });
  }

  plus(other: Rough | number): Rough {
    const b = this.#lift(other);
    return this.#rounded(this.value + b.value, this.error + b.error, 1);
  }

  minus(other: Rough | number): Rough {
    const b = this.#lift(other);
    return this.#rounded(this.value - b.value, this.error + b.error, 1);
  }

  times(other: Rough | number): Rough {
    const b = this.#lift(other);
    const error = Math.abs(this.value) * b.error + Math.abs(b.value) * this.error +
      this.error * b.error;
    return this.#rounded(this.value * b.value, error, 1);
  }

  over(other: Rough | number): Rough {
    const b = this.#lift(other);
    const value = this.value / b.value;
    const error = (this.error + Math.abs(value) * b.error) / (Math.abs(b.value) - b.error);
    return this.#rounded(value, error, 5);
  }

  negative(): Rough {
    return new Rough(-this.value, { u: this.#u, error: this.error });
  }

  absolute(): Rough {
    return new Rough(Math.abs(this.value), { u: this.#u, error: this.error });
  }

  squareRoot(): Rough {
    const value = Math.sqrt(this.value);
    return this.#rounded(value, value - Math.sqrt(Math.max(0, this.value - this.error)), 9);
  }

  exponential(): Rough {
    const value = Math.exp(this.value);
    return this.#rounded(value, value * Math.expm1(this.error), 6 + 4 * Math.abs(this.value));
  }

  logarithm(): Rough {
    const value = Math.log(this.value);
    const error = -Math.log1p(-this.error / this.value);
    return new Rough(value, {
      u: this.#u,
      error: error + this.#u * Math.max(8, 6 * Math.abs(value)),
    });
  }

  /** The sum of numbers in whatever order. */
  static sum(terms: readonly Rough[]): Rough {
    const u = terms[0]!.#u;
    let [value, error, magnitude] = [0, 0, 0];
    for (const term of terms) {
      value += term.value;
      error += term.error;
      magnitude += Math.abs(term.value) + term.error;
    }
    return new Rough(value, { u, error: error + gamma(terms.length, u) * magnitude });
  }

  /** A number that JavaScript has in float64, and a backend may round before it uses it. */
  #lift(other: Rough | number): Rough {
    if (typeof other !== "number") return other;
    const isExact = Math.fround(other) === other || this.#u < 2 ** -50;
    return new Rough(other, { u: this.#u, error: isExact ? 0 : this.#u * Math.abs(other) });
  }

  #rounded(value: number, error: number, units: number): Rough {
    return new Rough(value, {
      u: this.#u,
      error: error + units * this.#u * (Math.abs(value) + error),
    });
  }
}
