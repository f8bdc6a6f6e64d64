import * as v from 'valibot';
import {pageMessageSchema, type PageMessage} from '../protocol/panel';

const LONGEST_EXCERPT = 160;

/** A message of a page; or why it is refused, in one line. */
export function readPageMessage(message: unknown): {message: PageMessage; refusal: null} | {message: null; refusal: string} {
  return readMessage(pageMessageSchema, message);
}

/** The same for the page whose messages the schema describes. */
export function readMessage<M>(schema: v.GenericSchema<unknown, M>, message: unknown): {message: M; refusal: null} | {message: null; refusal: string} {
  const parsed = v.safeParse(schema, message);
  if (parsed.success) return {message: parsed.output, refusal: null};
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  return {message: null, refusal: `A message of a panel's page was refused: ${where === null ? '' : `${where}: `}${shortLine(issue.message)} in ${excerpt(message)}`};
}

function excerpt(message: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(message) ?? String(message);
  } catch {
    text = Object.prototype.toString.call(message);
  }
  return shortLine(text);
}

function shortLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_EXCERPT ? `${line.slice(0, LONGEST_EXCERPT)}…` : line;
}
