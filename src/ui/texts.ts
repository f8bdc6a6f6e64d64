import {basename} from 'node:path';
import {env, l10n} from 'vscode';
import type {Rule} from '../protocol/finding';
import type {RunStatus} from '../protocol/runSummary';

const SECOND = 1000;
/** Longest first. */
const units = [['day', 86_400 * SECOND], ['hour', 3600 * SECOND], ['minute', 60 * SECOND], ['second', SECOND]] as const;

/** A whole number as the user's language writes it: `1,234`. */
export function countText(count: number): string {
  return count.toLocaleString(env.language);
}

/** A loss or norm: three digits, and words for what is no finite number. */
export function valueText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1);
  return value.toLocaleString(env.language, {maximumSignificantDigits: 3});
}

/** `3 min. ago` in the user's language. */
export function ageText(time: number, now: number): string {
  const passed = Math.max(0, now - time);
  const [unit, size] = units.find(([, length]) => passed >= length) ?? units[3];
  return new Intl.RelativeTimeFormat(env.language, {style: 'short', numeric: 'auto'}).format(-Math.floor(passed / size), unit);
}

/** Date and time, or the time alone of today. */
export function timeText(time: number, now: number): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  return new Date(time).toLocaleString(env.language, sameDay ? {timeStyle: 'short'} : {dateStyle: 'medium', timeStyle: 'short'});
}

/** `step 1,234/5,000` */
export function stepText(step: number, total: number | null): string {
  return total === null ? l10n.t('step {0}', countText(step)) : l10n.t('step {0}/{1}', countText(step), countText(total));
}

export function statusText(status: RunStatus): string {
  switch (status) {
    case 'running': return l10n.t('running');
    case 'finished': return l10n.t('finished');
    case 'stopped': return l10n.t('stopped');
    case 'failed': return l10n.t('failed');
    case 'crashed': return l10n.t('crashed');
  }
}

/** The trouble of a finding in a word or two. */
export function ruleText(rule: Rule): string {
  switch (rule) {
    case 'non-finite': return l10n.t('Non-finite');
    case 'exploding': return l10n.t('Exploding');
    case 'vanishing': return l10n.t('Vanishing');
    case 'spike': return l10n.t('Spike');
    case 'leak': return l10n.t('Tensor leak');
    case 'memory': return l10n.t('Memory growth');
  }
}

/** A run's script by its short name; a process that the recorder knows no script of is a training all the same. */
export function scriptName(script: string | null): string {
  return script === null ? l10n.t('Training') : basename(script);
}
