import {spawn, type ChildProcess} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun, type RunReader} from '../../src/runs/runReader';
import {listRunIds, runDir} from '../../src/runs/runStore';
import {signal} from '../../src/session/processTree';

const bin = resolve('bin/singscope.js');

/** Path of a script of test/fixtures/scripts. */
export const script = (name: string): string => resolve('test/fixtures/scripts', name);

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** An invocation that goes on. */
export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
}

/** A project folder of a user, with a run store of its own. */
export class Project {
  readonly dir = mkdtempSync(join(tmpdir(), 'singscope project '));
  readonly store = join(this.dir, '.singscope');
  private readonly children: ChildProcess[] = [];

  constructor() {
    writeFileSync(join(this.dir, 'package.json'), '{}');
  }

  /** Starts `singscope …` here, as its own process group leader so that signals reach it alone. */
  start(args: string[], {env = {}, from = bin}: {env?: Record<string, string>; from?: string} = {}): Started {
    const child = spawn(process.execPath, [from, ...args], {
      cwd: this.dir, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
      env: {...process.env, SINGSCOPE_RUNTIME_DIR: join(this.dir, 'no runtimes'), NO_COLOR: '1', ...env},
    });
    this.children.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ended>((done) => child.on('close', (code) => done({code, stdout, stderr})));
    return {child, ended};
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** All runs here, oldest first. */
  readers(): RunReader[] {
    return listRunIds(this.store).map((id) => openRun(runDir(this.store, id)));
  }

  /** Waits until some run here is as wanted. A flush writes events last: its steps may be read before the event that names its process. */
  async until(wanted: (reader: RunReader) => boolean, limit = 180_000): Promise<RunReader> {
    for (const end = Date.now() + limit; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
      const found = this.readableRuns().find((reader) => wanted(reader) && reader.lastEvent('start') !== null);
      if (found !== undefined) return found;
    }
    throw new Error(`No run of ${this.store} came to what was waited for.`);
  }

  /** Removes the folder. What a failed test has left running goes with it: it would train on beside the tests after it. */
  remove(): void {
    for (const child of this.children) child.kill('SIGKILL');
    for (const reader of this.readableRuns()) {
      const pid = reader.status() === 'running' ? reader.lastEvent('start')?.pid : undefined;
      if (pid !== undefined) signal(pid, 'SIGKILL');
    }
    rmSync(this.dir, {recursive: true, force: true, maxRetries: 5});
  }

  private readableRuns(): RunReader[] {
    try {
      return this.readers();
    } catch {
      // A folder that is being made has no run.json yet.
      return [];
    }
  }
}

/** The one JSON object that stands alone on stdout. */
export function summaryOf({stdout, stderr}: Ended): RunSummary {
  if (stdout.trim() === '') throw new Error(`nothing on stdout; stderr: ${stderr}`);
  return JSON.parse(stdout) as RunSummary;
}
