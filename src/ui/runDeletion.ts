import type {RunArgument, TrialArgument} from '../contributions';
import type {RunIndex} from './runIndex';

export async function deleteRuns(_index: RunIndex, _runs: readonly RunArgument[], _trials: readonly TrialArgument[]): Promise<void> {
  await Promise.reject(new Error('soon'));
}
