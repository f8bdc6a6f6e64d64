import * as v from 'valibot';
import {panelSubjectSchema, type PanelSubject} from '../protocol/panel';

const stateSchema = v.object({subject: panelSubjectSchema});

/** What a page of an earlier window showed, by the state that it kept; null where that tells nothing. */
export function subjectOfState(state: unknown): PanelSubject | null {
  const parsed = v.safeParse(stateSchema, state);
  return parsed.success ? parsed.output.subject : null;
}

/** A name by which panels of the same subject are found. */
export function subjectKey(subject: PanelSubject): string {
  return JSON.stringify(subject.kind === 'run' ? [subject.store, subject.run] : subject.kind === 'trial' ? [subject.store, subject.trial] : [subject.store, ...subject.runs]);
}
