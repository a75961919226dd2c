/**
 * Checks that tests run at least 95 % of the lines of the packages. It reads the profiles that
 * `deno test --coverage=coverage` leaves in `coverage/`.
 *
 * @module
 */
import { root } from "./packages.ts";
import { report } from "./report.ts";
import { runDeno } from "./run_deno.ts";

const minimumPercent = 95;

/** How many lines of a file can run, and how many did. */
export interface FileLines {
  file: string;
  lineCount: number;
  hitCount: number;
}

/** Reads the lines of each file from the text that `deno coverage --lcov` prints. */
export function parseLcov(text: string): FileLines[] {
  return text.split("end_of_record").flatMap((record) => {
    const file = record.match(/^SF:(.*)$/m)?.[1];
    const [lineCount, hitCount] = [/^LF:(\d+)$/m, /^LH:(\d+)$/m].map((pattern) =>
      Number(record.match(pattern)?.[1])
    );
    return file === undefined ? [] : [{ file, lineCount, hitCount }];
  });
}

/**
 * Removes each profile that is not whole. The programs that tests start write profiles too, and one that a
 * test kills may end in the midst of it; `deno coverage` reads none of them if it cannot read one.
 *
 * @returns How many there were.
 */
export async function removeBrokenProfiles(folder: string): Promise<number> {
  let count = 0;
  for await (const { name } of Deno.readDir(folder)) {
    const file = `${folder}/${name}`;
    if (!name.endsWith(".json") || isJson(await Deno.readTextFile(file))) continue;
    await Deno.remove(file);
    count++;
  }
  return count;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The share of lines that ran, in per cent; NaN where there are none. */
export function percentOf(files: FileLines[]): number {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return 100 * sum(files.map((file) => file.hitCount)) / sum(files.map((file) => file.lineCount));
}

/** Says that too few lines ran, if so, and in which files; the one with most missing lines first. */
export function findProblems(files: FileLines[]): string[] {
  const percent = percentOf(files);
  if (percent >= minimumPercent) return [];
  const missing = ({ lineCount, hitCount }: FileLines) => lineCount - hitCount;
  return [
    `Tests run ${percent.toFixed(1)} % of lines, which is under ${minimumPercent} %`,
    ...files.filter((file) => missing(file) > 0)
      .sort((a, b) => missing(b) - missing(a))
      .map((file) => `${file.file}: ${missing(file)} of ${file.lineCount} lines do not run`),
  ];
}

if (import.meta.main) {
  const broken = await removeBrokenProfiles(`${root}coverage`);
  if (broken > 0) {
    console.log(`Coverage: ${broken} profiles of programs that were killed are left out`);
  }
  const include = `--include=^file://${root}packages/`;
  const args = ["coverage", "--lcov", include, "--exclude=_test\\.ts$", "coverage"];
  const { success, output, errors } = await runDeno(args, { cwd: root });
  if (!success) report([errors.trim()], "");
  const files = parseLcov(output).map(({ file, ...lines }) => ({
    file: file.replace(root, ""),
    ...lines,
  }));
  report(
    findProblems(files),
    `Coverage: tests run ${percentOf(files).toFixed(1)} % of lines of ${files.length} files`,
  );
}
