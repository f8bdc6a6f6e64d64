import type {PanelView} from '../../src/protocol/panel';
import type {Host} from './host';
import {selectedParameter, shownRuns, type PanelState} from './state';

const LEAST = 64;
const MOST = 4096;
/** Buckets come in these portions, so that a changed width does not ask for new numbers at every pixel. */
const PORTION = 64;
/** A cell of the heat strip is at least this wide, in CSS pixels. */
const HEAT_CELL = 2;

/** Asks the host for what the user is looking at, once a change. */
export class ViewRequest {
  generation = 0;
  private asked = '';
  private width = 960;

  constructor(private readonly host: Host) {}

  /** @param width of a chart's plot in CSS pixels */
  resize(width: number): void {
    if (width > 0) this.width = width;
  }

  /** @returns whether other numbers were asked for than before */
  ask(state: PanelState): boolean {
    if (state.subject === null) return false;
    const view = this.viewOf(state);
    const text = JSON.stringify(view);
    if (text === this.asked) return false;
    this.asked = text;
    this.generation++;
    this.host.keep({subject: state.subject, view: {...view, shown: [...(state.chosen ?? [])], parameter: state.selected}});
    this.host.post({type: 'view', generation: this.generation, view});
    return true;
  }

  private viewOf(state: PanelState): PanelView {
    return {
      shown: shownRuns(state).map(({id}) => id), parameter: selectedParameter(state), window: state.window,
      buckets: portions(this.width), heatBuckets: portions(this.width / HEAT_CELL),
    };
  }
}

function portions(width: number): number {
  return Math.min(MOST, Math.max(LEAST, Math.ceil(width / PORTION) * PORTION));
}
