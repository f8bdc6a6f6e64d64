import type {Tfjs} from '../sing/tfjs';
import type {TfOptimizer} from './tfjsTypes';

/** The copies of tfjs-core that the script has loaded as modules; a bundled one is none. */
export class TfjsCopies {
  readonly #copies: Tfjs[] = [];

  /** @param exported what a package exports that has the class Optimizer itself */
  add(exported: object): void {
    const core = exported as Tfjs;
    if (typeof core.engine === 'function' && typeof core.tidy === 'function') this.#copies.push(core);
  }

  /** The copy that the optimizer's class comes from. */
  of(optimizer: TfOptimizer): Tfjs | null {
    return this.#copies.find(({Optimizer}) => optimizer instanceof Optimizer) ?? null;
  }
}
