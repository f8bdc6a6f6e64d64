import type {RunEvent} from '../protocol/events';
import type {Attempt} from './attempt';

/**
 * Gives scripts `globalThis.singscope.log({name: value})`. Values that are no numbers are left
 * out; it never throws, so that a script runs the same with and without us.
 */
export function installUserLog(send: (event: RunEvent) => void, step: () => number, attempt: Attempt): void {
  const report = (metrics: unknown): void => {
    if (typeof metrics !== 'object' || metrics === null) return;
    const values: Record<string, number> = {};
    for (const [name, value] of Object.entries(metrics)) {
      if (typeof value === 'number') values[name] = value;
    }
    if (Object.keys(values).length > 0) send({type: 'metric', step: step(), source: 'log', epoch: null, batch: null, values});
  };
  const log = (metrics: unknown): void => { attempt(() => { report(metrics); }); };
  Object.defineProperty(globalThis, 'singscope', {value: Object.freeze({log}), configurable: true, writable: true});
}
