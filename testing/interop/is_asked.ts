/** Whether tests with outside programs shall run: these take 400 MB of npm, which `deno task test:interop` fetches. */
export const isAsked = Deno.env.has("INTEROP");
