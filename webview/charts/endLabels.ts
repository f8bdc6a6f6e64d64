import type {Chart} from 'chart.js';

export interface EndLabel {
  text: string;
  color: string;
  y: number;
}

const HEIGHT = 14;

/** Writes each line's name beside its end, pushed apart where two end together. */
export function paintEndLabels({ctx, scales, chartArea}: Chart, labels: readonly EndLabel[], font: string): void {
  const placed = labels
    .map((label) => ({...label, at: scales.y?.getPixelForValue(label.y) ?? NaN}))
    .filter(({at}) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  let free = chartArea.top;
  ctx.save();
  ctx.font = `600 12px ${font}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  placed.forEach((label, i) => {
    const below = (placed.length - 1 - i) * HEIGHT;
    const y = Math.min(Math.max(label.at, free + HEIGHT / 2), chartArea.bottom - below - HEIGHT / 2);
    free = y + HEIGHT / 2;
    ctx.fillStyle = label.color;
    ctx.fillText(label.text, chartArea.right + 8, y);
  });
  ctx.restore();
}
