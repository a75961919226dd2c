/**
 * Whether tests on a GPU are to be skipped.
 *
 * @param feature What else the adapter has to have.
 * @returns False where there is such an adapter, and where `REQUIRE_WEBGPU` says that there should be.
 */
export async function lacksWebGpu(feature?: GPUFeatureName): Promise<boolean> {
  if (Deno.env.get("REQUIRE_WEBGPU") === "1") return false;
  const adapter = await navigator.gpu?.requestAdapter() ?? null;
  return adapter === null || feature !== undefined && !adapter.features.has(feature);
}
