import {
  type Flag,
  type FlagValues,
  integerFlag,
  numberFlag,
  numbersFlag,
  switchFlag,
  textFlag,
} from "@gradus/cli";

/** A flag that takes words with commas between them. */
function wordsFlag(options: {
  readonly description: string;
  readonly placeholder: string;
}): Flag<readonly string[] | null> {
  const { read, ...rest } = textFlag({ ...options, fallback: null });
  return { ...rest, fallback: null, read: (text, name) => read(text, name)!.split(",") };
}

/** What both `bench:peers` and `bench:check` can be told. */
export const FLAGS = {
  only: wordsFlag({
    description: "workloads: W1 to W6, one size as in W1-512, batches or kernels (default all)",
    placeholder: "NAME[,NAME…]",
  }),
  peers: wordsFlag({
    description: "libraries beside Gradus and the machine; see bench/README.md",
    placeholder: "NAME[,NAME…]",
  }),
  threads: numbersFlag({
    description: "numbers of threads, up to that of the cores",
    fallback: [1, 2],
    atLeast: 1,
    whole: true,
  }),
  rounds: integerFlag({ description: "how often all are timed in turn", fallback: 7, atLeast: 1 }),
  cap: numberFlag({
    description: "seconds for a peer and a workload; what takes longer is measured smaller",
    fallback: 10,
    above: 0,
  }),
  json: switchFlag({ description: "print one JSON object as the last line" }),
  help: switchFlag({ description: "show this help" }),
};

/** The values of the flags. */
export type BenchSettings = FlagValues<typeof FLAGS>;
