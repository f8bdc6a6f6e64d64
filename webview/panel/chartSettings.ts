import type {ChartEvents, ChartSettings} from '../charts/linkedChart';
import {readTheme} from '../theme/vscodeTheme';
import {language} from './words';

/** Settings of a new chart: the editor's theme as it is now. */
export function chartSettings(events?: ChartEvents): ChartSettings {
  return {theme: readTheme(), locale: language(), tooltip: false, ...(events ? {events} : {})};
}
