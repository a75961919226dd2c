import config from "./deno.json" with { type: "json" };

/** The version of this package, as files name it. */
export const VERSION: string = config.version;
