import {basename, relative} from 'node:path';
import {stringifyJson} from '../protocol/numbers';
import type {RunStatus} from '../protocol/runSummary';
import {exitCodes, Failure, messageOf, type ExitCode} from '../platform/failure';
import {readOverview} from '../runs/runOverview';
import {openRun} from '../runs/runReader';
import {listRunIds, listTrialIds, pruneRuns, removeRun, resolveRun, runDir, trialDir} from '../runs/runStore';
import {summarizeRun} from '../runs/runSummary';
import {readTrial} from '../runs/trial';
import {storeOf} from './sessionOptions';
import {summaryText} from './summaryText';
import {tableText} from './table';
import {shortNumber, shortTime} from './texts';

/** Runs that stay when nothing else is said. */
const KEPT = 20;
const MEGABYTE = 1e6;

interface StoreOptions {
  store?: string;
  json?: boolean;
}

/** One line of the list; `problem` where the run can't be read. */
interface RunRow {
  run: string;
  status: RunStatus | 'unreadable';
  created: number | null;
  steps: number;
  loss: number | null;
  findings: number;
  sing: string | null;
  script: string | null;
  problem: string | null;
}

/** `singscope runs list` */
export function listRuns(options: StoreOptions): ExitCode {
  const store = storeOf(options);
  const rows = listRunIds(store).map((id) => runRow(store, id));
  if (options.json) {
    process.stdout.write(`${stringifyJson({store, runs: rows})}\n`);
    return exitCodes.fine;
  }
  if (rows.length === 0) {
    process.stdout.write(`No runs in ${store} yet: start one with \`singscope run <script>\`.\n`);
    return exitCodes.fine;
  }
  const lines = rows.map(({run, status, created, sing, steps, loss, findings, script, problem}) => {
    const age = created === null ? '–' : shortTime((Date.now() - created) / 1000);
    return [run, status, age, sing ?? '–', steps, shortNumber(loss), findings, problem ?? (script === null ? '–' : relative(process.cwd(), script))];
  });
  process.stdout.write(`${tableText(['run', 'state', 'age', 'SING', 'steps', 'loss', 'findings', 'script'], lines)}\n${trialsText(store)}`);
  return exitCodes.fine;
}

/** `singscope runs show` */
export function showRun(reference: string, options: StoreOptions): ExitCode {
  const summary = summarizeRun(openRun(resolveRun(storeOf(options), reference)));
  process.stdout.write(`${options.json ? stringifyJson(summary) : summaryText(summary)}\n`);
  return exitCodes.fine;
}

/** `singscope runs rm` */
export function dropRun(reference: string, options: StoreOptions): ExitCode {
  const store = storeOf(options);
  const dir = resolveRun(store, reference);
  const row = runRow(store, basename(dir));
  if (row.status === 'running') throw new Failure(`Run ${row.run} goes on: end it first with \`singscope stop ${row.run}\`.`);
  removeRun(store, row.run);
  process.stdout.write(options.json ? `${stringifyJson({removed: [row.run]})}\n` : `Removed run ${row.run}.\n`);
  return exitCodes.fine;
}

/** `singscope runs prune` */
export function pruneStore(options: StoreOptions & {keep?: number; size?: number}): ExitCode {
  const store = storeOf(options);
  const {size, keep = size === undefined ? KEPT : undefined} = options;
  const removed = pruneRuns(store, {keep, mostBytes: size === undefined ? undefined : size * MEGABYTE});
  process.stdout.write(options.json ? `${stringifyJson({removed})}\n` : `Removed ${removed.length} ${removed.length === 1 ? 'run' : 'runs'}, kept the newest ${listRunIds(store).length}.\n`);
  return exitCodes.fine;
}

/** The trials of a store, whose runs stand in the list of runs; empty without any. */
function trialsText(store: string): string {
  const lines = listTrialIds(store).flatMap((id) => {
    try {
      const {arms, seeds, script} = readTrial(trialDir(store, id));
      return [[id, arms.map(({name}) => name).join(' against '), seeds.length, relative(process.cwd(), script)]];
    } catch (error) {
      return [[id, messageOf(error), '–', '–']];
    }
  });
  return lines.length === 0 ? '' : `${tableText(['trial', 'arms', 'seeds', 'script'], lines)}\n`;
}

function runRow(store: string, id: string): RunRow {
  try {
    const {launch: {script, sing}, status, created, steps, lastLoss, findings} = readOverview(runDir(store, id));
    return {run: id, status, created, steps, loss: lastLoss, findings: findings.length, sing: sing.mode, script, problem: null};
  } catch (error) {
    return {run: id, status: 'unreadable', created: null, steps: 0, loss: null, findings: 0, sing: null, script: null, problem: messageOf(error)};
  }
}
