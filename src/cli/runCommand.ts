import {join} from 'node:path';
import {stringifyJson} from '../protocol/numbers';
import {runFiles} from '../protocol/runFolder';
import type {RunSummary} from '../protocol/runSummary';
import type {ExitCode} from '../platform/failure';
import {openRun} from '../runs/runReader';
import {summarizeRun} from '../runs/runSummary';
import {LogTail} from '../session/logTail';
import {findNode, findScript} from '../session/nodeCommand';
import {startRun} from '../session/runLaunch';
import {SessionWatch} from '../session/sessionWatch';
import {scriptEnvironment} from '../session/workerEnvironment';
import {exitCodeOf} from './exitCode';
import {Interrupts} from '../session/interrupts';
import {sessionSettings, type SessionOptions} from './sessionOptions';
import {summaryText} from './summaryText';
import {Terminal} from './terminal';
import {lookUntil, showNews} from './watchLoop';

/** `singscope run` */
export async function runScript(script: string, args: string[], options: SessionOptions, packageRoot: string): Promise<ExitCode> {
  const settings = sessionSettings(options, packageRoot);
  const path = findScript(script, settings.cwd, process.cwd());
  const node = findNode(settings.node, settings.cwd, scriptEnvironment(settings));
  const interrupts = new Interrupts();
  const run = await startRun({...settings, script: path, args}, node, null);

  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  if (run.storeProblem !== null) terminal.say(`singscope: ${run.storeProblem}. This run is recorded in ${run.store}.`);
  interrupts.handle(() => {
    terminal.say(run.stop.pressed ? 'Not waiting any longer …' : `Stopping run ${run.id} … (again: do not wait)`);
    run.stop.press();
  });
  const tails = (['stdout', 'stderr'] as const).map((name) => new LogTail(join(run.dir, runFiles[name]), (chunk) => terminal.script(name, chunk)));
  const watch = new SessionWatch(run.runs);
  const exit = await lookUntil(terminal, run.ended, () => {
    for (const {progress, news} of watch.look()) showNews(terminal, progress, news, progress.id === run.id ? '' : `${progress.id}: `);
  });
  await run.stop.settled();
  for (const tail of tails) await tail.stop();
  interrupts.release();
  terminal.end();

  const summaries = [run.dir, ...run.runs.dirs().filter((dir) => dir !== run.dir)].map((dir) => summarizeRun(openRun(dir)));
  const summary = withStoreNotice(summaries[0] as RunSummary, run.storeProblem);
  process.stdout.write(`${options.json ? stringifyJson(summary) : summaryText(summary)}\n`);
  return exitCodeOf({...exit, runs: summaries, failOn: settings.failOn});
}

/** Tells readers of the JSON too that the run lies elsewhere. */
export function withStoreNotice(summary: RunSummary, problem: string | null): RunSummary {
  if (problem === null) return summary;
  const notice = {code: 'fallback-store', message: `${problem}; recorded in ${summary.store} instead`};
  return {...summary, notices: [...summary.notices, notice]};
}
