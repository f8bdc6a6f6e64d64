import type {LinkedChart} from '../charts/linkedChart';
import {dataTable, type DataTable} from './dataTable';

/** A chart on the page, of whatever data. */
export type DrawnChart = Pick<LinkedChart<never>, 'destroy'>;

/** Part of the page that holds one figure; null where the report has none such. */
export function placeOf(figure: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-figure="${figure}"]`);
}

/** A chart that says in words what it shows, with the numbers behind it in a table. */
export interface ChartBlock<Data> {
  title: string;
  summary: string;
  table: () => DataTable;
  kind: string;
  make: (place: HTMLElement) => LinkedChart<Data>;
  data: Data;
}

export function drawBlock<Data>(parent: HTMLElement, {title, summary, table, kind, make, data}: ChartBlock<Data>): LinkedChart<Data> {
  const block = document.createElement('div');
  block.className = `chart ${kind}`;
  const place = document.createElement('div');
  place.className = 'canvas';
  block.append(place, dataTable(title, table));
  parent.append(block);
  const chart = make(place);
  chart.canvas.setAttribute('role', 'img');
  chart.canvas.setAttribute('aria-label', `${title}. ${summary}`);
  chart.update(data);
  return chart;
}

/** A heading over a chart. */
export function chartTitle(parent: HTMLElement, text: string): void {
  const heading = document.createElement('h3');
  heading.textContent = text;
  parent.append(heading);
}
