import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {type BytesProgress, downloadFile, sha256Of} from './download';
import {HttpClient} from './httpClient';
import {findWheel} from './packageIndex';
import {readPipSettings} from './pipSettings';
import {type Requirement, compareVersions, meets} from './requirement';
import {RuntimeError} from './runtimeError';
import {parseWheelName, runsOnLinux} from './wheelName';

/** A wheel on this disk. */
export interface LocalWheel {
  path: string;
  fileName: string;
  sha256: string;
  /** It was downloaded for this install, and may go once it is unpacked. */
  temporary: boolean;
}

/** Where wheels come from. Throws a RuntimeError that names the mend when there is none that fits. */
export type WheelSource = (wanted: Requirement, onBytes: BytesProgress, signal?: AbortSignal) => Promise<LocalWheel>;

/** Wheels of the Python package index that pip is set to; downloads lie in `downloads`. */
export function indexSource(downloads: string, glibc: number): WheelSource {
  const settings = readPipSettings();
  const client = new HttpClient(settings);
  return async (wanted, onBytes, signal) => {
    const file = await findWheel(client, settings.indexUrls, wanted, glibc, signal);
    mkdirSync(downloads, {recursive: true});
    const path = join(downloads, file.fileName);
    const sha256 = await downloadFile(client, file, path, onBytes, signal);
    return {path, fileName: file.fileName, sha256, temporary: true};
  };
}

/** Wheels in a folder, as `pip download` leaves them. */
export function folderSource(folder: string, glibc: number): WheelSource {
  if (!existsSync(folder)) throw new RuntimeError(`${folder} does not exist: give --from a folder that holds the wheels and tfjs-node-gpu.`);
  return async (wanted, _onBytes, signal) => {
    const fitting = readdirSync(folder).flatMap((fileName) => {
      const name = parseWheelName(fileName);
      if (name === null || name.project !== wanted.project || !runsOnLinux(name, glibc)) return [];
      return meets(name.version, wanted.conditions) ? [{fileName, version: name.version}] : [];
    });
    fitting.sort((a, b) => compareVersions(b.version, a.version));
    const best = fitting[0];
    if (best === undefined) {
      const conditions = wanted.conditions.map(({operator, version}) => operator + version).join(',');
      throw new RuntimeError(`${folder} has no wheel of ${wanted.project}${conditions} for Linux x64 with glibc 2.${glibc}: fetch it with \`pip download --no-deps "${wanted.project}${conditions}"\` and put it there.`);
    }
    const path = join(folder, best.fileName);
    return {path, fileName: best.fileName, sha256: await sha256Of(path, signal), temporary: false};
  };
}
