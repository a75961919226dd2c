/** Numbers of one array of many, and the workgroups that go through them. */
export interface Share {
  readonly size: number;
  readonly workgroups: number;
}

/** Numbers of an array that are worth a workgroup of their own, up to a number of workgroups. */
const NUMBERS_PER_WORKGROUP = 1024;
const MOST_WORKGROUPS = 64;

/** The share of an array in a dispatch over many arrays. */
export function shareOf(size: number): Share {
  const workgroups = Math.min(MOST_WORKGROUPS, Math.ceil(size / NUMBERS_PER_WORKGROUP));
  return { size, workgroups };
}

/** The uniforms that {@linkcode takeShare} reads. */
export function shareUniforms(shares: readonly Share[]): Record<string, number> {
  const uniforms: Record<string, number> = {};
  let begin = 0;
  shares.forEach(({ size, workgroups }, at) => {
    uniforms[`begin${at}`] = begin;
    begin += workgroups;
    uniforms[`end${at}`] = begin;
    uniforms[`size${at}`] = size;
  });
  return uniforms;
}

/**
 * WGSL that visits this invocation's numbers of this workgroup's array: `visit` is run for each `i`, after
 * `prepare`, both given the array's place.
 */
export function takeShare(
  count: number,
  visit: (at: number) => string,
  prepare: (at: number) => string = () => "",
): string {
  return Array.from({ length: count }, (_, at) =>
    `if (workgroup < uniforms.end${at}) {
    ${prepare(at)}
    let stride = 64u * (uniforms.end${at} - uniforms.begin${at});
    let start = 64u * (workgroup - uniforms.begin${at}) + lane;
    for (var i = start; i < uniforms.size${at}; i += stride) {
      ${visit(at)}
    }
  }`).join(" else ");
}
