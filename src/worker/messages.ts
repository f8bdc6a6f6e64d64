import type {Launch} from '../protocol/runFolder';
import type {WorkerOptions} from '../protocol/workerOptions';

/** What the recorder thread is started with. */
export interface RecorderData {
  control: SharedArrayBuffer;
  /** Ring of the main thread, where it has one by then. */
  ring: SharedArrayBuffer | null;
  options: WorkerOptions;
  /** Folder made by the session; null: the recorder makes one from `launch`. */
  runDir: string | null;
  launch: Launch;
  pid: number;
  node: string;
}

/** Announces a training thread's ring, over the process's broadcast channel. */
export interface RingAnnouncement {
  ring: SharedArrayBuffer;
  thread: number;
}

export function channelName(pid: number): string {
  return `singscope:${pid}`;
}

/** Environment variable that tells the preload it is inside our own recorder thread. */
export const RECORDER_ENV = 'SINGSCOPE_RECORDER';
