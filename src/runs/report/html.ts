/** Text that is HTML already. Made by `html` and `raw` alone. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | null | false | readonly Part[];

const entities: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;'};

/** Puts values into HTML; everything that is not HTML itself is escaped. `null` and `false` are nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((piece, i) => piece + (i < parts.length ? write(parts[i] ?? null) : '')).join(''));
}

/** Takes text of our own as HTML. */
export function raw(text: string): Html {
  return new Html(text);
}

function write(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(write).join('');
  return String(part).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
