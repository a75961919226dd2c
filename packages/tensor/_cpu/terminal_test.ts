import { assertEquals } from "@std/assert";

/** Starts a program at a terminal of its own: util-linux, which Debian always has. */
const script = "/usr/bin/script";

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

Deno.test({
  name: "cpu() asks for no permission at a terminal, on two threads",
  ignore: !await isFile(script),
  fn: async () => {
    const program = `
      import { matmul, zeros } from "@gradus/tensor";
      import { cpu } from "@gradus/tensor/cpu";
      const backend = await cpu({ threads: 2 });
      const a = zeros(backend, [512, 512]);
      for (let i = 0; i < 50; i++) matmul(a, a);
      console.log(String((await matmul(a, a).data()).length));
      await backend.close();`;
    const file = new URL("./_at_terminal.ts", import.meta.url);
    await Deno.writeTextFile(file, program);
    try {
      const command = `"${Deno.execPath()}" run --no-lock --quiet "${file.pathname}"`;
      const { stdout } = await new Deno.Command(script, {
        args: ["-qec", `timeout 60 ${command}`, "/dev/null"],
        stdin: "null",
      }).output();
      assertEquals(new TextDecoder().decode(stdout).trim(), `${512 * 512}`);
    } finally {
      await Deno.remove(file);
    }
  },
});
