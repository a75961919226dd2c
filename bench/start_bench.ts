/**
 * W6: a whole process from its start to the end of the first step, beside one that does nothing.
 *
 * @module
 */
for (
  const [name, program, permissions] of [
    ["the runtime alone", "machine.ts", ["--allow-read"]],
    ["W6, Gradus", "gradus.ts", []],
  ] as const
) {
  const { pathname } = new URL(`./peers/${program}`, import.meta.url);
  Deno.bench({
    name,
    group: "W6",
    n: 10,
    warmup: 1,
    fn: async () => {
      await new Deno.Command("deno", {
        args: ["run", ...permissions, pathname, "1", "first-step"],
        stdout: "null",
        stderr: "null",
      }).output();
    },
  });
}
