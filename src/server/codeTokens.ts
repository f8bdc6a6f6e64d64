/** A piece of JavaScript or TypeScript; `start` and `end` are offsets in the text. */
export interface CodeToken {
  kind: 'word' | 'number' | 'string' | 'template' | 'regex' | 'punctuator';
  /** As it stands in the text; of a string its content. */
  text: string;
  start: number;
  end: number;
}

const WORD = /#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\.?\d[\w.]*/y;
const REGEX = /\/(?![*/])(?:[^\\/[\r\n]|\\[^\r\n]|\[(?:[^\]\\\r\n]|\\[^\r\n])*\])+\/[a-z]*/y;
const LINE_END = /[\r\n]/g;
const PUNCTUATOR = /=>|\?\.(?!\d)|\.\.\.|[^\s]/y;

/** After these words an expression begins, so that a slash is a regular expression. */
const beforeExpression = new Set(['return', 'typeof', 'case', 'in', 'of', 'delete', 'void', 'throw', 'new', 'else', 'do', 'await', 'yield', 'instanceof', 'default']);

/**
 * Tokens of a text that may be half-typed: comments are left out, what is in strings, templates and
 * regular expressions is never code, and what is not closed ends with its line.
 */
export function codeTokens(text: string): CodeToken[] {
  return new Scanner(text).scan();
}

class Scanner {
  private at = 0;
  private readonly tokens: CodeToken[] = [];
  /** For each template that is open, how deep in braces its expression lies. */
  private readonly templates: number[] = [];
  private depth = 0;

  constructor(private readonly text: string) {}

  scan(): CodeToken[] {
    const {text} = this;
    if (text.startsWith('#!')) this.at = this.lineEnd(0);
    while (this.at < text.length) this.next();
    return this.tokens;
  }

  private next(): void {
    const {text, at} = this;
    const char = text[at] ?? '';
    if (char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === '\ufeff') {
      this.at++;
    } else if (char === '/' && text[at + 1] === '/') {
      this.at = this.lineEnd(at);
    } else if (char === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      this.at = end < 0 ? this.lineEnd(at) : end + 2;
    } else if (char === '"' || char === '\'') {
      this.string(char);
    } else if (char === '`') {
      this.template(at + 1);
    } else if (char === '}' && this.templates.at(-1) === this.depth) {
      this.templates.pop();
      this.push('punctuator', at, at + 1);
      this.template(at + 1);
    } else if (!(this.match(WORD, 'word') || this.match(NUMBER, 'number') || (char === '/' && this.regexMayBegin() && this.match(REGEX, 'regex')))) {
      this.punctuator();
    }
  }

  private match(pattern: RegExp, kind: CodeToken['kind']): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.push(kind, this.at, pattern.lastIndex);
    return true;
  }

  private punctuator(): void {
    if (!this.match(PUNCTUATOR, 'punctuator')) {
      this.at++;
      return;
    }
    const text = this.tokens.at(-1)?.text;
    if (text === '{') this.depth++;
    if (text === '}') this.depth = Math.max(0, this.depth - 1);
  }

  private string(quote: string): void {
    const {text, at: start} = this;
    let end = start + 1;
    for (; end < text.length; end++) {
      const char = text[end];
      if (char === '\\') {
        if (text[end + 1] === '\r' && text[end + 2] === '\n') end++;
        end++;
      } else if (char === quote || char === '\n' || char === '\r') {
        break;
      }
    }
    this.tokens.push({kind: 'string', text: text.slice(start + 1, end), start, end: Math.min(end + 1, text.length)});
    this.at = text[end] === quote ? end + 1 : end;
  }

  /** The part of a template up to its end or its next expression. */
  private template(from: number): void {
    const {text} = this;
    for (let end = from; end < text.length; end++) {
      const char = text[end];
      if (char === '\\') {
        end++;
      } else if (char === '`') {
        this.push('template', from, end + 1);
        return;
      } else if (char === '$' && text[end + 1] === '{') {
        this.push('template', from, end);
        this.push('punctuator', end, end + 2);
        this.templates.push(this.depth);
        return;
      }
    }
    // Not closed anywhere: it is being typed.
    this.push('template', from, this.lineEnd(from));
  }

  private push(kind: CodeToken['kind'], start: number, end: number): void {
    this.tokens.push({kind, text: this.text.slice(start, end), start, end});
    this.at = end;
  }

  private regexMayBegin(): boolean {
    const last = this.tokens.at(-1);
    if (last === undefined) return true;
    if (last.kind === 'word') return beforeExpression.has(last.text);
    return last.kind === 'punctuator' && last.text !== ')' && last.text !== ']';
  }

  private lineEnd(from: number): number {
    LINE_END.lastIndex = from;
    return LINE_END.exec(this.text)?.index ?? this.text.length;
  }
}
