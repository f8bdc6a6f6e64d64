import * as l10n from '@vscode/l10n';
import type {Finding} from '../protocol/finding';

/** What to try about a finding, most promising first; the last says what SING can do about it, as measured. */
export function adviceFor(finding: Finding): string[] {
  switch (finding.rule) {
    case 'non-finite':
      return finding.layer === null
        ? [
          l10n.t('Look at how the loss is computed (a logarithm or a division at 0) and for NaN in the data of this step.'),
          l10n.t('Lower the learning rate, or clip gradients.'),
          l10n.t('SING bounds each update, so it helps where the rate is too high; it does not mend a NaN in the data or the loss.'),
        ]
        : [
          l10n.t('Add an epsilon inside a square root, logarithm, norm or division that this layer computes, or bound its activation.'),
          l10n.t('Use a smaller initializer, lower the learning rate, or clip gradients.'),
          l10n.t('SING bounds each update, so it helps where growth came first; a NaN that is born in one step stays one.'),
        ];
    case 'exploding':
      return [
        l10n.t('Lower the learning rate, scale the inputs to about 1, or clip gradients.'),
        ...(finding.layer === null ? [] : [l10n.t('Use a smaller initializer for this layer, or normalize behind it.')]),
        l10n.t('SING often lets deep plain networks train at rates 3 to 10 times higher; shallow, well-scaled ones end the same. Compare tells for this script.'),
      ];
    case 'spike':
      return [
        l10n.t('Look at the batch of this step: an outlier, a wrong label, a value that is not scaled.'),
        l10n.t('Clip gradients by their norm.'),
        l10n.t('SING makes training immune to gradient spikes; clipping did as well where both were measured.'),
      ];
    case 'vanishing':
      return finding.value === 0
        ? [
          l10n.t('Is the layer part of what the loss is computed from? Are its weights zero, or its units all off (ReLU)?'),
          l10n.t('Use another activation (LeakyReLU, ELU) or initializer (heNormal), or a smaller learning rate.'),
          l10n.t('SING cannot help: a gradient that is exactly zero stays zero.'),
        ]
        : [
          l10n.t('Use skip connections, a normalization between layers, or activations that do not saturate (ReLU with heNormal).'),
          l10n.t('Use fewer layers, if the task allows.'),
          l10n.t('SING trained deep plain networks that momentum could not; with Adam at a good rate there was no difference.'),
        ];
    case 'memory':
      return [
        l10n.t('Look for what keeps something of every step: an array of losses, batches or images, a cache without a bound, a tensor made from its own last value.'),
        l10n.t('Compare two heap snapshots some hundred steps apart (node --inspect, the Memory tab of Chrome).'),
        l10n.t('SING has nothing to do with it.'),
      ];
    case 'leak':
      return [
        l10n.t('Wrap what a step computes in tf.tidy, and dispose what leaves it: batches, returned losses, gradients of variableGrads.'),
        l10n.t('Print tf.memory().numTensors after each statement of the loop to see which one adds to it.'),
        l10n.t('SING has nothing to do with it.'),
      ];
  }
}
