/**
 * Whether tests on a GPU are to be skipped.
 *
 * @returns False where there is an adapter, and where `REQUIRE_WEBGPU` says that there should be.
 */
export async function lacksWebGpu(): Promise<boolean> {
  if (Deno.env.get("REQUIRE_WEBGPU") === "1") return false;
  return (await navigator.gpu?.requestAdapter() ?? null) === null;
}
