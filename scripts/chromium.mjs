import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Path of a Chromium on this machine; where there is none it is installed by the system's package
 * manager, if that is Debian's and the user may.
 * @returns null where there is none and none can be installed; the tests that need one then fail and say so
 */
export function findChromium() {
  const found = search();
  if (found !== null || process.platform !== 'linux' || process.getuid?.() !== 0) return found;
  console.log('Installing Chromium for the tests that need a browser…');
  spawnSync('apt-get', ['update', '-qq'], {stdio: 'inherit'});
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {stdio: ['ignore', 'ignore', 'inherit'], env: {...process.env, DEBIAN_FRONTEND: 'noninteractive'}});
  return search();
}

function search() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of NAMES) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder !== '' && existsSync(path)) return path;
    }
  }
  return null;
}
