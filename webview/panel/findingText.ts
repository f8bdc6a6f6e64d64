import * as l10n from '@vscode/l10n';
import type {PanelFinding, PanelParameter} from '../../src/protocol/panel';
import type {Rule} from '../../src/protocol/finding';
import {fromJsonNumber} from '../../src/protocol/numbers';
import {count, measure} from './words';

/** Name of a rule, as a label. */
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

function mebibytes(bytes: PanelFinding['value'] | null): string {
  return count(Math.round(fromJsonNumber(bytes) / 2 ** 20));
}

/** A layer as it is said: its name and class. */
export function layerText(layer: string, parameters: readonly PanelParameter[]): string {
  const layerClass = parameters.find((parameter) => parameter.layer === layer)?.layerClass ?? null;
  return layerClass === null ? layer : `${layer} (${layerClass})`;
}

/** What a finding says, in one sentence with its layer, its step and its numbers. */
export function findingText(finding: PanelFinding, parameters: readonly PanelParameter[]): string {
  const where = finding.layer === null ? null : layerText(finding.layer, parameters);
  const [onset, step] = [count(finding.onsetStep), count(finding.step)];
  const [value, baseline] = [measure(finding.value), measure(finding.baseline)];
  switch (finding.rule) {
    case 'non-finite':
      if (where === null) return l10n.t('Gradients became NaN or infinite at step {0}.', step);
      return finding.onsetStep < finding.step
        ? l10n.t('Gradients became NaN or infinite at step {0}, after trouble around {1} from step {2} on.', step, where, onset)
        : l10n.t('The gradient of {0} became NaN or infinite at step {1}.', where, step);
    case 'exploding':
      return where === null
        ? l10n.t('The training grew from {0} to {1}, from step {2} on, in all layers.', baseline, value, onset)
        : l10n.t('{0} grew from {1} to {2}, from step {3} on.', where, baseline, value, onset);
    case 'vanishing':
      if (fromJsonNumber(finding.value) === 0) {
        return where === null ? l10n.t('Gradients are exactly zero from step {0} on, and no single layer is to blame.', onset) : l10n.t('The gradient is exactly zero at {0}, from step {1} on.', where, onset);
      }
      return where === null
        ? l10n.t('Gradients vanish through the depth: the first layers get {0} of what arrives at the last, from step {1} on.', value, onset)
        : l10n.t('{0} lets almost no gradient through: the layers before it get {1} of what arrives at the last, from step {2} on.', where, value, onset);
    case 'spike':
      return where === null
        ? l10n.t('A jump from the usual {0} to {1} at step {2}, in all layers alike.', baseline, value, onset)
        : l10n.t('A jump from the usual {0} to {1} at step {2}, around {3}.', baseline, value, onset, where);
    case 'leak':
      return l10n.t('Tensors are not given back: {0} at step {1}, {2} before step {3}.', value, step, baseline, onset);
    case 'memory':
      return l10n.t('Memory grows and is not given back: {0} MiB at step {1}, {2} before step {3}.', mebibytes(finding.value), step, mebibytes(finding.baseline), onset);
  }
}
