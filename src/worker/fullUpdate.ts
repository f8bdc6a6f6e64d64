import type {SingSettings} from '../protocol/sing';
import {createSing} from '../sing/createSing';
import {optimizerDefaults, type SingOptimizerSettings} from '../sing/options';
import type {Tfjs} from '../sing/tfjs';
import type {AdamSettings} from './adamFamily';
import type {TfOptimizer, VariableGradients} from './tfjsTypes';

/** SING as published but for the transform, in the place of one optimizer of the script's. */
export class FullUpdate {
  readonly #optimizer;

  constructor(tf: Tfjs) {
    this.#optimizer = new (createSing(tf).SingOptimizer)({centralize: false, normalize: false, lookahead: false});
  }

  make(gradients: VariableGradients, {softplus, weightDecay, ...settings}: SingSettings, adam: AdamSettings): void {
    const lookahead = settings.lookahead && optimizerDefaults.lookahead;
    Object.assign(this.#optimizer, {...adam, softplus, weightDecay, lookahead} satisfies Partial<SingOptimizerSettings>);
    (this.#optimizer as unknown as TfOptimizer).applyGradients(gradients);
  }
}
