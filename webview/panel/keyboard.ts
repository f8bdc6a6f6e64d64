import type {Commands} from './commands';
import {newestStep, stepRange, type Store} from './state';

const FAST = 10;

interface Others {
  toggleHelp(): void;
  toggleSing(): void;
  /** Steps from one value of the charts to the next. */
  stride(): number;
}

/** Every key of the page. Keys that the focused control needs itself are left to it. */
export function listenToKeys(store: Store, commands: Commands, others: Others): void {
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (target && needsItself(target, event.key)) return;
    const act = actionOf(event, store, commands, others);
    if (act === null) return;
    event.preventDefault();
    act();
  });
}

function actionOf(event: KeyboardEvent, store: Store, commands: Commands, others: Others): (() => void) | null {
  const by = others.stride() * (event.shiftKey ? FAST : 1);
  switch (event.key) {
    case 'ArrowLeft': return () => { commands.moveCursorBy(-by); };
    case 'ArrowRight': return () => { commands.moveCursorBy(by); };
    case 'Home': return () => { commands.moveCursor(stepRange(store.state).min); };
    case 'End': return () => { commands.moveCursor(Math.min(newestStep(store.state), stepRange(store.state).max)); };
    case 'ArrowUp': return () => { commands.selectNext(-1); };
    case 'ArrowDown': return () => { commands.selectNext(1); };
    case 'n': return () => { commands.showNextFinding(1); };
    case 'N': return () => { commands.showNextFinding(-1); };
    case 'Enter': return () => { commands.reveal(); };
    case '+': case '=': return () => { commands.zoomBy(1); };
    case '-': case '_': return () => { commands.zoomBy(-1); };
    case '0': return () => { commands.zoomTo(null); };
    case 'p': case 'P': return () => { commands.togglePin(); };
    case 'l': case 'L': return () => { commands.toggleScale(); };
    case 'r': case 'R': return () => { commands.toggleRatio(); };
    case 's': case 'S': return () => { others.toggleSing(); };
    case 'Escape': return () => { commands.escape(); };
    case '?': return () => { others.toggleHelp(); };
    default: return null;
  }
}

const arrows = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);

function needsItself(target: HTMLElement, key: string): boolean {
  if (target instanceof HTMLSelectElement) return key !== 'Escape' && key !== '?';
  if (target instanceof HTMLInputElement) return target.type === 'text' || arrows.has(key) || key === 'Enter';
  if (target.closest('.table-scroll')) return arrows.has(key);
  return key === 'Enter' && target.closest('button, summary, a') !== null;
}
