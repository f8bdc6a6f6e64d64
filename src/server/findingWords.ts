import * as l10n from '@vscode/l10n';
import type {Finding, Rule} from '../protocol/finding';
import type {FindingGroup} from './findingGroups';
import {firstOf, numberText} from './numberWords';

const NAMED_LAYERS = 3;

/** What a rule is called, in a few words. */
export function ruleTitle(rule: Rule): string {
  switch (rule) {
    case 'non-finite': return l10n.t('Not a finite number');
    case 'exploding': return l10n.t('Exploding');
    case 'spike': return l10n.t('Spike');
    case 'vanishing': return l10n.t('Vanishing gradient');
    case 'leak': return l10n.t('Tensors are not freed');
    case 'memory': return l10n.t('Memory grows');
  }
}

/** The problem at a line, in one or two sentences. */
export function groupText(group: FindingGroup): string {
  const [finding] = group.findings;
  const {named, more} = firstOf(group.layers, NAMED_LAYERS);
  if (group.layers.length <= 1) return findingText(finding, group.layers[0] ?? null);
  const layers = more > 0 ? l10n.t('{0} and {1} more', named, more) : named;
  return `${findingText(finding, group.layers[0] ?? null)} ${l10n.t('So it is in {0} layers made here: {1}.', group.layers.length, layers)}`;
}

/** One finding in one sentence. */
export function findingText(finding: Finding, layer: string | null): string {
  const {onsetStep, step} = finding;
  const value = numberText(finding.value);
  const usual = finding.baseline === null ? null : numberText(finding.baseline);
  switch (finding.rule) {
    case 'non-finite': return nonFiniteText(finding, layer);
    case 'exploding': return explodingText(finding, layer);
    case 'spike':
      return layer === null
        ? l10n.t('A spike in all layers at step {0}: {1}, usually {2}.', onsetStep, value, usual ?? '–')
        : l10n.t('A spike around {0} at step {1}: {2}, usually {3}.', layer, onsetStep, value, usual ?? '–');
    case 'vanishing': return vanishingText(finding, layer);
    case 'leak': return l10n.t('Tensors are not given back: {0} of them at step {1}, {2} at step {3}.', usual ?? '–', onsetStep - 1, value, step);
    case 'memory': return l10n.t('Memory grows and is not given back: {0} MiB at step {1}, {2} MiB at step {3}.', mebibytes(finding.baseline ?? NaN), onsetStep - 1, mebibytes(finding.value), step);
  }
}

function mebibytes(bytes: number): string {
  return numberText(Math.round(bytes / 2 ** 20));
}

function nonFiniteText({value, onsetStep, step}: Finding, layer: string | null): string {
  const loss = numberText(value);
  if (layer === null) return l10n.t('Loss or gradients are no longer finite from step {0} on ({1}), and no layer is to blame: look at the loss, the data and the learning rate.', step, loss);
  if (onsetStep < step) return l10n.t('Trouble around {0} from step {1} ended in values that are not finite at step {2} ({3}).', layer, onsetStep, step, loss);
  return l10n.t('Values around {0} are no longer finite from step {1} on ({2}).', layer, step, loss);
}

function explodingText({value, baseline, onsetStep, severity, step}: Finding, layer: string | null): string {
  // The start is judged by the weights: how many times too large they are.
  if (severity === 'warning' && onsetStep === step && baseline === 1 && layer !== null) {
    return l10n.t('{0} starts with weights about {1} times larger than a usual initializer makes them.', layer, numberText(value));
  }
  if (layer === null) return l10n.t('Values grew out of bounds in all layers from step {0} on: {1}, usually {2}.', onsetStep, numberText(value), baseline === null ? '–' : numberText(baseline));
  return l10n.t('Values grew out of bounds around {0} from step {1} on: {2}, usually {3}.', layer, onsetStep, numberText(value), baseline === null ? '–' : numberText(baseline));
}

function vanishingText({value, onsetStep}: Finding, layer: string | null): string {
  if (value === 0) {
    return layer === null
      ? l10n.t('Gradients are exactly zero from step {0} on, and no single layer is to blame.', onsetStep)
      : l10n.t('The gradient of {0} is exactly zero from step {1} on: this layer does not learn.', layer, onsetStep);
  }
  return layer === null
    ? l10n.t('Gradients fade on their way to the input (to {0} of those at the output), and the loss does not fall.', numberText(value))
    : l10n.t('Gradients fade around {0} (to {1} of those at the output), and the loss does not fall.', layer, numberText(value));
}

/** The one short fact that stays at the end of a line. */
export function hintText({rule, findings: [{value, step, onsetStep}]}: FindingGroup): string {
  switch (rule) {
    case 'non-finite': return l10n.t('✕ {0} from step {1}', numberText(value), step);
    case 'exploding': return l10n.t('▲ {0} from step {1}', numberText(value), onsetStep);
    case 'spike': return l10n.t('▲ {0} at step {1}', numberText(value), onsetStep);
    case 'vanishing': return l10n.t('▼ {0} from step {1}', numberText(value), onsetStep);
    case 'leak': return l10n.t('▲ {0} tensors at step {1}', numberText(value), step);
    case 'memory': return l10n.t('▲ {0} MiB at step {1}', mebibytes(value), step);
  }
}
