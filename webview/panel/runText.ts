import * as l10n from '@vscode/l10n';
import type {Backend} from '../../src/protocol/events';
import type {PanelRun, PanelTrial} from '../../src/protocol/panel';
import type {SingSettings} from '../../src/protocol/sing';
import type {IconName} from './icons';
import {count, rounded} from './words';

/** How something stands: told by shape, word and colour. */
export interface Standing {
  icon: IconName;
  word: string;
  tone: 'live' | 'good' | 'bad' | 'quiet';
}

export function runStanding(run: PanelRun): Standing {
  switch (run.status) {
    case 'running': return {icon: 'running', word: l10n.t('Running'), tone: 'live'};
    case 'finished': return {icon: 'finished', word: l10n.t('Finished'), tone: 'good'};
    case 'stopped': return {icon: 'stopped', word: l10n.t('Stopped'), tone: 'quiet'};
    case 'failed': return {icon: 'failed', word: l10n.t('Failed'), tone: 'bad'};
    case 'crashed': return {icon: 'failed', word: l10n.t('Crashed'), tone: 'bad'};
  }
}

/** That the training went astray, and since when, where a finding tells; null where it did not. */
export function divergenceText({diverged, findings}: PanelRun): string | null {
  if (!diverged) return null;
  const worst = findings.filter(({rule, severity}) => severity === 'error' && (rule === 'non-finite' || rule === 'exploding')).map(({step}) => step);
  return worst.length === 0 ? l10n.t('Diverged') : l10n.t('Diverged at step {0}', count(Math.min(...worst)));
}

export function trialStanding({state, done, jobs}: PanelTrial): Standing {
  switch (state) {
    case 'running': return {icon: 'running', word: l10n.t('Comparing, {0} of {1} runs done', done, jobs), tone: 'live'};
    case 'finished': return {icon: 'finished', word: l10n.t('Compared'), tone: 'good'};
    case 'interrupted': return {icon: 'stopped', word: l10n.t('Interrupted, {0} of {1} runs done', done, jobs), tone: 'quiet'};
  }
}

/** What SING does in a run, in one short line. */
export function singText(sing: SingSettings): string {
  if (sing.mode === 'off') return l10n.t('off');
  const parts = [
    sing.centralize === false ? null : sing.centralize === 'always' ? l10n.t('centralize always') : l10n.t('centralize'),
    sing.normalize === false ? null : l10n.t('normalize by {0}', sing.normalize),
    sing.skipNonFinite ? l10n.t('skip non-finite') : null,
    sing.exclude.length > 0 ? l10n.t('without {0}', sing.exclude.join(', ')) : null,
  ].filter((part) => part !== null);
  return [sing.mode === 'full' ? l10n.t('full') : l10n.t('on'), ...parts].join(', ');
}

/** Since when SING is as it is, where it was switched in mid-run. */
export function singEffect({switches}: PanelRun): string | null {
  const last = switches.at(-1);
  if (!last || last.step === 0) return null;
  const step = count(last.step + 1);
  return last.sing.mode === 'off' ? l10n.t('Off from step {0} on.', step) : l10n.t('In effect from step {0} on.', step);
}

/** Why SING cannot be switched in a run; null where it can. */
export function singLock(run: PanelRun): string | null {
  if (run.status !== 'running') return l10n.t('The run is over; run it with SING, or compare, to see the difference.');
  return run.sing.mode === 'full' ? l10n.t('SING runs in full here, which is chosen at the start of a run.') : null;
}

export function backendText({name, tensorflow, device}: Backend): string {
  return [tensorflow === null ? name : `TensorFlow ${tensorflow}`, device.toUpperCase()].join(', ');
}

/** What applies SING and the sums, and what watching costs, for the tooltip of the backend. */
export function backendDetail({package: source, packageVersion, threads, kernels}: Backend, overheadPct: number | null): string {
  return [
    source === null ? null : `${source} ${packageVersion ?? ''}`.trim(), l10n.t('threads: {0}', threads), l10n.t('kernels: {0}', kernels),
    overheadPct === null ? null : l10n.t('overhead: {0} %', rounded(overheadPct, 1)),
  ].filter((part) => part !== null).join(', ');
}
