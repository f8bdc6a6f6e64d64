import * as v from 'valibot';
import type {Memento} from 'vscode';
import {panelSubjectSchema, type PanelSubject} from '../protocol/panel';
import {subjectKey} from './pageState';

const KEY = 'panels';
const keptSchema = v.array(v.object({subject: panelSubjectSchema, title: v.string()}));

/**
 * What the open panels show, kept with the workspace. A page keeps that too, but one that was covered before it loaded
 * has kept nothing; its panel comes back with no more than its title.
 */
export class PanelMemory {
  constructor(private readonly memento: Pick<Memento, 'get' | 'update'>) {}

  keep(subject: PanelSubject, title: string): void {
    const kept = this.read();
    if (kept.some((panel) => panel.title === title && subjectKey(panel.subject) === subjectKey(subject))) return;
    this.write([...without(kept, subject), {subject, title}]);
  }

  forget(subject: PanelSubject): void {
    const kept = this.read();
    const rest = without(kept, subject);
    if (rest.length < kept.length) this.write(rest);
  }

  /**
   * What a panel of that title showed, as far as no open panel shows it; null where nobody knows.
   * Of several the newest: they could not be told apart before either.
   */
  find(title: string, open: readonly PanelSubject[]): PanelSubject | null {
    const taken = new Set(open.map(subjectKey));
    return this.read().filter((panel) => panel.title === title && !taken.has(subjectKey(panel.subject))).at(-1)?.subject ?? null;
  }

  /** Drops what neither an open panel nor a tab that waits to be shown stands for. */
  prune(open: readonly PanelSubject[], titlesOfTabs: readonly string[]): void {
    const kept = this.read();
    const known = new Set(open.map(subjectKey));
    const rest = kept.filter(({subject, title}) => known.has(subjectKey(subject)) || titlesOfTabs.includes(title));
    if (rest.length < kept.length) this.write(rest);
  }

  private read(): v.InferOutput<typeof keptSchema> {
    const parsed = v.safeParse(keptSchema, this.memento.get(KEY));
    return parsed.success ? parsed.output : [];
  }

  private write(panels: v.InferOutput<typeof keptSchema>): void {
    void this.memento.update(KEY, panels);
  }
}

function without(kept: v.InferOutput<typeof keptSchema>, subject: PanelSubject): v.InferOutput<typeof keptSchema> {
  return kept.filter((panel) => subjectKey(panel.subject) !== subjectKey(subject));
}
