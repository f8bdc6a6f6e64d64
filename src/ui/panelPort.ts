import type {PanelSubject} from '../protocol/panel';

/** Where the panel should look when it opens. */
export interface PanelFocus {
  parameter?: string;
  step?: number;
}

/** The part of the panels that commands need. */
export interface PanelPort {
  open(subject: PanelSubject, focus?: PanelFocus): unknown;
}
