import { assertMatch } from "@std/assert";
import { VERSION } from "@gradus/cli/version";

Deno.test("VERSION is a version", () => assertMatch(VERSION, /^\d+\.\d+\.\d+$/));
