import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import * as v from 'valibot';
import {exitSchema, launchSchema, RUN_FORMAT, runFiles, runProcessSchema, type Exit, type Launch, type RunProcess} from '../protocol/runFolder';
import {RunError} from './runError';

/** Reads and checks a run's run.json. @throws RunError where it is missing, corrupt or of a newer format */
export function readLaunch(dir: string): Launch {
  const id = basename(dir);
  let text: string;
  try {
    text = readFileSync(join(dir, runFiles.launch), 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new RunError('corrupt', `run ${id} can't be read (${code ?? String(error)}); check the rights of ${dir}`);
    throw new RunError('missing', `${dir} is no run folder (it has no ${runFiles.launch}); \`singscope runs list\` shows the runs`);
  }
  const json = parse(text);
  const format = (json as {format?: unknown} | undefined | null)?.format;
  if (typeof format === 'number' && format > RUN_FORMAT) {
    throw new RunError('newer-format', `run ${id} was written by a newer SINGscope (format ${format}); update singscope to read it`);
  }
  const checked = v.safeParse(launchSchema, json);
  if (checked.success) return checked.output;
  const where = json === undefined ? 'not JSON' : (v.summarize(checked.issues).split('\n')[0] ?? '');
  throw new RunError('corrupt', `${runFiles.launch} of run ${id} is damaged (${where}); remove the run with \`singscope runs rm ${id}\``);
}

/** Reads a run's exit.json; null while there is none that can be read. */
export function readExit(dir: string): Exit | null {
  try {
    const checked = v.safeParse(exitSchema, parse(readFileSync(join(dir, runFiles.exit), 'utf8')));
    return checked.success ? checked.output : null;
  } catch {
    return null;
  }
}

/** Reads a run's process.json; null where no session wrote one that can be read. */
export function readRunProcess(dir: string): RunProcess | null {
  try {
    const checked = v.safeParse(runProcessSchema, parse(readFileSync(join(dir, runFiles.process), 'utf8')));
    return checked.success ? checked.output : null;
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
