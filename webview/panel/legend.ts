import type {PanelRun} from '../../src/protocol/panel';
import {armSwatch} from './armStyle';
import {element} from './dom';

/** Which stroke is which run. */
export function legend(runs: readonly PanelRun[]): HTMLElement[] {
  return runs.map(({arm, label}, place) => element('span', {class: 'key'}, armSwatch(arm, place), label));
}
