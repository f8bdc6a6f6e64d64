import type {Range} from 'vscode-languageserver/node';
import type {CallSite} from '../protocol/callSite';
import type {RunTail} from './runTail';
import type {SourceDocument} from './sourceDocument';

/** Where a recorded call site stands in the present text. */
export type SiteLocation =
  /** Its code is as it ran. */
  | {kind: 'fresh'; range: Range}
  /** The line is there, but it or the call that begins there was changed. */
  | {kind: 'stale'; range: Range}
  /** The line was deleted. */
  | {kind: 'gone'}
  /** The text as it ran isn't known. */
  | {kind: 'unknown'};

export function locateSite(run: RunTail, site: CallSite, document: SourceDocument): SiteLocation {
  const recorded = run.recorded(site.file);
  if (recorded === null) return {kind: 'unknown'};
  const {start, end} = recorded.extent(site);
  const tracker = document.tracker(recorded);
  const {lines} = document;
  const first = tracker.place(start.line, lines);
  const own = start.line === site.line - 1 ? first : tracker.place(site.line - 1, lines);
  if (own === null) return {kind: 'gone'};
  if (first === null || !isWhole()) return {kind: 'stale', range: trimmedLine(lines[own.line] ?? '', own.line)};
  const text = lines[first.line] ?? '';
  const shift = indentOf(text) - indentOf(recorded.lines[start.line] ?? '');
  const from = start.character + shift;
  const to = end.line === start.line ? end.character + shift : text.trimEnd().length;
  return {kind: 'fresh', range: {start: {line: first.line, character: from}, end: {line: first.line, character: Math.max(from + 1, to)}}};

  /** Every line of the call is there, unchanged, with nothing in between. */
  function isWhole(): boolean {
    for (let at = start.line; at <= end.line; at++) {
      const place = tracker.place(at, lines);
      if (place === null || place.isChanged || place.line !== (first?.line ?? 0) + at - start.line) return false;
    }
    return true;
  }
}

function trimmedLine(text: string, line: number): Range {
  const start = indentOf(text);
  return {start: {line, character: start}, end: {line, character: Math.max(start, text.trimEnd().length)}};
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
