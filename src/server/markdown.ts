/** Text as it is: names come from the user's code and must not become Markdown. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+|<>!~]/g, '\\$&').replace(/\s+/g, ' ');
}

/** A link that runs a command of the extension. */
export function commandLink(title: string, command: string, argument: object): string {
  const query = encodeURIComponent(JSON.stringify([argument])).replace(/[()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return `[${escaped(title)}](command:${command}?${query})`;
}

/** Markdown without its marks, for clients that show plain text. */
export function plainText(markdown: string): string {
  return markdown.replace(/\*\*|\\(?=[^\w\s])/g, '').replace(/^\| --- .*$\n?/gm, '');
}
