import type {SingSettings} from '../protocol/sing';
import {stringifyJson} from '../protocol/numbers';
import {exitCodes, Failure, type ExitCode} from '../platform/failure';
import {openRun} from '../runs/runReader';
import {resolveRun} from '../runs/runStore';
import {summarizeRun} from '../runs/runSummary';
import {askRecorder} from '../session/controlClient';
import {noteStop, stopOf} from '../session/liveRun';
import {RunProgress} from '../session/runProgress';
import {exitCodeOf} from './exitCode';
import {Interrupts} from '../session/interrupts';
import {storeOf} from './sessionOptions';
import {namedSingSettings, type SingOptions} from './singOptions';
import {summaryText} from './summaryText';
import {Terminal} from './terminal';
import {lookUntil, showNews} from './watchLoop';

const LOOK_MS = 250;

interface StoreOptions {
  store?: string;
  json?: boolean;
}

/** `singscope follow` */
export async function followRun(reference: string, options: StoreOptions): Promise<ExitCode> {
  const progress = new RunProgress(resolveRun(storeOf(options), reference));
  const terminal = new Terminal(process.stderr);
  let left = false;
  const interrupts = new Interrupts();
  interrupts.handle(() => {
    left = true;
  });
  await lookUntil(terminal, untilOver(progress, () => left), () => showNews(terminal, progress, progress.look(), ''));
  interrupts.release();
  terminal.end();
  if (left) {
    terminal.say(`Run ${progress.id} goes on without being followed.`);
    return exitCodes.interrupted;
  }
  const summary = summarizeRun(openRun(progress.dir));
  process.stdout.write(`${options.json ? stringifyJson(summary) : summaryText(summary)}\n`);
  const failed = summary.status === 'failed' || summary.status === 'crashed';
  return exitCodeOf({interrupted: false, exitCode: failed ? (summary.exitCode ?? 1) : 0, signal: failed ? summary.signal : null, runs: [summary], failOn: []});
}

/** `singscope set` */
export async function setRun(reference: string, options: StoreOptions & SingOptions): Promise<ExitCode> {
  const sing = namedSingSettings(options);
  if (Object.keys(sing).length === 0) throw new Failure('Nothing to change: give --sing on, --sing off, or a single toggle such as --no-centralize.');
  const reader = openRun(resolveRun(storeOf(options), reference));
  if (reader.status() !== 'running') throw new Failure(`Run ${reader.id} is over (${reader.status()}): only a run that goes on can be changed.`);
  const reply = await askRecorder(reader.dir, {type: 'set', sing});
  if (reply === null) throw new Failure(`Run ${reader.id} does not answer: it has not begun to train, or has just ended. See \`singscope follow ${reader.id}\`.`);
  if (!reply.ok) throw new Failure(`Run ${reader.id} refused: ${reply.error ?? 'no reason given'}.`);
  if (options.json) process.stdout.write(`${stringifyJson({run: reader.id, step: reply.step, sing})}\n`);
  else {
    const idle = {...reader.sing, ...sing}.mode === 'off' && sing.mode === undefined ? ' SING is off, so nothing changes until --sing on.' : '';
    process.stdout.write(`Run ${reader.id}: ${changeText(sing)} from the step after ${reply.step} on.${idle}\n`);
  }
  return exitCodes.fine;
}

function changeText(sing: Partial<SingSettings>): string {
  return Object.entries(sing).map(([name, value]) => `${name === 'mode' ? 'SING' : name} ${Array.isArray(value) ? value.join(', ') : String(value)}`).join(', ');
}

/** `singscope stop` */
export async function stopRun(reference: string, options: StoreOptions): Promise<ExitCode> {
  const reader = openRun(resolveRun(storeOf(options), reference));
  const stop = stopOf(reader);
  if (stop === null) {
    process.stdout.write(`Run ${reader.id} is over already (${reader.status()}).\n`);
    return exitCodes.fine;
  }
  const terminal = new Terminal(process.stderr);
  const interrupts = new Interrupts();
  interrupts.handle(() => stop.press());
  terminal.say(`Stopping run ${reader.id} …`);
  stop.press();
  await stop.settled();
  await noteStop(reader);
  interrupts.release();
  if (options.json) process.stdout.write(`${stringifyJson(summarizeRun(reader))}\n`);
  else process.stdout.write(`Run ${reader.id} ended after ${reader.lastStep} steps.\n`);
  return exitCodes.fine;
}

async function untilOver(progress: RunProgress, left: () => boolean): Promise<void> {
  while (!left() && progress.status === 'running') await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
