import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const LOOK_MS = 3;

/** What a training says of a block of steps. */
export interface Block {
  /** Mean milliseconds of a step. */
  ms: number;
  /** Of the time since it began, that it worked; the others had the rest. */
  share: number;
}

/** One training in a process of its own that works only when it is its turn. */
export class TurnTaker {
  private said = '';
  private turns = 0;

  private constructor(private readonly folder: string, private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => { this.said += data.toString(); });
  }

  /** @param command of Node, to which the names of the two files are added */
  static start(command: readonly string[], env: NodeJS.ProcessEnv): TurnTaker {
    const folder = mkdtempSync(join(tmpdir(), 'singscope-turns-'));
    const files = ['orders', 'answers'].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, '');
    return new TurnTaker(folder, spawn(process.execPath, [...command, ...files], {env, stdio: ['ignore', 'pipe', 'pipe']}));
  }

  async turn(): Promise<Block> {
    this.order('x');
    this.turns++;
    for (;;) {
      const lines = readFileSync(join(this.folder, 'answers'), 'utf8').split('\n');
      if (lines.length > this.turns) return JSON.parse(lines[this.turns - 1] ?? '') as Block;
      if (this.child.exitCode !== null) throw new Error(`A training ended too soon:\n${this.said.slice(-2000)}`);
      await sleep(LOOK_MS);
    }
  }

  /** Lets it end. @returns what it wrote to its standard output and error */
  async end(): Promise<string> {
    const ended = this.child.exitCode === null ? once(this.child, 'close') : null;
    this.order('e');
    await ended;
    rmSync(this.folder, {recursive: true, force: true});
    if (this.child.exitCode !== 0) throw new Error(`A training ended with ${String(this.child.exitCode)}:\n${this.said.slice(-2000)}`);
    return this.said;
  }

  private order(what: 'x' | 'e'): void {
    appendFileSync(join(this.folder, 'orders'), what);
  }
}
