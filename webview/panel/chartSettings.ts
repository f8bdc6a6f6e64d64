import type {ChartEvents, ChartSettings} from '../charts/linkedChart';
import {readTheme} from '../theme/vscodeTheme';
import {language} from './words';

/** Room left of the plots: of the strips' names of parameters, and of the values of narrower charts. */
export const gutters = {overview: 150, detail: 56};

/** Settings of a new chart: the editor's theme as it is now. */
export function chartSettings(events: ChartEvents = {}, gutter: number = gutters.detail): ChartSettings {
  return {theme: readTheme(), locale: language(), tooltip: false, gutter, events};
}
