import * as l10n from '@vscode/l10n';
import {element} from './dom';

/** Most rows of a table: more are thinned evenly, the last is kept. */
const MOST_ROWS = 200;
const MOST_COLUMNS = 24;

export interface DataTable {
  columns: string[];
  rows: string[][];
}

/** The numbers behind a chart, folded; made when it is opened, and again whenever it is opened anew. */
export class TableFold {
  private readonly place = element('div', {class: 'table-scroll', tabindex: 0, role: 'region'});
  readonly element: HTMLDetailsElement;

  constructor(private readonly title: string, private readonly table: () => DataTable) {
    this.element = element('details', {class: 'numbers'}, element('summary', {}, l10n.t('Numbers'), element('span', {class: 'unseen'}, `: ${title}`)), this.place);
    this.place.setAttribute('aria-label', title);
    this.element.addEventListener('toggle', () => { this.fill(); });
  }

  /** Writes the table if it is open. */
  private fill(): void {
    if (!this.element.open) {
      this.place.replaceChildren();
      return;
    }
    const {columns, rows} = this.table();
    const head = element('tr', {}, ...columns.map((name) => element('th', {scope: 'col'}, name)));
    const body = rows.map(([first = '', ...rest]) => element('tr', {}, element('th', {scope: 'row'}, first), ...rest.map((text) => element('td', {}, text))));
    this.place.replaceChildren(element('table', {}, element('caption', {class: 'unseen'}, this.title), element('thead', {}, head), element('tbody', {}, ...body)));
  }
}

/** Indices of at most `MOST_ROWS` of `length` rows, the last among them. */
export function tableRows(length: number): number[] {
  return thinned(length, MOST_ROWS);
}

/** The same for columns. */
export function tableColumns(length: number): number[] {
  return thinned(length, MOST_COLUMNS);
}

function thinned(length: number, most: number): number[] {
  const every = Math.ceil(length / most) || 1;
  return Array.from({length}, (_, i) => i).filter((i) => i % every === 0 || i === length - 1);
}
