import type {Parameter, RunEvent} from '../protocol/events';
import type {SingSettings} from '../protocol/sing';
import {meansOneElement} from '../sing/kind';
import {matchesAny} from '../sing/nameMatch';
import type {ControlWord} from './controlWord';
import type {StepGradient} from './stepGradient';
import type {TfOptimizer} from './tfjsTypes';

/** SING's settings of this moment, and what they mean for a parameter and an optimizer. */
export class SingControl {
  readonly #control: ControlWord;
  readonly #send: (event: RunEvent) => void;
  #version = -1;
  #settings: SingSettings | null = null;
  readonly #excluded = new Map<Parameter, boolean>();
  readonly #checked = new Set<Parameter>();
  readonly #told = new Set<string>();

  constructor(control: ControlWord, send: (event: RunEvent) => void) {
    this.#control = control;
    this.#send = send;
  }

  /** As they stand; null where none were ever published. To be read once a step. */
  read(): SingSettings | null {
    const {version} = this.#control;
    if (version === this.#version) return this.#settings;
    const settings = this.#control.settings();
    if (settings === null) return this.#settings;
    this.#version = version;
    this.#settings = settings;
    this.#excluded.clear();
    this.#checked.clear();
    return settings;
  }

  /** Whether SING leaves the parameter alone, by its own name or that of its layer. */
  excludes(parameter: Parameter, settings: SingSettings): boolean {
    let excluded = this.#excluded.get(parameter);
    if (excluded === undefined) {
      excluded = matchesAny(parameter.name, settings.exclude) || matchesAny(parameter.layer, settings.exclude);
      this.#excluded.set(parameter, excluded);
    }
    return excluded;
  }

  /** Says, once each, where SING would do harm: before its first step there. */
  warn(optimizer: TfOptimizer, gradients: readonly StepGradient[], settings: SingSettings): void {
    const {mode, centralize, normalize} = settings;
    if (mode === 'on' && normalize === 'norm' && isAdagrad(optimizer)) {
      this.#tell('adagrad', 'adagrad-flat', 'SING in front of Adagrad is close to plain SGD: Adagrad\'s accumulator starts at 0.1, and a normalized gradient adds about one over its size to each element. Use Adam or momentum with SING, or --normalize std.');
    }
    if (centralize === false) return;
    for (const {parameter} of gradients) {
      if (this.#checked.has(parameter) || this.excludes(parameter, settings)) continue;
      this.#checked.add(parameter);
      const {name, kind, shape} = parameter;
      if (!meansOneElement(kind, shape)) continue;
      const why = `${name} [${shape.join(', ')}] has one element per mean`;
      if (centralize === 'always') this.#tell(`${name} always`, 'centralized-to-zero', `${why}: centralizing makes its gradient zero, so it does not train. Leave out --centralize always, or --exclude '${name}'.`);
      else this.#tell(name, 'not-centralized', `${why}: centralizing it would make its gradient zero, so it is only normalized. --centralize always insists.`);
    }
  }

  #tell(what: string, code: string, message: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#send({type: 'notice', code, message});
  }
}

function isAdagrad(optimizer: TfOptimizer): boolean {
  return optimizer.getClassName?.() === 'Adagrad';
}
