import type {CallSite} from '../protocol/callSite';
import {callExpression} from './callExpression';
import {codeTokens, type CodeToken} from './codeTokens';
import {trainingCode} from './trainingCode';
import {positionIn, splitLines, startsOf, type TextPosition} from './textLines';

/** Lines and characters from 0; the end is behind the last character. */
export interface Extent {
  start: TextPosition;
  end: TextPosition;
}

/** A file as it was in a run. */
export class RecordedText {
  readonly lines: readonly string[];
  private starts: number[] | null = null;
  private tokens: CodeToken[] | null = null;

  /** @param key tells texts apart, e.g. their hash */
  constructor(readonly key: string, text: string) {
    this.lines = splitLines(text);
  }

  /** The first call of a training in it; null where there is none. */
  firstTraining(file: string): CallSite | null {
    const [call] = trainingCode(this.code).calls.filter(({isCertain}) => isCertain);
    if (call === undefined) return null;
    const {line, character} = positionIn(this.offsets, call.start);
    return {file, line: line + 1, column: character + 1};
  }

  /** What stands at a call site: the whole call from the first word of its name, or at least the rest of the line. */
  extent({line, column}: CallSite): Extent {
    const {offsets} = this;
    const at = line - 1;
    const text = this.lines[at] ?? '';
    const found = callExpression(this.code, (offsets[at] ?? 0) + column - 1);
    if (found !== null) {
      const extent = {start: positionIn(offsets, found.start), end: positionIn(offsets, found.end)};
      if (extent.start.line <= at && extent.end.line >= at) return extent;
    }
    const indent = text.length - text.trimStart().length;
    return {start: {line: at, character: indent}, end: {line: at, character: Math.max(indent, text.trimEnd().length)}};
  }

  private get offsets(): readonly number[] {
    this.starts ??= startsOf(this.lines);
    return this.starts;
  }

  private get code(): readonly CodeToken[] {
    this.tokens ??= codeTokens(this.lines.join('\n'));
    return this.tokens;
  }
}
