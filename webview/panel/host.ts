import {panelViewSchema, type HostMessage, type PageMessage, type PanelSubject, type PanelView} from '../../src/protocol/panel';
import * as v from 'valibot';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** All that the page keeps over a reload: what the user was looking at. */
export interface KeptState {
  subject: PanelSubject | null;
  view: PanelView;
}

const messageTypes: ReadonlySet<string> = new Set<HostMessage['type']>(['start', 'subject', 'curve', 'heat', 'track', 'updates', 'histograms', 'frame', 'highlight', 'problem']);
const keptStateSchema = v.object({view: panelViewSchema});

/** The page's only way to the extension. */
export class Host {
  private readonly api = acquireVsCodeApi();

  /** Calls `receive` with each message of the host; what is none of the protocol's is left alone. */
  listen(receive: (message: HostMessage) => void): void {
    window.addEventListener('message', ({data}: MessageEvent<unknown>) => {
      if (isHostMessage(data)) receive(data);
    });
  }

  post(message: PageMessage): void {
    this.api.postMessage(message);
  }

  keep(state: KeptState): void {
    this.api.setState(state);
  }

  /** What was looked at before a reload; null where nothing was, or an older version wrote it. */
  keptView(): PanelView | null {
    const kept = v.safeParse(keptStateSchema, this.api.getState());
    return kept.success ? kept.output.view : null;
  }
}

function isHostMessage(data: unknown): data is HostMessage {
  if (typeof data !== 'object' || data === null || !('type' in data)) return false;
  return typeof data.type === 'string' && messageTypes.has(data.type);
}
