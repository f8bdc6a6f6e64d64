import {spawn} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {RunOverviews} from '../src/runs/runOverview';
import {openRun} from '../src/runs/runReader';
import {listRunIds, runDir} from '../src/runs/runStore';
import {packageRoot} from '../test/support/managedRuntime';
import {timeRow, type Row} from './rows';

const BENCH = 'telemetry';
const RUNS = 1000;
const LIST_GOAL = 300;
const LIST_ROUNDS = 7;
const ROW_GOAL = 100;
const ROW_SIZE_GOAL = 40;
const WATCHED_MS = 8000;
const LOOK_MS = 2;
const MEDIAN = 0.5;
const P95 = 0.95;

const clocked = join(packageRoot, 'test/fixtures/scripts/clocked.js');

/** How soon a row is there, how much it takes on the disk, and how long a full store takes to list. */
export async function benchStore(say: (line: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'singscope-bench-'));
  try {
    const rows: Row[] = [];
    for (const mode of ['await', 'never'] as const) {
      say(`rows of a loop that ${mode === 'await' ? 'awaits' : 'never awaits'} …`);
      rows.push(timeRow(BENCH, `loop that ${mode === 'await' ? 'awaits' : 'never awaits'}`, 'step to row, p95', await rowLatencies(folder, mode), P95, ROW_GOAL));
    }
    rows.push(...sizeRows(folder));
    say(`a store of ${RUNS} runs …`);
    rows.push(timeRow(BENCH, `store of ${RUNS} runs`, 'list', listTimes(folder), MEDIAN, LIST_GOAL));
    return rows;
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Milliseconds from a step to its rows, as a reader sees them that looks every two milliseconds. */
async function rowLatencies(store: string, mode: 'await' | 'never'): Promise<number[]> {
  const times = join(store, `times-${mode}`);
  const before = new Set(listRunIds(store));
  const session = spawn(process.execPath, [join(packageRoot, 'bin/singscope.js'), 'run', clocked, '--json', '--store', store, '--', times, mode], {stdio: 'ignore'});
  const ended = new Promise((resolve) => session.once('close', resolve));
  while (!existsSync(times) || !readFileSync(times, 'utf8').includes('\n')) await sleep(LOOK_MS);
  const run = openRun(runDir(store, listRunIds(store).find((id) => !before.has(id)) ?? ''));
  const seen: number[] = [];
  const first = run.series(0).length;
  for (const end = Date.now() + WATCHED_MS; Date.now() < end; await sleep(LOOK_MS)) {
    run.refresh();
    const now = Date.now();
    // Both parameters must be there for a row to be seen.
    while (seen.length + first < Math.min(run.series(0).length, run.series(1).length)) seen.push(now);
  }
  session.kill('SIGINT');
  await ended;
  const made = readFileSync(times, 'utf8').trim().split('\n').map((line) => Number(line.split(' ')[1]));
  return seen.map((at, index) => at - (made[first + index] ?? NaN));
}

/** Bytes on the disk of the runs that were just made. */
function sizeRows(store: string): Row[] {
  const runs = listRunIds(store).map((id) => openRun(runDir(store, id)));
  const rows = runs.reduce((sum, run) => sum + run.parameters.reduce((all, {index}) => all + run.series(index).length, 0), 0);
  const bytes = (name: string): number => runs.reduce((sum, {dir}) => sum + (existsSync(join(dir, name)) ? statSync(join(dir, name)).size : 0), 0);
  const histograms = runs.reduce((sum, run) => sum + run.parameters.reduce((all, {index}) => all + run.histograms(index).length, 0), 0);
  const size = (bytes('parameters.arrow') + bytes('parameters.arrow.gz')) / rows;
  const row = {bench: BENCH, case: 'ended run', arm: null, unit: 'bytes', baseline: null, ratio: null};
  return [
    {...row, metric: 'a parameter and step', value: size, goal: ROW_SIZE_GOAL, met: size <= ROW_SIZE_GOAL, samples: rows},
    {...row, metric: 'a histogram', value: histograms === 0 ? null : bytes('histograms.arrow') / histograms, goal: null, met: null, samples: histograms},
  ];
}

function listTimes(from: string): number[] {
  const store = mkdtempSync(join(tmpdir(), 'singscope-bench-'));
  try {
    const [id] = listRunIds(from);
    for (let at = 0; at < RUNS; at++) cpSync(runDir(from, id ?? ''), runDir(store, `20261130-100000-${String(at).padStart(4, '0')}`), {recursive: true});
    // Each time by a reader that has seen nothing yet.
    return Array.from({length: LIST_ROUNDS}, () => {
      const begin = performance.now();
      const {length} = new RunOverviews().list(store);
      if (length !== RUNS) throw new Error(`${length} runs were listed.`);
      return performance.now() - begin;
    });
  } finally {
    rmSync(store, {recursive: true, force: true});
  }
}
