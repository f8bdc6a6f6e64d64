import {mkdirSync} from 'node:fs';
import {RunError} from '../runError';
import type {RunReader} from '../runReader';
import {writeCsvFiles} from './csvFiles';
import {writeParquetFiles} from './parquetFiles';
import {writeTensorboardEvents} from './tensorboardEvents';

export const exportForms = ['tensorboard', 'csv', 'parquet'] as const;
export type ExportForm = (typeof exportForms)[number];

const writers: Record<ExportForm, (run: RunReader, dir: string) => void | Promise<void>> = {
  tensorboard: writeTensorboardEvents,
  csv: writeCsvFiles,
  parquet: writeParquetFiles,
};

/**
 * Writes what is recorded of a run into `dir`, which is made, in a form that other programs read; files of an earlier export there are replaced.
 * @throws RunError where it can't be written
 */
export async function exportRun(run: RunReader, form: ExportForm, dir: string): Promise<void> {
  try {
    mkdirSync(dir, {recursive: true});
    await writers[form](run, dir);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new RunError('export', `can't write the export to ${dir} (${code}); choose another place with --out`);
  }
}
