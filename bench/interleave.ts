/** One of those who are measured in turn. */
export interface Contestant {
  /** In how many rounds it takes part. */
  readonly rounds: number;
  /** Measures it once. */
  measure(): Promise<number>;
}

/**
 * Measures contestants in turn, A B C A B C …, so that whatever slows the machine for a while slows all of
 * them. One with fewer rounds leaves early; one that fails leaves with its error.
 *
 * @returns For each contestant what it measured in each round, or why it failed.
 */
export async function interleave(
  contestants: readonly Contestant[],
): Promise<(number[] | Error)[]> {
  const results = contestants.map((): number[] | Error => []);
  const rounds = Math.max(0, ...contestants.map(({ rounds }) => rounds));
  for (let round = 0; round < rounds; round++) {
    for (const [place, contestant] of contestants.entries()) {
      const measured = results[place]!;
      if (measured instanceof Error || round >= contestant.rounds) continue;
      try {
        measured.push(await contestant.measure());
      } catch (error) {
        results[place] = error instanceof Error ? error : new Error(String(error));
      }
    }
  }
  return results;
}

/**
 * As `interleave`, of contestants that must not fail.
 *
 * @throws What a contestant failed of.
 */
export async function interleaveAll(contestants: readonly Contestant[]): Promise<number[][]> {
  return (await interleave(contestants)).map((measured) => {
    if (measured instanceof Error) throw measured;
    return measured;
  });
}
