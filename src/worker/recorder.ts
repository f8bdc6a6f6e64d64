import {BroadcastChannel, workerData} from 'node:worker_threads';
import {Recording} from './recording';
import {channelName, type RecorderData, type RingAnnouncement} from './messages';
import {messageOf} from '../platform/failure';
import {ControlWord} from './controlWord';
import {tellUser} from './outputGuard';
import {Ring} from './ring';

/** Between two looks into the rings. */
const POLL_MS = 15;
/** Between two writes: fewer and larger batches leave more of the processor to the training. Rows are on disk within this and one look. */
const FLUSH_MS = 45;

const data = workerData as RecorderData;
const control = new ControlWord(data.control);
const recording = new Recording(data, control);
const rings: Ring[] = [];

const channel = new BroadcastChannel(channelName(data.pid));
// Announced again until attached: the first may have come before this thread listened.
channel.onmessage = (event) => { read((event as {data: RingAnnouncement}).data.ring); };
if (data.ring !== null) read(data.ring);

function read(memory: SharedArrayBuffer): void {
  const ring = new Ring(memory);
  if (ring.attach()) rings.push(ring);
}

async function main(): Promise<void> {
  let opened = false;
  let flushed = -Infinity;
  for (;;) {
    const closing = control.closeRequested;
    // A process that only might train makes no folder before it does.
    if (!opened && (data.runDir !== null || rings.length > 0)) {
      opened = true;
      await recording.open();
    }
    rings.forEach((ring, thread) => ring.drain((type, floats, at, words) => { recording.take(thread, type, floats, at, words); }));
    if (closing || performance.now() - flushed >= FLUSH_MS) {
      recording.flush();
      flushed = performance.now();
    }
    if (closing) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  recording.close();
  control.markClosed();
  channel.close();
}

main().catch((error: unknown) => {
  // The training threads must not wait for a recorder that is gone.
  control.markClosed();
  channel.close();
  tellUser(`the recorder failed (${messageOf(error)}); training goes on unrecorded.`);
});
