import {basename, relative} from 'node:path';
import pc from 'picocolors';
import type {CallSite} from '../protocol/callSite';
import type {Finding} from '../protocol/finding';
import type {ProgressState} from '../session/runProgress';

/** A number for people: four digits, no more. */
export function shortNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return Number(value.toPrecision(4)).toString();
}

/** `8 s`, `3 min`, `2 h`, `4 d`. */
export function shortTime(seconds: number): string {
  if (seconds < 100) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** file:line:column, the file as seen from here when it lies below. */
export function siteText({file, line, column}: CallSite): string {
  return `${shortPath(file)}:${line}:${column}`;
}

/** A path as seen from here when it lies below. */
export function shortPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
}

/** How the user called us, for lines that say what to type next. */
export function commandName(): string {
  const [, script] = process.argv;
  return script === undefined || basename(script) === 'singscope' ? 'singscope' : `node ${shortPath(script)}`;
}

/** One finding in one line. */
export function findingText(finding: Finding): string {
  const {severity, rule, onsetStep, parameter, layer, site, message} = finding;
  const mark = severity === 'error' ? pc.red('error') : pc.yellow('warning');
  const where = parameter ?? layer;
  const parts = [`${mark} ${rule} at step ${onsetStep}`, where === null ? [] : where, site === null ? [] : pc.cyan(siteText(site))].flat();
  return `${parts.join(', ')}: ${message}`;
}

/** `step 120/300  8.4 steps/s  loss 0.231  21 s left` */
export function progressText({step, total, stepsPerSecond, secondsLeft, loss}: ProgressState): string {
  const parts = [`step ${step}${total === null ? '' : `/${total}`}`];
  if (stepsPerSecond !== null) parts.push(`${shortNumber(Number(stepsPerSecond.toPrecision(3)))} steps/s`);
  if (loss !== null && step > 0) parts.push(`loss ${shortNumber(loss)}`);
  if (secondsLeft !== null && step > 0) parts.push(`${shortTime(secondsLeft)} left`);
  return parts.join('  ');
}
