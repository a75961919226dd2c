/**
 * What a Markdown page says of this repository, each with a function that finds what is not so: its
 * links, the code that it quotes, the tests that it names and its formulas.
 *
 * @module
 */
import katex from "npm:katex@0.19.1";

/** A page: where it is, from the repository's root, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Reads a file of the repository; null if there is none. A folder is its own name. */
export type Read = (path: string) => string | null;

/** Links to files, folders and headings that do not exist. */
export function findBrokenLinks({ path, text }: Page, read: Read): string[] {
  return matches(withoutCode(text), /\]\(([^()\s]+)\)/g).flatMap(([, link]) => {
    if (/^[a-z]+:/.test(link!)) return [];
    const [file, heading] = link!.split("#");
    const target = file === "" ? path : resolve(path, file!);
    const found = target === path ? text : read(target);
    if (found === null) return [`${path} links to ${link}, which does not exist`];
    if (heading === undefined || headingsOf(found).includes(heading)) return [];
    return [`${path} links to ${link}, and ${target} has no such heading`];
  });
}

/**
 * Quoted code that is not in its file. A quotation is a block of code behind
 * `<!-- code: ⟨file⟩ -->`; its lines stand in the file one below the other, indented as they may be.
 */
export function findMisquotes({ path, text }: Page, read: Read): string[] {
  const quotation = /<!-- code: (\S+) -->\s*```[^\n]*\n(.*?)\n```/gs;
  const problems = matches(text, quotation).flatMap(([, file, code]) => {
    const source = read(file!);
    if (source === null) return [`${path} quotes ${file}, which does not exist`];
    if (trimLines(source).includes(trimLines(code!))) return [];
    return [`${path} quotes what is not in ${file}: ${code!.trim().split("\n")[0]}`];
  });
  const count = matches(text, /<!-- code:/g).length - matches(text, quotation).length;
  return count === 0 ? problems : [...problems, `${path} has ${count} quotations without code`];
}

/** Files that a page quotes. */
export function quotedFiles({ text }: Page): string[] {
  return matches(text, /<!-- code: (\S+) -->/g).map(([, file]) => file!);
}

/**
 * Tests that do not exist. A test is named by a link to its file, a colon, and the titles of the test
 * and of the groups around it as code; a `${…}` in the title's source stands for anything.
 */
export function findUnknownTests(page: Page, read: Read): string[] {
  return namedTests(page).flatMap(({ file, titles }) => {
    const known = titlesIn(read(file) ?? "");
    return titles.filter((title) => !known.some((pattern) => pattern.test(title)))
      .map((title) => `${page.path} names a test that ${file} lacks: ${title}`);
  });
}

/** The tests that a page names: their files, and the titles in each. */
export function namedTests({ path, text }: Page): { file: string; titles: string[] }[] {
  const names = /\[`[^`]+_test\.ts`\]\(([^)]+)\):((?:[\s,]+`[^`]+`)+)/g;
  return matches(text, names).map(([, link, titles]) => ({
    file: resolve(path, link!),
    titles: matches(titles!, /`([^`]+)`/g).map(([, title]) => title!.replace(/\s+/g, " ")),
  }));
}

/** Formulas that GitHub would not render, or that Markdown would change before it does. */
export function findBadFormulas({ path, text }: Page): string[] {
  const blocks = matches(text, /```math\n(.*?)\n```/gs).map(([, formula]) => formula!);
  const plain = withoutBlocks(text);
  const inline = matches(plain, /\$`([^`]+)`\$/g).map(([, formula]) => formula!);
  const problems = [...blocks, ...inline].flatMap((formula) => {
    if (formula.includes("\\operatorname")) return [`GitHub refuses \\operatorname: ${formula}`];
    try {
      katex.renderToString(formula, { strict: "error", displayMode: true });
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  const bare = matches(withoutCode(plain.replace(/\$`[^`]+`\$/g, "")), /\$/g)
    .map(() => "a formula is not written $`…`$ or in a math block");
  return [...problems, ...bare].map((problem) => `${path}: ${problem}`);
}

/** A path as a link on a page gives it, from the repository's root; without a slash at its end. */
function resolve(page: string, link: string): string {
  return decodeURIComponent(new URL(link, `file:///${page}`).pathname).slice(1).replace(/\/$/, "");
}

/** The anchors that GitHub gives to a page's headings. */
function headingsOf(text: string): string[] {
  return matches(withoutBlocks(text), /^#+ (.+)$/gm).map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-")
  );
}

/** The titles of a file's tests and groups, as patterns of what they are when it runs. */
function titlesIn(source: string): RegExp[] {
  const title = /\b(?:describe|it|test)\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;
  return matches(source, title).map(([, plain, template]) => {
    const parts = plain !== undefined ? [JSON.parse(`"${plain}"`)] : template!.split(/\$\{[^}]*\}/);
    return new RegExp(`^${parts.map((part) => RegExp.escape(part)).join(".+")}$`);
  });
}

function withoutBlocks(text: string): string {
  return text.replace(/^```.*?^```$/gms, "");
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replace(/`[^`]*`/g, "``");
}

function trimLines(text: string): string {
  return `\n${text.split("\n").map((line) => line.trim()).filter(Boolean).join("\n")}\n`;
}

function matches(text: string, pattern: RegExp): RegExpExecArray[] {
  return [...text.matchAll(pattern)];
}
