import type {ChartTheme} from '../charts/chartTheme';
import {evenRamp, rampColor} from '../charts/colorRamp';
import {opaque} from './color';

const RAMP_STEPS = 9;
/** The ramp begins so far from paper that no cell is lost in it, and ends short of ink. */
const FROM_PAPER = 0.1;
const TO_INK = 0.9;
const GRID = 0.3;

/** Colours and type of the charts as the editor's theme has them now; the page's style sheet names the editor's variables. */
export function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const paper = opaque(style.getPropertyValue('--paper'), '#000000');
  const color = (name: string): string => opaque(style.getPropertyValue(`--${name}`), paper);
  const [ink, accent] = [color('ink'), color('accent')];
  const highContrast = document.body.matches('.vscode-high-contrast, .vscode-high-contrast-light');
  return {
    ink, paper, muted: color('muted'), alarm: color('alarm'),
    ramp: evenRamp(rampColor([paper, ink], FROM_PAPER), accent, rampColor([paper, ink], TO_INK), RAMP_STEPS),
    fontFamily: getComputedStyle(document.body).fontFamily, highContrast,
    // Borders of high contrast would be louder than the curves if the lines of an axis had them.
    rule: highContrast ? rampColor([paper, ink], GRID) : color('rule'),
  };
}

/** Colour of an arm's lines. @param name of the arm, or `first` and `second` of two runs without arms */
export function readArmColor(name: string): string {
  const style = getComputedStyle(document.documentElement);
  return opaque(style.getPropertyValue(`--arm-${name}`) || style.getPropertyValue('--accent'), opaque(style.getPropertyValue('--paper'), '#000000'));
}

/** Calls back when the editor changes its theme: it then changes the classes and variables of the page. */
export function watchTheme(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id']});
  observer.observe(document.documentElement, {attributes: true, attributeFilter: ['style']});
}
