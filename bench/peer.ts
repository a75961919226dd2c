/** A library on a number of threads, as a program that speaks as `peers/serve.ts` says. */
export interface Peer {
  /** The library and its threads: `jax-js-2`. */
  readonly name: string;
  /** Without the threads: `jax-js`. */
  readonly library: string;
  readonly threads: number;
  /** As pinned in `peers/import_map.json`; null where the program itself tells, or else it is that of Gradus. */
  readonly version: string | null;
  /** The program and its arguments. */
  readonly command: readonly string[];
}

/** How to start a library. */
interface Library {
  readonly name: string;
  /** Whose version is in the imports; null for Gradus, the machine and what comes from elsewhere. */
  readonly specifier: string | null;
  /** Whether it uses more than one thread. */
  readonly isThreaded: boolean;
  /** Where it computes, if not on the processor's threads: measured only where it, or this, is named. */
  readonly device?: "webgpu";
  /** The program and its arguments, for a number of threads. */
  command(threads: number): readonly string[];
}

/** A program of `peers/` under Deno, with the permissions that its library needs. */
function deno(file: string, permissions: readonly string[], args: readonly string[]): string[] {
  return ["deno", "run", "--no-prompt", ...permissions, programPath(file), ...args];
}

/** The same for a library of npm, which Gradus itself does without: by an import map and a lock of its own. */
function npm(file: string, permissions: readonly string[], args: readonly string[]): string[] {
  const own = [
    "--no-config",
    `--import-map=${programPath("import_map.json")}`,
    `--lock=${programPath("deno.lock")}`,
    "--frozen",
  ];
  return deno(file, [...own, ...permissions], args);
}

function programPath(file: string): string {
  return new URL(`./peers/${file}`, import.meta.url).pathname;
}

const LIBRARIES: readonly Library[] = [
  {
    name: "machine",
    specifier: null,
    isThreaded: true,
    command: (threads) => deno("machine.ts", ["--allow-read"], [`${threads}`]),
  },
  {
    name: "gradus",
    specifier: null,
    isThreaded: true,
    command: (threads) => deno("gradus.ts", [], [`${threads}`]),
  },
  {
    name: "gradus-blas",
    specifier: null,
    isThreaded: true,
    command: (threads) =>
      deno("gradus.ts", ["--allow-ffi", "--allow-env=OPENBLAS_CORETYPE"], [`${threads}`, "blas"]),
  },
  {
    name: "gradus-webgpu",
    specifier: null,
    isThreaded: false,
    device: "webgpu",
    command: () => deno("gradus.ts", [], ["1", "webgpu"]),
  },
  {
    name: "tfjs-cpu",
    specifier: "@tensorflow/tfjs",
    isThreaded: false,
    command: () => npm("tfjs.ts", [], ["cpu"]),
  },
  {
    name: "tfjs-wasm",
    specifier: "@tensorflow/tfjs-backend-wasm",
    isThreaded: false,
    command: () => npm("tfjs.ts", ["--allow-env", "--allow-read"], ["wasm"]),
  },
  {
    name: "gradus-tfjs",
    specifier: "@tensorflow/tfjs-backend-wasm",
    isThreaded: false,
    command: () => deno("gradus.ts", ["--allow-env", "--allow-read"], ["1", "tfjs"]),
  },
  {
    name: "tfjs-webgpu",
    specifier: "@tensorflow/tfjs-backend-webgpu",
    isThreaded: false,
    device: "webgpu",
    command: () => npm("tfjs.ts", ["--allow-env"], ["webgpu"]),
  },
  {
    name: "jax-js",
    specifier: "@jax-js/jax",
    isThreaded: true,
    command: (threads) => npm("jax_js.ts", [], [`${threads}`]),
  },
  {
    name: "jax-js-jit",
    specifier: "@jax-js/jax",
    isThreaded: true,
    command: (threads) => npm("jax_js.ts", [], [`${threads}`, "jit"]),
  },
  {
    name: "jax-js-webgpu",
    specifier: "@jax-js/jax",
    isThreaded: false,
    device: "webgpu",
    command: () => npm("jax_js.ts", [], ["1", "eager", "webgpu"]),
  },
  {
    name: "jax-js-webgpu-jit",
    specifier: "@jax-js/jax",
    isThreaded: false,
    device: "webgpu",
    command: () => npm("jax_js.ts", [], ["1", "jit", "webgpu"]),
  },
  {
    name: "convnetjs",
    specifier: "convnetjs",
    isThreaded: false,
    command: () => npm("convnetjs.ts", [], []),
  },
  {
    name: "onnxruntime-web",
    specifier: "onnxruntime-web",
    isThreaded: true,
    command: (threads) => npm("onnxruntime.ts", ["--allow-read"], ["web", `${threads}`]),
  },
  {
    name: "onnxruntime-node",
    specifier: "onnxruntime-node",
    isThreaded: true,
    command: (threads) =>
      npm("onnxruntime.ts", ["--allow-read", "--allow-ffi"], ["node", `${threads}`]),
  },
  {
    name: "torch",
    specifier: null,
    isThreaded: true,
    // Debian's own, which sees Debian's python3-torch.
    command: (threads) => ["/usr/bin/python3", "-B", programPath("pytorch.py"), `${threads}`],
  },
];

/** The libraries that are always measured, as what others are compared with. */
const ALWAYS = ["machine", "gradus"];

/** Whether a library is Gradus, on a backend of its own. */
export function isGradus(library: string): boolean {
  return ["gradus", "gradus-blas", "gradus-webgpu"].includes(library);
}

/** All libraries that may be named. */
export const libraryNames: readonly string[] = LIBRARIES.map(({ name }) => name);

/** Devices that may be named for all libraries that compute there. */
export const deviceNames: readonly string[] = ["webgpu"];

/** Whether a name on a command line means a library: its own name, or the beginning of it, as in `tfjs`. */
export function meansLibrary(name: string, library: string): boolean {
  return library === name || library.startsWith(`${name}-`);
}

/**
 * The peers of a comparison, the machine and Gradus among them.
 *
 * @param options `chosen`: names of libraries or of a device, or null for all on the processor. `threads`: their numbers; a library that
 * has no threads is there once. `imports`: of `peers/import_map.json`, for the versions.
 */
export function choosePeers(
  { chosen, threads, imports }: {
    readonly chosen: readonly string[] | null;
    readonly threads: readonly number[];
    readonly imports: Readonly<Record<string, string>>;
  },
): Peer[] {
  const isChosen = ({ name, device }: Library) =>
    device === undefined
      ? ALWAYS.includes(name) || chosen === null || chosen.some((word) => meansLibrary(word, name))
      : chosen !== null && (chosen.includes(name) || chosen.includes(device));
  // Who plays a GPU may use all of the cores.
  const countsOf = ({ isThreaded, device }: Library) =>
    isThreaded ? threads : [device === undefined ? 1 : Math.max(...threads)];
  return LIBRARIES.filter(isChosen).flatMap((library) => {
    const { name, specifier, isThreaded, command } = library;
    return countsOf(library).map((count) => ({
      name: isThreaded ? `${name}-${count}` : name,
      library: name,
      threads: count,
      version: specifier === null ? null : imports[specifier]!.split("@").at(-1)!,
      command: command(count),
    }));
  });
}

/** The same command on the first cores alone, where there is a way to say so. */
export function pinned(command: readonly string[], threads: number): string[] {
  return ["taskset", "-c", threads === 1 ? "0" : `0-${threads - 1}`, ...command];
}
