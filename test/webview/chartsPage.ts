import {BandChart} from '../../webview/charts/bandChart';
import {DifferenceChart} from '../../webview/charts/differenceChart';
import {HeatStrip} from '../../webview/charts/heatStrip';
import {HistogramBars} from '../../webview/charts/histogramBars';
import {HistogramHeat} from '../../webview/charts/histogramHeat';
import {histogramRows} from '../../webview/charts/histogramRows';
import {LineChart} from '../../webview/charts/lineChart';
import {evenRamp, rampColor} from '../../webview/charts/colorRamp';
import {channelsOf} from '../../webview/charts/cssColor';
import type {ChartSettings} from '../../webview/charts/linkedChart';

/** What the page of the charts' tests offers to them. */
const offered = {BandChart, DifferenceChart, HeatStrip, HistogramBars, HistogramHeat, LineChart, histogramRows, evenRamp, rampColor, channelsOf, place, settings, told: [] as unknown[][]};
export type ChartsPage = typeof offered;

/** A place of this size at the end of the page. */
function place(width: number, height: number): HTMLElement {
  const element = document.createElement('div');
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
  document.body.append(element);
  return element;
}

/** Settings of a chart whose events are noted in `told`. */
function settings(parts: Partial<ChartSettings['theme']> = {}): ChartSettings {
  const note = (name: string) => (...values: unknown[]): void => { offered.told.push([name, ...values]); };
  return {
    theme: {ink: '#111111', muted: 'rgb(90, 96, 109)', rule: '#e6e2da', paper: 'white', alarm: '#b3261e', ramp: ['#f2f3ea', '#94c4c8', '#0d2f52'], fontFamily: 'sans-serif', highContrast: false, ...parts},
    locale: 'en', tooltip: true,
    events: {onCursor: note('cursor'), onZoom: note('zoom'), onChoose: note('choose'), onHoverRow: note('row')},
  };
}

Object.assign(window, {charts: offered});
