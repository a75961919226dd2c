/**
 * Downloads a dataset from where its authors publish it: `deno task download --help`.
 *
 * @module
 */

import { helpText, parseFlags, ProgressLine, switchFlag, textFlag, UsageError } from "@gradus/cli";
import { downloadDataset } from "./download_dataset.ts";
import { OFFICIAL_DATASETS, type OfficialDataset } from "./official_datasets.ts";

const FLAGS = {
  to: textFlag({
    description: "the folder for its files (default: data/NAME)",
    fallback: null,
    placeholder: "DIR",
  }),
  help: switchFlag({ description: "show this help" }),
};

const NAMES = Object.keys(OFFICIAL_DATASETS);

try {
  await main(Deno.args);
} catch (error) {
  if (!(error instanceof Error) || error instanceof TypeError) throw error;
  console.error(error instanceof Deno.errors.NotCapable ? permissionText(error) : error.message);
  Deno.exit(error instanceof UsageError ? 2 : 1);
}

async function main(args: readonly string[]): Promise<void> {
  const isName = args.length > 0 && !args[0].startsWith("-");
  const flags = parseFlags(isName ? args.slice(1) : args, FLAGS);
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: `deno task download ${NAMES.join("|")}`,
      purpose: "Downloads a dataset, checks that it is the official one, and goes on where an " +
        "earlier download broke off.",
    }));
    return;
  }
  if (!isName || !Object.hasOwn(OFFICIAL_DATASETS, args[0])) {
    throw new UsageError(
      `Cannot download a dataset as the first argument must be one of ${NAMES.join(", ")}: ` +
        `found ${isName ? args[0] : "none"}`,
    );
  }
  const dataset = OFFICIAL_DATASETS[args[0]];
  const folder = flags.to ?? dataset.folder;
  await download(dataset, folder);
  console.log(`${dataset.title} is in ${folder}`);
}

async function download(dataset: OfficialDataset, folder: string): Promise<void> {
  const isTerminal = Deno.stderr.isTerminal();
  const progress = new ProgressLine({
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    isTerminal,
    ...isTerminal ? { width: Deno.consoleSize().columns } : {},
  });
  try {
    await downloadDataset(dataset, {
      folder,
      onProgress: ({ name, sizeBytes }, receivedBytes) => {
        const megabytes = [receivedBytes, sizeBytes].map((bytes) => (bytes / 1e6).toFixed(1));
        progress.show(receivedBytes / sizeBytes, `${name}  ${megabytes.join(" of ")} MB`);
      },
    });
  } finally {
    progress.clear();
  }
}

function permissionText({ message }: Error): string {
  return `Cannot go on as this task may only write to the folder data and reach the official ` +
    `servers: found "${message}"; for a folder elsewhere, use deno run --allow-net --allow-read ` +
    `--allow-write=DIR apps/download/main.ts NAME --to DIR`;
}
