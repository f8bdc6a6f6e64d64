import {chartNumber} from './chartNumber';
import {rampColor, type ChartTheme} from './chartTheme';
import {ChartTooltip} from './chartTooltip';
import {fit} from './heatStrip';
import type {ChartHandle} from './lineChart';

export interface HistogramHeatData {
  steps: ArrayLike<number>;
  /** Lower edges of the rows from the most negative value, and the end of the last. */
  edges: number[];
  top: number;
  /** A byte for each cell, column after column; 255 is `largestShare`. */
  shares: Uint8Array;
  largestShare: number;
  xRange: {min: number; max: number};
}

const HEIGHT = 190;
const FOOT = 20;
const GUTTER = 56;

/** Draws histograms over steps: a column a sampled step, a row a range of values, dark where many are. */
export function drawHistogramHeat(place: HTMLElement, canvas: HTMLCanvasElement, data: HistogramHeatData, theme: ChartTheme): ChartHandle {
  const tooltip = new ChartTooltip(place);
  const rows = data.edges.length;
  const edgeOf = (column: number): number => columnEdge(data, column);
  const observer = new ResizeObserver(() => { paint(canvas, data, theme); });
  observer.observe(place);
  const move = (event: MouseEvent): void => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const at = (x - GUTTER) / (box.width - GUTTER);
    const row = rows - 1 - Math.floor((y / (HEIGHT - FOOT)) * rows);
    const column = Array.from(data.steps).findIndex((_, i) => at >= edgeOf(i) && at < edgeOf(i + 1));
    if (column < 0 || row < 0 || row >= rows) {
      tooltip.hide();
      return;
    }
    const share = ((data.shares[column * rows + row] ?? 0) / 255) * data.largestShare;
    tooltip.show(x, y, `Step ${(data.steps[column] ?? NaN).toLocaleString('en')}`, [
      `${chartNumber(data.edges[row])} to ${chartNumber(data.edges[row + 1] ?? data.top)}`, `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} % of the elements`,
    ]);
  };
  const leave = (): void => { tooltip.hide(); };
  canvas.addEventListener('mousemove', move);
  canvas.addEventListener('mouseleave', leave);
  return {
    destroy: () => {
      observer.disconnect();
      tooltip.remove();
      canvas.removeEventListener('mousemove', move);
      canvas.removeEventListener('mouseleave', leave);
    },
  };
}

function paint(canvas: HTMLCanvasElement, data: HistogramHeatData, theme: ChartTheme): void {
  const {ctx, width} = fit(canvas, HEIGHT);
  const rows = data.edges.length;
  const [plot, row] = [width - GUTTER, (HEIGHT - FOOT) / rows];
  for (let column = 0; column < data.steps.length; column++) {
    const from = GUTTER + columnEdge(data, column) * plot;
    const to = GUTTER + columnEdge(data, column + 1) * plot;
    for (let i = 0; i < rows; i++) {
      const share = (data.shares[column * rows + i] ?? 0) / 255;
      if (share === 0) continue;
      // Shares differ by magnitudes: the root keeps thin tails in sight.
      ctx.fillStyle = rampColor(theme.ramp, Math.sqrt(share));
      ctx.fillRect(from, HEIGHT - FOOT - (i + 1) * row, to - from + 0.5, row + 0.4);
    }
  }
  ctx.font = `11px ${theme.fontFamily}`;
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'right';
  const middle = (rows - 1) / 2;
  const labels: [number, string][] = [[rows, chartNumber(Number(data.top.toPrecision(2)))], [0, chartNumber(-Number(data.top.toPrecision(2)))], [middle + 0.5, '≈ 0'],
    [middle + 1 + Math.floor(middle / 2), chartNumber(Number((data.edges[middle + 1 + Math.floor(middle / 2)] ?? NaN).toPrecision(2)))]];
  for (const [at, text] of labels) {
    ctx.textBaseline = at === rows ? 'top' : at === 0 ? 'bottom' : 'middle';
    ctx.fillText(text, GUTTER - 6, HEIGHT - FOOT - at * row);
  }
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  ctx.fillText(data.xRange.min.toLocaleString('en'), GUTTER, HEIGHT - FOOT + 5);
  ctx.textAlign = 'right';
  ctx.fillText(`step ${data.xRange.max.toLocaleString('en')}`, width, HEIGHT - FOOT + 5);
}

/** Where a column begins, as a share of the axis: half way to the sampled step before. */
function columnEdge({steps, xRange}: HistogramHeatData, column: number): number {
  const span = xRange.max - xRange.min || 1;
  const at = (i: number): number => ((steps[i] ?? NaN) - xRange.min) / span;
  if (column <= 0) return 0;
  if (column >= steps.length) return steps.length > 1 ? Math.min(1, at(steps.length - 1) + (at(steps.length - 1) - at(steps.length - 2)) / 2) : 1;
  return (at(column - 1) + at(column)) / 2;
}
