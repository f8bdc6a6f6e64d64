import type {ChartTheme} from '../charts/chartTheme';
import type {ChartEvents, ChartSettings} from '../charts/linkedChart';

const RAMP_STEPS = 6;

/** Colours and type of the charts, from the page's style. */
export function pageTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: color('ink'), muted: color('muted'), rule: color('rule'), paper: color('paper'), alarm: color('alarm'),
    ramp: Array.from({length: RAMP_STEPS}, (_, i) => color(`ramp-${i}`)),
    fontFamily: getComputedStyle(document.body).fontFamily,
    highContrast: window.matchMedia('(prefers-contrast: more)').matches,
  };
}

/** How the page's charts are made. */
export function pageSettings(events: ChartEvents = {}): ChartSettings {
  return {theme: pageTheme(), locale: 'en', tooltip: true, events};
}

/** Colour and dashes of an arm's lines; both tell it. */
export function armStyle(name: string): {color: string; dash: number[]} {
  const style = getComputedStyle(document.documentElement);
  const dashes: Record<string, number[]> = {off: [7, 4], clip: [2, 3], full: [10, 3, 2, 3]};
  return {color: style.getPropertyValue(`--arm-${name}`).trim() || style.getPropertyValue('--ink').trim(), dash: dashes[name] ?? []};
}
