export interface DataTable {
  columns: string[];
  rows: string[][];
}

/** A folded table; its rows are made when it is first opened, since there may be thousands on the page. */
export function dataTable(title: string, table: () => DataTable): HTMLElement {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const about = document.createElement('span');
  about.className = 'unseen';
  about.textContent = `: ${title}`;
  summary.append('Numbers', about);
  details.append(summary);
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(scrollable(title, table()));
  });
  return details;
}

function scrollable(title: string, {columns, rows}: DataTable): HTMLElement {
  const box = document.createElement('div');
  box.className = 'scroll';
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', title);
  const element = document.createElement('table');
  element.className = 'numbers';
  const head = element.createTHead().insertRow();
  for (const column of columns) head.append(cell('th', column, 'col'));
  const body = element.createTBody();
  for (const [first = '', ...rest] of rows) {
    const row = body.insertRow();
    row.append(cell('th', first, 'row'), ...rest.map((text) => cell('td', text, null)));
  }
  box.append(element);
  return box;
}

function cell(tag: 'th' | 'td', text: string, scope: string | null): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (scope) element.setAttribute('scope', scope);
  return element;
}
