import type {HostMessage, PanelSubject, PanelView} from '../../protocol/panel';

/** What a feed's thread is given at its start. */
export interface FeedStart {
  subject: PanelSubject;
  /** Language for times in names, and the words of the user's language by the English ones. */
  locale: string;
  strings: Record<string, string> | null;
}

/** Messages of the panel's controller to its feed. */
export type FeedRequest =
  /** A page listens that knows nothing yet. */
  | {type: 'show'}
  /** Nobody looks: nothing is to be read or sent. */
  | {type: 'hide'}
  | {type: 'view'; generation: number; view: PanelView}
  | {type: 'drawn'; number: number};

/** Messages of the feed that go to the page as they are, in order. */
export type FeedReply = HostMessage[];
