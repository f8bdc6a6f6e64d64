import type {CodeToken} from './codeTokens';

const closing: Record<string, string> = {'(': ')', '[': ']', '{': '}', '${': '}'};
const closers = new Set([')', ']', '}']);

/** Index of the token that closes the bracket at `open`; -1 where it is not closed. */
export function closeOf(tokens: readonly CodeToken[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const {kind, text} = tokens[i] as CodeToken;
    if (kind !== 'punctuator') continue;
    if (text in closing) depth++;
    else if (closers.has(text) && --depth === 0) return i;
  }
  return -1;
}

/** Index of the token at or after an offset; the number of tokens where there is none. */
export function tokenAt(tokens: readonly CodeToken[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.end ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The call or construction at an offset, which may be anywhere in its name as in `tf.layers.dense(…)`:
 * from the first word of the name to the closing bracket, or to the end of the name where that is missing.
 * @returns offsets; null where no name stands there
 */
export function callExpression(tokens: readonly CodeToken[], offset: number): {start: number; end: number} | null {
  const at = tokenAt(tokens, offset);
  const token = tokens[at];
  if (token?.kind !== 'word') return null;
  let first = at;
  while (isDot(tokens[first - 1]) && tokens[first - 2]?.kind === 'word') first -= 2;
  if (tokens[first - 1]?.text === 'new') first--;
  let last = at;
  if (token.text === 'new' && tokens[last + 1]?.kind === 'word') last++;
  while (isDot(tokens[last + 1]) && tokens[last + 2]?.kind === 'word') last += 2;
  const open = tokens[last + 1]?.text === '?.' ? last + 2 : last + 1;
  const close = tokens[open]?.text === '(' ? closeOf(tokens, open) : -1;
  const end = tokens[close < 0 ? last : close]?.end ?? token.end;
  return {start: tokens[first]?.start ?? token.start, end};
}

export function isDot(token: CodeToken | undefined): boolean {
  return token?.kind === 'punctuator' && (token.text === '.' || token.text === '?.');
}
