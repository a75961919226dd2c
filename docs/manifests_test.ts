import { AppTask } from "@gradus/testing/app-task";
import { inFolder } from "@gradus/testing/in-folder";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parse } from "npm:yaml@2.9.1";

const SHARES = 8;

const text = (name: string) => Deno.readTextFileSync(new URL(name, import.meta.url));

/** The arguments that a shell command gives to `deno`, in place of which it finds a program that tells. */
async function argumentsOf(
  command: readonly [program: string, ...args: string[]],
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  let told = "";
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/deno`, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const [program, ...args] = command;
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args,
      clearEnv: true,
      env: { ...env, PATH: `${folder}:/usr/bin:/bin` },
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    told = new TextDecoder().decode(stdout);
  });
  return told.trimEnd().split("\n");
}

describe("docs/kubernetes/sweep.yaml", () => {
  const { apiVersion, kind, spec } = parse(text("kubernetes/sweep.yaml"));
  const [container] = spec.template.spec.containers;
  const [command] = [[...container.command, ...container.args] as [string, ...string[]]];
  const env = Object.fromEntries(
    container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );

  it("is a Job that runs each share once", () => {
    assertEquals([apiVersion, kind, spec.completionMode], ["batch/v1", "Job", "Indexed"]);
    assertEquals([spec.completions, env["SHARES"]], [SHARES, `${SHARES}`]);
    // Any other policy is refused where an index has a limit of its own.
    assertEquals([spec.template.spec.restartPolicy, spec.backoffLimitPerIndex], ["Never", 3]);
    const [volume] = spec.template.spec.volumes;
    assertEquals(container.volumeMounts, [{ name: volume.name, mountPath: container.workingDir }]);
    assertEquals(container.resources.limits, container.resources.requests);
    assertEquals(container.image, `denoland/deno:${Deno.version.deno}`);
  });

  it("gives its index to --trial", async () => {
    assertEquals(await argumentsOf(command, { ...env, JOB_COMPLETION_INDEX: "3" }), [
      ...["task", "iris", "--seeds", "20", "--trial", "3/8"],
    ]);
  });
});

describe("docs/slurm/sweep.sbatch", () => {
  const script = new URL("slurm/sweep.sbatch", import.meta.url).pathname;
  const shareOf = (index: number) =>
    argumentsOf(["bash", script], { SLURM_ARRAY_TASK_ID: `${index}` });

  it("asks for as many tasks as it has shares", () => {
    const options = text("slurm/sweep.sbatch").matchAll(/^#SBATCH --([a-z-]+)=(.+)$/gm);
    const { array } = Object.fromEntries([...options].map(([, name, value]) => [name, value]));
    assertEquals(array, `0-${SHARES - 1}`);
  });

  it("runs shares which together are the sweep", async () => {
    const iris = new AppTask("iris");
    await inFolder(async (folder) => {
      for (let index = 0; index < SHARES; index++) {
        const [command, name, ...args] = await shareOf(index);
        assertEquals([command, name, ...args], [
          ...["task", "iris", "--seeds", "20", "--trial", `${index}/8`],
        ]);
        // The last of two flags counts: one seed and epoch take less long than 20 and 40.
        const { code, stderr } = await iris.run(folder, ...args, "--seeds", "1", "--epochs", "1");
        assertEquals([code, stderr], [0, ""]);
      }
      const { code, stdout, stderr } = await new AppTask("collect").run(folder);
      assertEquals([code, stderr], [0, ""]);
      assertStringIncludes(stdout, "Chosen by mean validation loss");
    });
  });
});
