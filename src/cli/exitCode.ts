import type {Finding} from '../protocol/finding';
import type {RunSummary} from '../protocol/runSummary';
import {exitCodes, type ExitCode} from '../platform/failure';

/** How an invocation ended. */
export interface Outcome {
  /** A stop was asked for by Ctrl-C or a signal. */
  interrupted: boolean;
  /** How the script or command itself ended. */
  exitCode: number | null;
  signal: string | null;
  runs: readonly RunSummary[];
  failOn: readonly string[];
}

/** The exit code that is promised, the first that applies. */
export function exitCodeOf({interrupted, exitCode, signal, runs, failOn}: Outcome): ExitCode {
  if (runs.some(wasRefused)) return exitCodes.usage;
  if (runs.some(hadNoRuntime)) return exitCodes.noRuntime;
  if (interrupted) return exitCodes.interrupted;
  if (runs.some((run) => run.findings.some((finding) => isWanted(finding, failOn)))) return exitCodes.finding;
  if (signal !== null && runs.some((run) => run.status === 'stopped' && run.signal === signal)) return exitCodes.fine;
  if (exitCode !== 0 || signal !== null) return exitCodes.scriptFailed;
  return exitCodes.fine;
}

/** What was asked of it does not fit the script: it ended before its first step. */
function wasRefused({steps, status, notices}: RunSummary): boolean {
  return steps === 0 && (status === 'failed' || status === 'crashed') && notices.some(({code}) => code === 'full-needs-adam' || code === 'full-needs-module');
}

/** A process whose main thread is blocked can't end with a code: it is killed. */
function hadNoRuntime({exitCode, notices}: RunSummary): boolean {
  return (exitCode === exitCodes.noRuntime || exitCode === null) && notices.some(({code}) => code === 'no-runtime');
}

function isWanted({rule}: Finding, failOn: readonly string[]): boolean {
  return failOn.includes('any') || failOn.includes(rule);
}
