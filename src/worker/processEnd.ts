import {messageOf} from '../platform/failure';
import {tellUser} from './outputGuard';

/** What Node's own `process.exit` ends with. */
interface ExitingProcess {
  emit(this: unknown, event: string, ...args: unknown[]): boolean;
  reallyExit(code?: number): never;
}

/**
 * Calls back once, after the script's own exit handlers, however the process leaves by itself. Not an
 * exit handler: scripts take those away (`removeAllListeners`), and `reallyExit` passes them by.
 */
export function onProcessEnd(ending: (exitCode: number) => void): void {
  const exiting = process as unknown as ExitingProcess;
  const {emit, reallyExit} = exiting;
  let ended = false;
  const end = (code: unknown): void => {
    if (ended) return;
    ended = true;
    try {
      ending(Number(code ?? 0));
    } catch (error) {
      tellUser(`the end of this run could not be recorded (${messageOf(error)}).`);
    }
  };
  exiting.emit = function (event, ...args) {
    if (event !== 'exit') return emit.call(this, event, ...args);
    try {
      return emit.call(this, event, ...args);
    } finally {
      end(process.exitCode ?? args[0]);
    }
  };
  exiting.reallyExit = (code) => {
    end(code ?? process.exitCode);
    return reallyExit.call(process, code);
  };
}
