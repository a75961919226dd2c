/**
 * `@scope/name/file` of `npm:@scope/name@1.2.3/file`.
 *
 * JSR writes a version into the names of npm packages, also in the copy of a module that it offers
 * to Node, which knows bare names alone.
 */
export function bareSpecifier(specifier: string): string {
  return specifier.replace(/^npm:\/?((?:@[^/]+\/)?[^/@]+)(?:@[^/]+)?/, "$1");
}
