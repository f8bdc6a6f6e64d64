/**
 * True when one of the globs matches the name, or the path before one of its slashes:
 * `dense_Dense1`, `dense*` and `*kernel` all match `dense_Dense1/kernel`.
 * @param globs names in which `*` stands for any run of characters, slashes included; nothing else is special.
 */
export function matchesAny(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => pattern(glob).test(name));
}

function pattern(glob: string): RegExp {
  const literal = glob.split(/\*+/).map((part) => part.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^]*')}(?:/[^]*)?$`);
}
