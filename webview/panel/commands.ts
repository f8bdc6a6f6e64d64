import type {PanelAction} from '../../src/protocol/panel';
import type {Host} from './host';
import {cursorStep, findingKey, newestStep, selectedParameter, shownFindings, shownParameters, shownRuns, stepRange, type ShownFinding, type Store} from './state';

/** Least steps that a zoomed window spans. */
const LEAST_WINDOW = 4;
const ZOOM = 0.5;

/** What the user can do, by pointer or key: each changes the state or asks the host. */
export class Commands {
  private hovered: string | null = null;
  private shift = false;

  constructor(private readonly store: Store, private readonly host: Host) {
    window.addEventListener('pointerup', ({shiftKey}) => { this.shift = shiftKey; }, true);
  }

  select(parameter: string): void {
    this.store.change({selected: parameter, finding: null});
  }

  /** Selects the next parameter in network order. @param by rows, negative upwards */
  selectNext(by: number): void {
    const names = shownParameters(this.store.state).map(({name}) => name);
    const at = names.indexOf(selectedParameter(this.store.state) ?? '');
    const next = names[Math.min(names.length - 1, Math.max(0, at + by))];
    if (next !== undefined) this.select(next);
  }

  /** Selects what a finding speaks of and puts the cursor on its first step. */
  showFinding(shown: ShownFinding): void {
    const {finding} = shown;
    const {window} = this.store.state;
    const isOutside = window !== null && (finding.onsetStep < window.from || finding.onsetStep > window.to);
    this.store.change({finding: findingKey(shown), cursor: finding.onsetStep, pointed: null, ...(finding.parameter === null ? {} : {selected: finding.parameter}), ...(isOutside ? {window: null} : {})});
  }

  showNextFinding(by: number): void {
    const {state} = this.store;
    const findings = shownFindings(state);
    if (findings.length === 0) return;
    const at = findings.findIndex((shown) => findingKey(shown) === state.finding);
    const next = at < 0 ? findings[0] : findings[(at + by + findings.length) % findings.length];
    if (next) this.showFinding(next);
  }

  /** @param step null: back to the newest */
  moveCursor(step: number | null): void {
    const {min, max} = stepRange(this.store.state);
    const cursor = step === null ? null : Math.round(Math.min(max, Math.max(min, step)));
    this.store.change({cursor, pointed: null, finding: null});
  }

  moveCursorBy(steps: number): void {
    this.moveCursor((cursorStep(this.store.state) ?? newestStep(this.store.state)) + steps);
  }

  /** Shows the values of a step while the pointer is on it. */
  point(step: number | null): void {
    if (step !== this.store.state.pointed) this.store.change({pointed: step});
  }

  togglePin(): void {
    const step = cursorStep(this.store.state) ?? newestStep(this.store.state);
    this.pin(this.store.state.pinned === step ? null : step);
  }

  pin(step: number | null): void {
    this.store.change({pinned: step});
  }

  /** A step was clicked: the cursor stays there, or with Shift the pin. */
  choose(step: number | null): void {
    if (step === null) return;
    if (this.shift) this.pin(this.store.state.pinned === step ? null : step);
    else this.moveCursor(step);
  }

  /** Zooms in on steps. @param window null: all */
  zoomTo(window: {from: number; to: number} | null): void {
    if (window === null) {
      this.store.change({window: null});
      return;
    }
    const last = Math.max(2, newestStep(this.store.state));
    const span = Math.max(LEAST_WINDOW, Math.round(window.to - window.from));
    if (span >= last - 1) {
      this.store.change({window: null});
      return;
    }
    const from = Math.min(Math.max(1, Math.round(window.from)), last - span);
    this.store.change({window: {from, to: from + span}});
  }

  /** Zooms around the cursor, or the middle. @param direction 1 in, −1 out */
  zoomBy(direction: 1 | -1): void {
    const {min, max} = stepRange(this.store.state);
    const {cursor} = this.store.state;
    const centre = cursor !== null && cursor >= min && cursor <= max ? cursor : (min + max) / 2;
    const factor = direction === 1 ? ZOOM : 1 / ZOOM;
    this.zoomTo({from: centre - (centre - min) * factor, to: centre + (max - centre) * factor});
  }

  toggleScale(): void {
    this.store.change({logarithmic: !this.store.state.logarithmic});
  }

  toggleRatio(): void {
    this.store.change({ratio: !this.store.state.ratio});
  }

  /** Undoes one thing after the other: cursor, pin, zoom. */
  escape(): void {
    const {cursor, pinned, window} = this.store.state;
    if (cursor !== null) this.store.change({cursor: null, finding: null});
    else if (pinned !== null) this.store.change({pinned: null});
    else if (window !== null) this.store.change({window: null});
  }

  /** Opens the line that made a parameter. */
  reveal(parameter: string | null = selectedParameter(this.store.state)): void {
    if (parameter !== null) this.host.post({type: 'reveal', parameter});
  }

  /** Highlights the line that made a parameter. */
  hover(parameter: string | null): void {
    if (parameter === this.hovered) return;
    this.hovered = parameter;
    this.host.post({type: 'hover', parameter});
  }

  act(action: PanelAction, run: string | null = shownRuns(this.store.state)[0]?.id ?? null, finding: string | null = null): void {
    this.store.change({problem: null});
    this.host.post({type: 'action', action, run, finding});
  }

  /** Draws these runs layer by layer. */
  show(runs: readonly string[]): void {
    this.store.change({chosen: [...new Set(runs)]});
  }
}
