// A run of a million steps: does its process's memory stand still, its folder stay bounded with every extreme kept, and can it be read at once?
import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {PanelView} from '../src/protocol/panel';
import {median} from '../src/runs/lossCurve';
import {readOverview} from '../src/runs/runOverview';
import {openRun, type RunReader} from '../src/runs/runReader';
import {listRunIds, runDir} from '../src/runs/runStore';
import {ViewSlices} from '../src/runs/window/viewSlices';
import {packageRoot} from '../test/support/managedRuntime';
import {slopeOf} from './slope.mjs';

const MIB = 2 ** 20;
const LOOK_MS = 1000;
const GOAL_MS = 1000;
/** Growth that counts as standing still, in bytes a step: a mebibyte over 100,000 steps. */
const FLAT = 10;
const ROUNDS = 5;

interface Spike {
  step: number;
  loss: number;
  norms: number[];
}

/** @returns whether all goals were met */
export async function soakLong(steps = 1_000_000): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'singscope-soak-'));
  try {
    const truth = join(folder, 'truth.json');
    const args = [join(packageRoot, 'bin/singscope.js'), 'run', join(packageRoot, 'soak/endless.cjs'), '--store', folder, '--', String(steps), truth];
    const session = spawn(process.execPath, args, {stdio: 'ignore'});
    const ended = new Promise((resolve) => session.once('close', resolve));
    const {largest, sessionSlope} = await watch(folder, session.pid ?? 0, ended);
    const [id] = listRunIds(folder);
    if (id === undefined) throw new Error('no run was recorded');
    const dir = runDir(folder, id);
    const run = openRun(dir);
    return [
      say('memory of the training', `${slope(run, 'rss').toFixed(2)} bytes a step over its second half, heap ${slope(run, 'heap').toFixed(2)}`, slope(run, 'rss') <= FLAT),
      say('memory of the session', `${sessionSlope.toFixed(0)} bytes a second over its second half`),
      say('folder', `${(largest / MIB).toFixed(1)} MiB at most, ${(bytesOf(dir) / MIB).toFixed(1)} at the end: ${sizes(dir)}`),
      say('rows', `${run.steps.length} of ${run.lastStep} steps, ${run.parameters.reduce((sum, {index}) => sum + run.series(index).length, 0)} of ${steps * run.parameters.length} of parameters`, run.lastStep === steps),
      say('extremes', ...lostSpikes(run, JSON.parse(readFileSync(truth, 'utf8')) as Spike[])),
      ...timings(dir, steps),
    ].every(Boolean);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function say(what: string, text: string, met = true): boolean {
  process.stdout.write(`${what}: ${text}${met ? '' : '  MISSED'}\n`);
  return met;
}

/** Looks at the folder and at the session's memory until it ends. */
async function watch(store: string, pid: number, ended: Promise<unknown>): Promise<{largest: number; sessionSlope: number}> {
  let isOver = false;
  void ended.then(() => { isOver = true; });
  let largest = 0;
  const memory: [number, number][] = [];
  for (let second = 0; !isOver; second++) {
    await Promise.race([ended, sleep(LOOK_MS)]);
    const [id] = listRunIds(store);
    if (id !== undefined) largest = Math.max(largest, bytesOf(runDir(store, id)));
    const rss = rssOf(pid);
    if (rss !== null) memory.push([second, rss]);
  }
  await ended;
  return {largest, sessionSlope: slopeOf(memory.slice(Math.floor(memory.length / 2)))};
}

function rssOf(pid: number): number | null {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}

function bytesOf(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + (statSync(join(dir, name), {throwIfNoEntry: false})?.size ?? 0), 0);
}

function sizes(dir: string): string {
  return readdirSync(dir).map((name) => `${name} ${((statSync(join(dir, name), {throwIfNoEntry: false})?.size ?? 0) / MIB).toFixed(1)}`).join(', ');
}

/** Bytes a step over the second half of the run. */
function slope(run: RunReader, column: 'rss' | 'heap'): number {
  const values = run.steps.column(column);
  const rows = Array.from(run.steps.column('step'), (step, at): [number, number] => [step, values[at] ?? NaN]);
  const half = run.lastStep / 2;
  return slopeOf(rows.filter(([step]) => step > half));
}

function lostSpikes(run: RunReader, spikes: readonly Spike[]): [string, boolean] {
  const lost = spikes.filter(({step, loss, norms}) => {
    const row = run.steps.column('step').indexOf(step);
    const isClose = (recorded: number | undefined, expected: number): boolean => Math.abs((recorded ?? NaN) - expected) <= 1e-5 * expected;
    return !(isClose(run.steps.column('loss')[row], loss) && run.parameters.every(({index}) => {
      const series = run.series(index);
      return isClose(series.column('norm')[series.column('step').indexOf(step)], norms[index] ?? NaN);
    }));
  });
  return [`${spikes.length - lost.length} of ${spikes.length} steps that stood out are there with their numbers`, lost.length === 0 && spikes.length > 0];
}

/** Reads, cold each time, what a list and a panel show. */
function timings(dir: string, steps: number): boolean[] {
  const middle = Math.floor(steps / 2);
  return ([
    ['where the run stands', () => { readOverview(dir); }],
    ['the whole run', () => { draw(dir, null); }],
    ['2,000 steps in the middle', () => { draw(dir, {from: middle, to: middle + 2000}); }],
    ['the last 2,000 steps', () => { draw(dir, {from: steps - 2000, to: steps}); }],
  ] as const).map(([what, read]) => {
    const times = Array.from({length: ROUNDS}, () => {
      const start = performance.now();
      read();
      return performance.now() - start;
    });
    const ms = median(Float64Array.from(times));
    return say(what, `${ms.toFixed(0)} ms (goal ${GOAL_MS})`, ms <= GOAL_MS);
  });
}

function draw(dir: string, window: PanelView['window']): void {
  const run = openRun(dir);
  const view: PanelView = {shown: [run.id], parameter: run.parameters[0]?.name ?? null, window, buckets: 600, heatBuckets: 200};
  if (new ViewSlices(1, view).take([run], run.lastStep).length === 0) throw new Error('nothing to draw');
}
