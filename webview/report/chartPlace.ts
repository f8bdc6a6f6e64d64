import {dataTable, type DataTable} from './dataTable';

/** Part of the page that holds one figure; null where the report has none such. */
export function placeOf(figure: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-figure="${figure}"]`);
}

/** A canvas that says in words what it shows, with the numbers behind it in a table. */
export function chartPlace(parent: HTMLElement, title: string, summary: string, table: () => DataTable, kind = 'chart'): {place: HTMLElement; canvas: HTMLCanvasElement} {
  const block = document.createElement('div');
  block.className = `chart ${kind}`;
  const place = document.createElement('div');
  place.className = 'canvas';
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${title}. ${summary}`);
  place.append(canvas);
  block.append(place, dataTable(title, table));
  parent.append(block);
  return {place, canvas};
}

/** A heading over a chart. */
export function chartTitle(parent: HTMLElement, text: string): void {
  const heading = document.createElement('h3');
  heading.textContent = text;
  parent.append(heading);
}
