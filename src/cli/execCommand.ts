import {join} from 'node:path';
import {stringifyJson} from '../protocol/numbers';
import {runFiles} from '../protocol/runFolder';
import type {ExitCode} from '../platform/failure';
import {openRun} from '../runs/runReader';
import {summarizeRun} from '../runs/runSummary';
import {startCommand} from '../session/commandLaunch';
import {LogTail} from '../session/logTail';
import {SessionWatch} from '../session/sessionWatch';
import {exitCodeOf} from './exitCode';
import {Interrupts} from '../session/interrupts';
import {withStoreNotice} from './runCommand';
import {sessionSettings, type SessionOptions} from './sessionOptions';
import {summaryText} from './summaryText';
import {Terminal} from './terminal';
import {lookUntil, showNews} from './watchLoop';

/** `singscope exec` */
export async function execCommand(file: string, args: string[], options: SessionOptions, packageRoot: string): Promise<ExitCode> {
  const settings = sessionSettings(options, packageRoot);
  const interrupts = new Interrupts();
  const command = await startCommand(settings, file, args);

  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  if (command.storeProblem !== null) terminal.say(`singscope: ${command.storeProblem}. Runs are recorded in ${command.store}.`);
  interrupts.handle(() => {
    terminal.say(command.stop.pressed ? 'Not waiting any longer …' : `Stopping ${file} … (again: do not wait)`);
    command.stop.press();
  });
  const tails = (['stdout', 'stderr'] as const).map((name) => new LogTail(join(command.dir, runFiles[name]), (chunk) => terminal.script(name, chunk)));
  const watch = new SessionWatch(command.runs);
  const exit = await lookUntil(terminal, command.ended, () => {
    const news = watch.look();
    for (const {progress, news: fresh} of news) showNews(terminal, progress, fresh, watch.all.length > 1 ? `${progress.id}: ` : '');
  });
  await command.stop.settled();
  for (const tail of tails) await tail.stop();
  interrupts.release();
  terminal.end();

  const runs = command.runs.dirs().map((dir) => withStoreNotice(summarizeRun(openRun(dir)), command.storeProblem));
  if (options.json) process.stdout.write(`${stringifyJson({exitCode: exit.exitCode, signal: exit.signal, runs})}\n`);
  else process.stdout.write(`${runs.length === 0 ? `No Node process that ${file} started has trained: no run was recorded.` : runs.map(summaryText).join('\n\n')}\n`);
  return exitCodeOf({...exit, runs, failOn: settings.failOn});
}
