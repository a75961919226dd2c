/**
 * A peer that does nothing, for tests: `works` and `slow` take the milliseconds that the argument says.
 *
 * @module
 */
import { serve } from "../peers/serve.ts";

const durationMs = Number(Deno.args[0]);

await serve((workload) => {
  switch (workload) {
    case "W6":
    case "works":
      return () => async () => {
        await new Promise((resolve) => setTimeout(resolve, durationMs));
        return 0.5;
      };
    case "differs":
      return () => () => durationMs;
    case "dies":
      console.error("Error: out of memory");
      return Deno.exit(3);
  }
  throw new Error(`has no ${workload}`);
});
