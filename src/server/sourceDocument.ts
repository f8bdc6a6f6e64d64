import type {Range, TextDocumentContentChangeEvent} from 'vscode-languageserver/node';
import {codeTokens, type CodeToken} from './codeTokens';
import {LineTracker, type LineEdit} from './lineTracker';
import type {RecordedText} from './recordedText';
import {positionIn, splitLines, startsOf, type TextPosition} from './textLines';
import {trainingCode, type TrainingCode} from './trainingCode';

/** Larger ones are bundles: their code isn't looked through. */
const LARGEST_CODE = 1_500_000;
const MOST_TRACKERS = 8;

/** The text of a file as it is now, in the editor or on disk, and where its recorded lines have gone. */
export class SourceDocument {
  private readonly trackers = new Map<string, LineTracker>();
  private allTokens: CodeToken[] | null = null;
  private training: TrainingCode | null = null;
  private lineStarts: number[] | null = null;

  private constructor(readonly uri: string, public version: number, private all: string[]) {}

  static of(uri: string, version: number, text: string): SourceDocument {
    return new SourceDocument(uri, version, splitLines(text.startsWith('\ufeff') ? text.slice(1) : text));
  }

  get lines(): readonly string[] {
    return this.all;
  }

  update(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    for (const change of changes) {
      if ('range' in change) this.edit(change.range, change.text);
      else this.replace(change.text);
    }
    this.version = version;
    this.allTokens = null;
    this.training = null;
    this.lineStarts = null;
  }

  /** Follows a recorded text through what was edited since; from its first call on as edits are made. */
  tracker(recorded: RecordedText): LineTracker {
    let tracker = this.trackers.get(recorded.key);
    if (tracker === undefined) {
      tracker = new LineTracker(recorded.lines, this.all);
      const [oldest] = this.trackers.keys();
      if (this.trackers.size >= MOST_TRACKERS && oldest !== undefined) this.trackers.delete(oldest);
      this.trackers.set(recorded.key, tracker);
    }
    return tracker;
  }

  get code(): TrainingCode {
    this.training ??= trainingCode(this.tokens);
    return this.training;
  }

  get tokens(): readonly CodeToken[] {
    if (this.allTokens === null) {
      const text = this.all.join('\n');
      this.allTokens = text.length > LARGEST_CODE ? [] : codeTokens(text);
    }
    return this.allTokens;
  }

  /** Line and character of an offset in `tokens`, from 0. */
  position(offset: number): TextPosition {
    this.lineStarts ??= startsOf(this.all);
    return positionIn(this.lineStarts, offset);
  }

  private replace(text: string): void {
    this.all = splitLines(text);
    this.trackers.clear();
  }

  private edit(range: Range, text: string): void {
    const lastLine = this.all.length - 1;
    const startLine = Math.min(range.start.line, lastLine);
    const endLine = Math.min(Math.max(range.end.line, startLine), lastLine);
    const first = this.all[startLine] ?? '';
    const last = this.all[endLine] ?? '';
    const head = first.slice(0, range.start.character);
    const tail = range.end.line > lastLine ? '' : last.slice(range.end.character);
    const inserted = splitLines(text);
    inserted[0] = head + (inserted[0] ?? '');
    inserted[inserted.length - 1] += tail;
    const edit: LineEdit = {
      line: startLine, removed: endLine - startLine + 1, inserted,
      keepsFirst: head === first && inserted[0] === first && (inserted.length > 1 || endLine > startLine),
      keepsLast: tail === last && inserted.at(-1) === last && (inserted.length > 1 || endLine > startLine),
    };
    this.all = [...this.all.slice(0, startLine), ...inserted, ...this.all.slice(endLine + 1)];
    for (const tracker of this.trackers.values()) tracker.apply(edit);
  }
}
