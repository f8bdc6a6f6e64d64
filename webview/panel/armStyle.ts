import type {PanelRun} from '../../src/protocol/panel';
import {readArmColor} from '../theme/vscodeTheme';

const dashes: Record<string, number[]> = {off: [7, 4], clip: [2, 3], full: [10, 3, 2, 3], second: [7, 4]};

/** Name of a run's style: its arm, or its place among two runs. */
export function styleName(arm: PanelRun['arm'], place: number): string {
  return arm ?? (place === 0 ? 'first' : 'second');
}

/** Colour and dashes of a run's lines; both tell it. @param place among the shown runs */
export function runStyle(arm: PanelRun['arm'], place: number): {color: string; dash: number[]} {
  const name = styleName(arm, place);
  return {color: readArmColor(name), dash: dashes[name] ?? []};
}

/** A stroke as the run's lines are drawn. */
export function armSwatch(arm: PanelRun['arm'], place: number): SVGSVGElement {
  const name = styleName(arm, place);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 28 10');
  svg.setAttribute('class', `swatch arm-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  for (const [key, value] of Object.entries({x1: 1, x2: 27, y1: 5, y2: 5, 'stroke-dasharray': (dashes[name] ?? []).join(' ') || 'none'})) line.setAttribute(key, String(value));
  svg.append(line);
  return svg;
}
