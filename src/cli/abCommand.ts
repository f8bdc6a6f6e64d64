import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import pc from 'picocolors';
import type {NoiseFloor, RunSummary, TrialSummary} from '../protocol/runSummary';
import {stringifyJson} from '../protocol/numbers';
import {runFiles} from '../protocol/runFolder';
import {Failure, type ExitCode} from '../platform/failure';
import {runDir} from '../runs/runStore';
import {readTrial, type Trial} from '../runs/trial';
import {releaseTrial} from '../runs/trialClaim';
import {findNode, findScript} from '../session/nodeCommand';
import type {ScriptSettings} from '../session/sessionSettings';
import {beginTrial, concludeTrial} from '../session/trialConclusion';
import {openTrial} from '../session/trialOpening';
import {trialArms, trialSeeds, type TrialArm} from '../session/trialPlan';
import {TrialSession, type ActiveJob} from '../session/trialSession';
import {defaultJobs} from '../session/trialStart';
import {armRuns} from '../session/trialSummary';
import {scriptEnvironment} from '../session/workerEnvironment';
import {exitCodeOf} from './exitCode';
import {Interrupts} from '../session/interrupts';
import {later} from './singOptions';
import {sessionSettings, type SessionOptions} from './sessionOptions';
import {Terminal} from './terminal';
import {findingText, progressText, shortNumber} from './texts';
import {differencesTable, runsTable} from './trialTable';
import {lookUntil} from './watchLoop';

export interface AbOptions extends SessionOptions {
  seeds: number;
  arms: string;
  lrLadder?: string;
  jobs?: number;
  engine: string;
  offUntouched?: boolean;
}

/** `singscope ab` */
export async function compareArms(script: string, args: string[], options: AbOptions, packageRoot: string): Promise<ExitCode> {
  const arms = armNames(options);
  const base = {...sessionSettings(options, packageRoot), offUntouched: options.offUntouched ?? false};
  const path = findScript(script, base.cwd, process.cwd());
  const node = findNode(base.node, base.cwd, scriptEnvironment(base));
  const keepSeed = options.seed === 'keep';
  const wanted: ScriptSettings = {...base, script: path, args};
  const seeds = trialSeeds(options.seeds, base.seed);

  const terminal = new Terminal(process.stderr);
  const interrupts = new Interrupts();
  const {dir, store, storeProblem, resumed, trial: {id}} = openTrial(wanted, {arms, seeds, keepSeed});
  beginTrial(dir, id);
  if (storeProblem !== null) terminal.say(`singscope: ${storeProblem}. This trial is recorded in ${store}.`);
  const settings = {...wanted, store};
  const trial = readTrial(dir);
  const session = new TrialSession(settings, node, trial, options.jobs ?? defaultJobs(), (entry) => showEnd(terminal, entry));
  const {done, jobs} = session.state;
  terminal.say(!resumed
    ? `Trial ${trial.id}: ${jobs} runs (${arms.join(' against ')}, ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}, and ${arms[0]} once more with the first)`
    : `Going on with trial ${trial.id}: ${done} of ${jobs} runs are done`);

  let interrupted = false;
  interrupts.handle(() => {
    terminal.say(interrupted ? 'Not waiting any longer …' : `Stopping all runs of ${trial.id} … (again: do not wait)`);
    interrupted = true;
    session.stop();
  });
  try {
    await lookUntil(terminal, session.run(), () => showTrial(terminal, session));
    terminal.end();
    return await finish({settings, trial, session, interrupted, options, terminal});
  } finally {
    releaseTrial(dir);
    interrupts.release();
  }
}

interface Ending {
  settings: ScriptSettings;
  trial: Trial;
  session: TrialSession;
  interrupted: boolean;
  options: AbOptions;
  terminal: Terminal;
}

async function finish({settings, trial, session, interrupted, options, terminal}: Ending): Promise<ExitCode> {
  const {store} = settings;
  const {summary, failed, reportProblem} = await concludeTrial(store, trial, interrupted);
  const runs = summary.arms.flatMap((arm) => arm.runs);
  if (failed !== null) terminal.say(failureText(store, failed));
  if (reportProblem !== null) terminal.say(`singscope: no report: ${reportProblem}.`);

  if (options.json) process.stdout.write(`${stringifyJson(summary)}\n`);
  else printTrial(store, trial, summary, session.complete);
  if (!session.complete) terminal.say(`${session.state.done} of ${session.state.jobs} runs are done: the same command goes on with trial ${trial.id}.`);
  return exitCodeOf({interrupted, exitCode: failed === null ? 0 : failed.exitCode ?? 1, signal: failed?.signal ?? null, runs, failOn: settings.failOn});
}

function armNames({arms, lrLadder, engine}: AbOptions): TrialArm[] {
  if (engine === 'ray') throw later('--engine ray', 'leave it out to use this machine');
  if (engine !== 'local') throw new Failure(`--engine ${engine} is unknown: give local.`);
  if (lrLadder !== undefined) throw later('--lr-ladder', 'compare other rates with --lr-scale X, one trial each');
  const names = arms.split(',').map((name) => name.trim()).filter(Boolean);
  for (const name of names) {
    if (name === 'clip') throw later('The arm clip', 'use --arms off,on');
    if (!trialArms.some((arm) => arm === name)) throw new Failure(`There is no arm ${name}: use --arms off,on or off,on,full.`);
  }
  const chosen = trialArms.filter((arm) => names.includes(arm));
  if (chosen[0] !== 'off' || chosen.length < 2) throw new Failure('A comparison needs both arms, one without SING and one with it: use --arms off,on or off,full.');
  return chosen;
}

function showTrial(terminal: Terminal, session: TrialSession): void {
  const {done, jobs, active} = session.state;
  for (const entry of active) showFindings(terminal, entry);
  const lines = active.map((entry) => `${jobName(entry)}  ${progressText(entry.progress.state)}`);
  const head = `${done}/${jobs} runs done`;
  terminal.progress(terminal.interactive ? [head, ...lines.map((line) => `  ${line}`)].join('\n') : [head, ...lines].join(' | '));
}

function showFindings(terminal: Terminal, entry: ActiveJob): void {
  for (const finding of entry.progress.look().findings) terminal.say(`[${jobName(entry)}] ${findingText(finding)}`);
}

function showEnd(terminal: Terminal, entry: ActiveJob): void {
  showFindings(terminal, entry);
  const {step, loss} = entry.progress.state;
  terminal.say(`[${jobName(entry)}] ${entry.progress.status} after ${step} ${step === 1 ? 'step' : 'steps'}, loss ${shortNumber(loss)}`);
}

function jobName({job}: ActiveJob): string {
  return `${job.arm} seed ${job.seed}`;
}

function printTrial(store: string, trial: Trial, {verdict, noiseFloor, report}: TrialSummary, complete: boolean): void {
  const arms = trial.arms.map(({name}) => ({name, runs: armRuns(store, trial, name)}));
  const of = (name: string): ReturnType<typeof armRuns> => arms.find((arm) => arm.name === name)?.runs ?? [];
  const lines = [runsTable(arms)];
  if (complete) {
    const trained = arms.some(({runs}) => runs.some(({summary}) => summary.steps > 0));
    if (trained) lines.push('Final loss (mean of the last 20 steps), seed by seed (positive: lower with SING)', ...arms.slice(1).map(({name, runs}) => differencesTable(of('off'), runs, name)));
    if (verdict.pairs > 0 && noiseFloor !== null) lines.push(`${pc.bold('Noise:')} ${noiseText(noiseFloor)}`);
    lines.push(`${pc.bold('Verdict:')} ${verdict.text}`);
  }
  lines.push(`Trial   ${trial.id}`);
  if (report !== null) lines.push(`Report  ${report}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

function noiseText({finalLossSd, sameSeedIdentical}: NoiseFloor): string {
  const repeat = sameSeedIdentical === null ? 'the same seed was not repeated' : `the same seed twice gives ${sameSeedIdentical ? 'the same losses to the bit' : 'other losses'}`;
  return finalLossSd === null || !Number.isFinite(finalLossSd) ? `${repeat}.` : `${repeat}; between seeds the final loss without SING has a standard deviation of ${shortNumber(finalLossSd)}.`;
}

/** The script's own words: the last lines of its stderr. */
function failureText(store: string, {run, exitCode, signal}: RunSummary): string {
  let words = '';
  try {
    words = readFileSync(join(runDir(store, run), runFiles.stderr), 'utf8').trimEnd().split('\n').slice(-12).join('\n');
  } catch {
    // Without a log the line below has to do.
  }
  return `${words === '' ? '' : `${words}\n`}Run ${run} failed (${signal ?? `exit code ${String(exitCode)}`}).`;
}
