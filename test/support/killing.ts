import {spawn, type ChildProcess} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {readRunProcess} from '../../src/runs/launchFile';
import {openRun} from '../../src/runs/runReader';
import {listRunIds, runDir} from '../../src/runs/runStore';
import {summarizeRun} from '../../src/runs/runSummary';
import {seededRandom} from '../../src/worker/seeding';
import {packageRoot} from './managedRuntime';

export const victims = ['training', 'session', 'reader'] as const;
export type Victim = (typeof victims)[number];

const bin = join(packageRoot, 'bin/singscope.js');
const clocked = join(packageRoot, 'test/fixtures/scripts/clocked.js');
const START_MS = 180_000;
/** Steps as old as this at the kill must be there; older ones still where the machine itself stood still. */
const LOST_MS = 1000;
const WITNESS_MS = 50;

export interface KillOutcome {
  seed: number;
  victim: Victim;
  steps: number;
  /** Steps that the script had made so long before, and that are not in the folder. */
  lost: number[];
  /** What is wrong otherwise; empty where nothing is. */
  problems: string[];
}

/** Kills the training, its session or a reader at a random moment, the training in any case a while later, and looks at what is left. */
export async function killOnce(seed: number): Promise<KillOutcome> {
  const random = seededRandom(seed);
  const victim = victims[Math.floor(random() * victims.length)] ?? 'training';
  const folder = mkdtempSync(join(tmpdir(), 'singscope-kill-'));
  const store = join(folder, '.singscope');
  const times = join(folder, 'times');
  const witness = new Witness(join(folder, 'witness'));
  try {
    const session = start(['run', clocked, '--json', '--store', store, '--', times, random() < 0.5 ? 'await' : 'never']);
    await until(() => existsSync(times) && readFileSync(times, 'utf8').includes('\n'));
    const dir = runDir(store, listRunIds(store)[0] ?? '');
    // The session may write it after the first step. A kill of -1 would be one of everything.
    await until(() => readRunProcess(dir) !== null);
    const pid = readRunProcess(dir)!.pid;
    const reader = victim === 'reader' ? start(['follow', 'last', '--store', store]) : null;
    await sleep(200 + 2800 * random());
    if (victim === 'session') session.kill('SIGKILL');
    if (reader !== null) reader.kill('SIGKILL');
    if (victim !== 'training') await sleep(100 + 1500 * random());
    const killed = Date.now();
    process.kill(pid, 'SIGKILL');
    witness.stop();
    await until(() => openRun(dir).status() !== 'running');
    if (session.exitCode === null && session.signalCode === null) await new Promise((resolve) => session.once('close', resolve));
    return {seed, victim, ...judge(dir, times, killed - LOST_MS - witness.longest)};
  } finally {
    witness.stop();
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Does what a recorder does, as seldom and as little: how long it stood still the machine did, and not the recorder. */
class Witness {
  /** Milliseconds that it was late at most. */
  longest = 0;
  private last = Date.now();
  private readonly timer: NodeJS.Timeout;

  constructor(path: string) {
    this.timer = setInterval(() => {
      this.look();
      writeFileSync(path, '.');
    }, WITNESS_MS);
  }

  stop(): void {
    this.look();
    clearInterval(this.timer);
  }

  private look(): void {
    const now = Date.now();
    this.longest = Math.max(this.longest, now - this.last - WITNESS_MS);
    this.last = now;
  }
}

/** @param before steps that were made before then must be there */
function judge(dir: string, times: string, before: number): Omit<KillOutcome, 'seed' | 'victim'> {
  const run = openRun(dir);
  const problems: string[] = [];
  const {status, parameters} = summarizeRun(run);
  if (status !== 'crashed') problems.push(`the run is ${status}`);
  const made = stepTimes(times);
  // They are told with the first step.
  if (parameters.length !== 2 && made.some(([, time]) => time < before)) problems.push(`${parameters.length} parameters`);
  for (const {message} of run.notices) if (!/in the middle of a (?:batch|line)|pure JavaScript/.test(message)) problems.push(message);
  for (const [name, steps] of [['steps', run.steps.column('step')], ...run.parameters.map(({index, name}) => [name, run.series(index).column('step')])] as [string, Float64Array][]) {
    if (steps.some((step, at) => step !== at + 1)) problems.push(`${name} has not each step once`);
  }
  const least = Math.min(run.steps.length, ...run.parameters.map(({index}) => run.series(index).length));
  return {steps: run.steps.length, lost: made.filter(([step, time]) => time < before && step > least).map(([step]) => step), problems};
}

/** What the script noted of its steps. */
function stepTimes(path: string): [step: number, time: number][] {
  return readFileSync(path, 'utf8').trim().split('\n').map((line) => line.split(' ').map(Number) as [step: number, time: number]);
}

function start(args: string[]): ChildProcess {
  return spawn(process.execPath, [bin, ...args], {stdio: 'ignore'});
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + START_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error('The training did not start, or did not end.');
    await sleep(20);
  }
}
