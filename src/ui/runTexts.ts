import {l10n} from 'vscode';
import type {RunRecord} from './runRecord';
import {ageText, countText, statusText, stepText, valueText} from './texts';

/** `finished · loss 0.31 · exploding in dense_3 · 3 min ago` */
export function descriptionOf({status, steps, loss, findings, launch, ended}: RunRecord, now: number): string {
  const parts = [statusText(status)];
  if (status === 'running' && steps !== null) parts.push(stepText(steps, null));
  if (loss !== null) parts.push(l10n.t('loss {0}', valueText(loss)));
  const [first] = findings;
  if (first !== undefined) parts.push(`${first.layer === null ? first.rule : l10n.t('{0} in {1}', first.rule, first.layer)}${findings.length > 1 ? ` +${countText(findings.length - 1)}` : ''}`);
  parts.push(ageText(ended ?? launch.created, now));
  return parts.join(' · ');
}

/** `SING on, seed 2`; null for a run without SING that is in no trial. */
export function variantOf({launch: {arm, seed, sing}}: Pick<RunRecord, 'launch'>): string | null {
  const mode = arm ?? (sing.mode === 'off' ? null : sing.mode);
  if (mode === null) return null;
  const name = mode === 'off' ? l10n.t('SING off') : mode === 'on' ? l10n.t('SING on') : l10n.t('SING full');
  return arm === null || seed === null ? name : l10n.t('{0}, seed {1}', name, String(seed));
}
