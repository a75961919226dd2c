import config from "./deno.json" with { type: "json" };

/** The version of Gradus, as a run's configuration names it. */
export const VERSION: string = config.version;
