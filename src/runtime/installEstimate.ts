import type {InstallPhase, InstallProgress} from './installOptions';

/** What an install takes, to be told before it is begun. */
export interface InstallEstimate {
  downloadMB: number;
  /** That stay; while it goes on, about half as much more. */
  diskMB: number;
  /** On a usual connection (50 Mbit/s). */
  minutes: number;
}

/** Size and time of an install, from what it took when it was measured; `gpu` brings CUDA's libraries. */
export function runtimeInstallEstimate(gpu: boolean): InstallEstimate {
  return gpu ? {downloadMB: 3000, diskMB: 7000, minutes: 15} : {downloadMB: 290, diskMB: 1200, minutes: 3};
}

/** Where each phase begins in the whole, by its usual time. */
const BEGINS: Record<InstallPhase, number> = {wait: 0, download: 0, extract: 0.55, tfjs: 0.7, compile: 0.75, verify: 0.95};
const ENDS: Record<InstallPhase, number> = {wait: 0, download: 0.55, extract: 0.7, tfjs: 0.75, compile: 0.95, verify: 1};

/** How much of the whole install is done, 0 … 1; null while that isn't known. */
export function installFraction({phase, done, total}: InstallProgress): number | null {
  if (phase === 'wait') return null;
  const share = done !== null && total !== null && total > 0 ? Math.min(1, done / total) : 0;
  return BEGINS[phase] + share * (ENDS[phase] - BEGINS[phase]);
}
