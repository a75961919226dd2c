import { textOf } from "./machine_facts.ts";
import type { Results } from "./results.ts";

const FOLDER = new URL("./results/", import.meta.url);

/**
 * The results kept in `bench/results`, the oldest first.
 *
 * @param options Only those that are committed, as they are in the last commit? False unless given.
 */
export async function readKeptResults(
  { isCommitted = false }: { readonly isCommitted?: boolean } = {},
): Promise<Results[]> {
  const texts = isCommitted ? await committedTexts() : await writtenTexts();
  return texts.map((text): Results => JSON.parse(text)).toSorted((a, b) =>
    a.date < b.date ? -1 : a.date > b.date ? 1 : 0
  );
}

async function writtenTexts(): Promise<string[]> {
  const texts: string[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (name.endsWith(".json")) texts.push(await Deno.readTextFile(new URL(name, FOLDER)));
  }
  return texts;
}

async function committedTexts(): Promise<string[]> {
  const list = await textOf("git", ["ls-tree", "--name-only", "HEAD", "results/"]);
  const names = (list ?? "").split("\n").filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(names.map((name) => textOf("git", ["show", `HEAD:./${name}`])));
  return texts.filter((text) => text !== null);
}
