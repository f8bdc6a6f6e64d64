import type {PanelFinding, PanelParameter, PanelRun, PanelSubject, PanelTrial} from '../../src/protocol/panel';

export interface StepWindow {
  from: number;
  to: number;
}

export interface PanelState {
  subject: PanelSubject | null;
  title: string;
  runs: PanelRun[];
  trial: PanelTrial | null;
  /** Runs that the user chose to see layer by layer; null: the page chooses. */
  chosen: readonly string[] | null;
  /** Parameter that the user selected; null: the page selects. */
  selected: string | null;
  /** Steps that are zoomed in on; null: all, and the newest is followed. */
  window: StepWindow | null;
  /** Step that the cursor was put on; null: the newest is read out. */
  cursor: number | null;
  /** Step under the pointer, which comes before the cursor while it is there. */
  pointed: number | null;
  /** Finding that was last looked at, while cursor and selection are still its own: `<run> <finding>`. */
  finding: string | null;
  /** Step that is held against the cursor's. */
  pinned: number | null;
  /** Whether values have a logarithmic axis. */
  logarithmic: boolean;
  /** Two arms: their heat as the ratio of the second to the first. */
  ratio: boolean;
  /** Parameters whose line is under the cursor in the code. */
  highlighted: readonly string[];
  /** What could not be done, in the user's language. */
  problem: string | null;
}

export const initialState: PanelState = {
  subject: null, title: '', runs: [], trial: null, chosen: null, selected: null, window: null, cursor: null, pointed: null, finding: null, pinned: null,
  logarithmic: true, ratio: false, highlighted: [], problem: null,
};

/** The state and who wants to know of its changes. */
export class Store {
  private readonly listeners: ((state: PanelState) => void)[] = [];

  constructor(private current: PanelState) {}

  get state(): PanelState {
    return this.current;
  }

  change(part: Partial<PanelState>): void {
    this.current = {...this.current, ...part};
    for (const listener of this.listeners) listener(this.current);
  }

  subscribe(listener: (state: PanelState) => void): void {
    this.listeners.push(listener);
  }
}

/** Runs that are drawn layer by layer: one, or two to compare. */
export function shownRuns({runs, chosen, subject}: PanelState): PanelRun[] {
  const wanted = (chosen ?? []).flatMap((id) => runs.find((run) => run.id === id) ?? []);
  if (wanted.length > 0) return wanted;
  if (subject?.kind === 'pair') return subject.runs.flatMap((id) => runs.find((run) => run.id === id) ?? []);
  const [first] = runs;
  if (!first || subject?.kind !== 'trial') return first ? [first] : [];
  const other = runs.find(({arm, seed}) => arm !== first.arm && seed === first.seed);
  return other ? [first, other] : [first];
}

/** Parameters of the shown runs by name, in network order. */
export function shownParameters(state: PanelState): PanelParameter[] {
  const names = new Set<string>();
  return shownRuns(state).flatMap(({parameters}) => parameters.filter(({name}) => !names.has(name) && names.add(name)));
}

/** Name of the selected parameter: the user's choice, else that of the worst finding, else the first. */
export function selectedParameter(state: PanelState): string | null {
  const parameters = shownParameters(state);
  if (state.selected !== null && parameters.some(({name}) => name === state.selected)) return state.selected;
  const blamed = shownFindings(state).find(({finding: {parameter}}) => parameter !== null && parameters.some(({name}) => name === parameter));
  return blamed?.finding.parameter ?? parameters[0]?.name ?? null;
}

export function findingKey({run, finding}: ShownFinding): string {
  return `${run.id} ${finding.id}`;
}

export interface ShownFinding {
  run: PanelRun;
  finding: PanelFinding;
}

/** Findings of the shown runs: errors before warnings, the newest first. */
export function shownFindings(state: PanelState): ShownFinding[] {
  const worst = (finding: PanelFinding): number => (finding.severity === 'error' ? 1 : 0);
  return shownRuns(state).flatMap((run) => run.findings.map((finding) => ({run, finding})))
    .sort((a, b) => worst(b.finding) - worst(a.finding) || b.finding.step - a.finding.step);
}

/** First and last step of what is drawn. */
export function stepRange(state: PanelState): {min: number; max: number} {
  if (state.window) return {min: state.window.from, max: state.window.to};
  const last = newestStep(state);
  return {min: 1, max: Math.max(2, last)};
}

/** Last step of the shown runs. */
export function newestStep(state: PanelState): number {
  return shownRuns(state).reduce((most, {steps}) => Math.max(most, steps), 0);
}

/** Step that the charts' linked cursor shows; null: none. */
export function cursorStep({pointed, cursor}: PanelState): number | null {
  return pointed ?? cursor;
}
