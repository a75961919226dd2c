/**
 * Ends a check: prints each problem and exits with 1, or prints what was found to be in order.
 *
 * @param problems One line each, beginning with the file that has it.
 * @param order What to say where there are no problems.
 */
export function report(problems: readonly string[], order: string): void {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`${problems.length} problem${problems.length === 1 ? "" : "s"}`);
    Deno.exit(1);
  }
  console.log(order);
}
