import {l10n} from 'vscode';
import type {Finding} from '../protocol/finding';
import {fromJsonNumber} from '../protocol/numbers';
import {worstFirst} from './findingOrder';
import type {RunRecord} from './runIndex';
import {ageText, countText, ruleText, statusText, stepText, valueText} from './texts';

/** `non-finite in dense_3 · loss NaN · 3 min ago`; that a run finished goes without saying where it has more to tell. */
export function descriptionOf({status, steps, lastLoss, findings, created, ended}: RunRecord, now: number): string {
  const parts: string[] = [];
  const [worst] = worstFirst(findings);
  if (status !== 'finished' || (worst === undefined && lastLoss === null)) parts.push(statusText(status));
  if (status === 'running') parts.push(stepText(steps, null));
  if (worst !== undefined) parts.push(`${findingName(worst)}${findings.length > 1 ? ` +${countText(findings.length - 1)}` : ''}`);
  if (lastLoss !== null) parts.push(l10n.t('loss {0}', valueText(lastLoss)));
  parts.push(ageText(ended ?? created, now));
  return parts.join(' · ');
}

/** `non-finite in dense_3` */
export function findingName({rule, layer}: Pick<Finding, 'rule' | 'layer'>): string {
  return layer === null ? ruleText(rule) : l10n.t('{0} in {1}', ruleText(rule), layer);
}

/** `step 12, value NaN` */
export function findingSize({onsetStep, value}: Pick<Finding, 'onsetStep' | 'value'>): string {
  return l10n.t('step {0}, value {1}', countText(onsetStep), valueText(fromJsonNumber(value)));
}

/** `SING on, seed 2`; null for a run without SING that is in no trial. */
export function variantOf({launch: {arm, seed, sing}}: Pick<RunRecord, 'launch'>): string | null {
  const mode = arm ?? (sing.mode === 'off' ? null : sing.mode);
  if (mode === null) return null;
  const name = mode === 'off' ? l10n.t('SING off') : mode === 'on' ? l10n.t('SING on') : l10n.t('SING full');
  return arm === null || seed === null ? name : l10n.t('{0}, seed {1}', name, String(seed));
}
