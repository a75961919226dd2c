/** Runs with what a file holds; errors of those who know no file get its name. */
export function namingFile<Result>(name: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) error.message += ` in ${name}`;
    throw error;
  }
}
