/** One value as NODE_OPTIONS wants it: quoted where Node would split or unescape it. */
export function quoteNodeOption(value: string): string {
  return /[\s"\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}
