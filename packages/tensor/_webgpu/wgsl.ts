/** Text in WebGPU's shading language, as it stands; the tag tells editors so. */
export function wgsl(
  strings: TemplateStringsArray,
  ...values: readonly (string | number)[]
): string {
  return String.raw({ raw: strings }, ...values);
}

/** A number as WGSL writes a finite `f32`. */
export function float(value: number): string {
  return `${Math.fround(value)}f`;
}

/**
 * The entry of a program in which each invocation is known by one number: the variables `workgroup`,
 * `lane` (its place in the workgroup) and `invocation` are what `body` starts from. `zero` is 0, which no
 * compiler knows: loops to a uniform run from it (see `machine.ts`). Dispatches of more
 * workgroups than fit one dimension go on in the next, which is undone here.
 */
export function entry(workgroupSize: number, body: string): string {
  return wgsl`
@compute @workgroup_size(${workgroupSize})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let workgroup = group.y * groups.x + group.x;
  let invocation = workgroup * ${workgroupSize}u + lane;
  let zero = min(i32(lane), 0);
${body}
}
`;
}
