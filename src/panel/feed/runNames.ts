import * as l10n from '@vscode/l10n';
import {basename} from 'node:path';
import type {PanelSubject} from '../../protocol/panel';
import type {Launch} from '../../protocol/runFolder';
import type {ArmName} from '../../protocol/runSummary';
import type {SingSettings} from '../../protocol/sing';
import {REPEAT_ARM} from '../../session/trialPlan';

export interface RunName {
  label: string;
  arm: ArmName | null;
}

/** What names of runs are made of: how they were started, and SING as it held at their start. */
export type NamedRun = Pick<Launch, 'id' | 'arm' | 'seed' | 'script' | 'created'> & {mode: SingSettings['mode']};

/** Short names by which the runs of a subject can be told apart, in their order. */
export function runNames(subject: PanelSubject, runs: readonly NamedRun[], locale: string): RunName[] {
  const arms = runs.map(({arm}) => armOf(arm));
  if (subject.kind === 'trial') return runs.map((run, i) => ({label: trialLabel(run), arm: arms[i] ?? null}));
  const bases = runs.map(scriptLabel);
  return runs.map((run, i) => {
    const base = bases[i] ?? run.id;
    const alone = bases.every((other, k) => k === i || other !== base);
    return {label: alone ? base : `${base}, ${timeText(run.created, runs, locale)}`, arm: arms[i] ?? null};
  });
}

/** Title of a panel. */
export function panelTitle(subject: PanelSubject, runs: readonly NamedRun[], names: readonly RunName[]): string {
  const script = scriptOf(runs[0]);
  if (subject.kind === 'trial') return script === null ? l10n.t('Trial') : l10n.t('{0}: SING compared', script);
  if (subject.kind === 'pair' && names.length === 2) return l10n.t('{0} and {1}', names[0]?.label ?? '', names[1]?.label ?? '');
  return names[0]?.label ?? l10n.t('Run');
}

function trialLabel({arm, seed, mode}: NamedRun): string {
  const name = arm === REPEAT_ARM ? l10n.t('SING off again') : singText(armOf(arm) ?? mode);
  return seed === null ? name : l10n.t('{0}, seed {1}', name, seed);
}

function scriptLabel(run: NamedRun): string {
  const script = scriptOf(run) ?? run.id;
  return run.mode === 'off' ? script : `${script}, ${singText(run.mode)}`;
}

function singText(arm: ArmName): string {
  if (arm === 'clip') return l10n.t('clipped');
  if (arm === 'full') return l10n.t('full SING');
  return arm === 'on' ? l10n.t('SING on') : l10n.t('SING off');
}

function scriptOf(run: NamedRun | undefined): string | null {
  return run?.script ? basename(run.script) : null;
}

function armOf(arm: string | null): ArmName | null {
  if (arm === REPEAT_ARM) return 'off';
  return arm === 'off' || arm === 'on' || arm === 'full' || arm === 'clip' ? arm : null;
}

/** The time of day where all are of one day, with seconds where the minute does not tell. */
function timeText(created: number, runs: readonly NamedRun[], locale: string): string {
  const sameDay = new Set(runs.map((run) => new Date(run.created).toDateString())).size === 1;
  return new Date(created).toLocaleString(locale, {...(sameDay ? {} : {month: 'short', day: 'numeric'}), hour: '2-digit', minute: '2-digit', second: '2-digit'});
}
