import type {RunEvent} from '../protocol/events';
import type {SingSettings} from '../protocol/sing';
import {adamSettings} from './adamFamily';
import type {ControlWord} from './controlWord';
import {FullUpdate} from './fullUpdate';
import type {TfjsCopies} from './tfjsCopies';
import type {TfOptimizer, VariableGradients} from './tfjsTypes';

export interface KernelContext {
  copies: TfjsCopies;
  control: ControlWord;
  /** The run was started with full SING. */
  startedFull: boolean;
  send(event: RunEvent): void;
  /** Ends the process: what was asked for can't be had. */
  refuse(code: string, message: string): never;
}

/** Updates that are made in the place of the script's optimizer. */
export class KernelUpdates {
  readonly #context: KernelContext;
  readonly #full = new WeakMap<TfOptimizer, FullUpdate>();
  readonly #seen = new WeakSet<TfOptimizer>();
  readonly #told = new Set<string>();

  constructor(context: KernelContext) {
    this.#context = context;
  }

  /** Full SING's update with gradients that SING has changed already; null where the script's own optimizer is to make it. */
  full(optimizer: TfOptimizer, settings: SingSettings, rateScale: number): ((gradients: VariableGradients) => void) | null {
    if (!this.#seen.has(optimizer)) {
      this.#seen.add(optimizer);
      if (adamSettings(optimizer) === null) this.#context.control.refuseFull();
    }
    if (settings.mode !== 'full') return null;
    const adam = adamSettings(optimizer);
    if (adam === null) return this.#noAdam(optimizer);
    const tf = this.#context.copies.of(optimizer);
    if (tf === null) return null;
    let full = this.#full.get(optimizer);
    if (full === undefined) this.#full.set(optimizer, full = new FullUpdate(tf));
    const update = full;
    return (gradients) => { update.make(gradients, settings, {...adam, learningRate: adam.learningRate * rateScale}); };
  }

  /** Full SING has no place in front of this optimizer: at the start of a run the user is to know; later SING goes in front of it. */
  #noAdam(optimizer: TfOptimizer): null {
    const {control, startedFull} = this.#context;
    const what = `Full SING takes the place of an Adam-family optimizer, and this script trains with ${optimizer.constructor.name}`;
    if (startedFull && control.steps === 0) this.#context.refuse('full-needs-adam', `${what}: use tf.train.adam or tf.train.adamax, or --sing on, which goes in front of any optimizer.`);
    this.#tell('full-needs-adam', `${what}: SING goes in front of that one instead, as with --sing on.`);
    return null;
  }

  /** Once for each code. */
  #tell(code: string, message: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#context.send({type: 'notice', code, message});
  }
}
