import type {HostMessage, PageMessage, PanelSubject} from '../src/protocol/panel';
export interface PanelPreview {
  url: string;
  posted: PageMessage[];
  send(message: HostMessage): void;
  stop(): void;
}
export function startPreview(options: {subject: PanelSubject; locale?: string; strings?: Record<string, string> | null; port?: number}): Promise<PanelPreview>;
