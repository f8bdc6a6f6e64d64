import * as l10n from '@vscode/l10n';
import {parentPort, workerData} from 'node:worker_threads';
import type {HostMessage} from '../../protocol/panel';
import {Feed} from './feed';
import type {FeedReply, FeedRequest, FeedStart} from './feedMessages';

const {subject, locale, strings} = workerData as FeedStart;
if (strings) l10n.config({contents: strings});
const feed = new Feed(subject, locale, (messages) => parentPort?.postMessage(messages satisfies FeedReply, buffersOf(messages)));
parentPort?.on('message', (request: FeedRequest) => feed.take(request));

/** Columns are made for one message each, so their buffers can change hands instead of being copied. */
function buffersOf(messages: readonly HostMessage[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const collect = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) buffers.add(value.buffer as ArrayBuffer);
  };
  for (const message of messages) {
    Object.values(message).forEach(collect);
    if ('columns' in message) Object.values(message.columns).forEach(collect);
  }
  return [...buffers];
}
