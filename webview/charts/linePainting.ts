import type {Chart} from 'chart.js';
import type {LineSeries} from './chartData';
import type {ChartTheme} from './chartTheme';
import {withAlpha} from './cssColor';
import type {BandPoints} from './linePoints';
import type {ChartMark} from './linkedChart';
import {drawGlyph, markColor} from './markGlyph';

const TINT = 0.14;
const GLYPH = 5;

/** Fills between the extremes of each series that has a band. Where the low one is below a logarithmic axis, the band reaches its foot. */
export function paintBands(chart: Chart, series: readonly LineSeries[], bands: readonly BandPoints[], theme: ChartTheme): void {
  const {ctx, chartArea: {left, right, top, bottom}, scales} = chart;
  const {x: xScale, y: yScale} = scales;
  if (!xScale || !yScale) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  series.forEach(({color, band}, at) => {
    const points = bands[at];
    if (!band || !points) return;
    ctx.fillStyle = withAlpha(color, theme.highContrast ? 2 * TINT : TINT);
    ctx.beginPath();
    const count = points.x.length;
    const yOf = (value: number): number => {
      const pixel = yScale.getPixelForValue(value);
      return Number.isFinite(pixel) ? pixel : bottom;
    };
    for (let from = 0; from < count; from++) {
      if (Number.isNaN(points.high[from])) continue;
      let to = from;
      while (to < count && !Number.isNaN(points.high[to])) to++;
      for (let i = from; i < to; i++) ctx.lineTo(xScale.getPixelForValue(points.x[i] ?? NaN), yOf(points.high[i] ?? NaN));
      for (let i = to - 1; i >= from; i--) ctx.lineTo(xScale.getPixelForValue(points.x[i] ?? NaN), yOf(points.low[i] ?? NaN));
      ctx.closePath();
      ctx.fill();
      ctx.beginPath();
      from = to;
    }
  });
  ctx.restore();
}

/** A thin line across at a value of note. */
export function paintBaseline({ctx, chartArea, scales}: Chart, baseline: number | null, theme: ChartTheme): void {
  const y = baseline === null ? NaN : (scales.y?.getPixelForValue(baseline) ?? NaN);
  if (!(y >= chartArea.top && y <= chartArea.bottom)) return;
  ctx.fillStyle = theme.muted;
  ctx.fillRect(chartArea.left, Math.round(y), chartArea.width, 1);
}

/** A value between two that can't be shown has no line: it is drawn as a point. */
export function paintLonely(chart: Chart, series: readonly LineSeries[]): void {
  const {ctx, chartArea: {left, right}} = chart;
  series.forEach(({color, width, alpha}, at) => {
    const elements = chart.getDatasetMeta(at).data as unknown as {x: number; y: number; skip: boolean}[];
    ctx.fillStyle = withAlpha(color, alpha);
    for (let i = 0; i < elements.length; i++) {
      const one = elements[i];
      if (!one || one.skip || elements[i - 1]?.skip === false || elements[i + 1]?.skip === false || one.x < left - 0.5 || one.x > right + 0.5) continue;
      ctx.beginPath();
      ctx.arc(one.x, one.y, Math.max(1.5, width), 0, 2 * Math.PI);
      ctx.fill();
    }
  });
}

/** Draws what happened: a dotted line at its step, its glyph above the plot. @param row of the glyphs, in CSS pixels */
export function paintStepMarks(chart: Chart, marks: readonly ChartMark[], row: number, theme: ChartTheme): void {
  const {ctx, chartArea: {left, right, bottom}, scales} = chart;
  for (const {step, kind} of marks) {
    const x = scales.x?.getPixelForValue(step) ?? NaN;
    if (!(x >= left - 0.5 && x <= right + 0.5)) continue;
    ctx.save();
    ctx.strokeStyle = withAlpha(markColor(kind, theme), theme.highContrast ? 1 : 0.6);
    ctx.lineWidth = 1;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(Math.floor(x) + 0.5, row);
    ctx.lineTo(Math.floor(x) + 0.5, bottom);
    ctx.stroke();
    ctx.restore();
    drawGlyph(ctx, kind, x, row, GLYPH, theme);
  }
}
