// Makes the VSIX files in dist-vsix/: one for linux-x64 with the prebuilt native part, and a
// universal one without it, whose users compile it when they install the runtime.
import {createVSIX} from '@vscode/vsce';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildAll} from './build.mjs';
import {prebuild} from './prebuild.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MOST_MB = 3;

/** Paths of the two files, the one with the native part first where this machine can make it. */
export async function packageAll() {
  await buildAll();
  const folder = join(root, 'dist-vsix');
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder);
  const native = await prebuild();
  const made = [];
  if (native) made.push(await packageOne(folder, 'linux-x64', ['!prebuilt/**']));
  made.push(await packageOne(folder, undefined, []));
  return made;
}

async function packageOne(folder, target, more) {
  const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packagePath = join(folder, `singscope-${target ?? 'universal'}-${version}.vsix`);
  const scratch = mkdtempSync(join(tmpdir(), 'singscope-vsix-'));
  const ignoreFile = join(scratch, 'vscodeignore');
  writeFileSync(ignoreFile, [readFileSync(join(root, '.vscodeignore'), 'utf8'), ...more, ''].join('\n'));
  try {
    // Everything is bundled: no node_modules ship.
    await createVSIX({cwd: root, packagePath, target, ignoreFile, dependencies: false, rewriteRelativeLinks: false, allowMissingRepository: true, skipLicense: false});
  } finally {
    rmSync(scratch, {recursive: true, force: true});
  }
  const size = statSync(packagePath).size / 1e6;
  console.log(`${packagePath}: ${size.toFixed(2)} MB`);
  if (size > MOST_MB) throw new Error(`${packagePath} is larger than ${MOST_MB} MB: look what got in with \`npx vsce ls\``);
  return packagePath;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(join(root, 'node_modules/esbuild'))) {
    console.error('Packaging needs the development packages: run `npm ci` first.');
    process.exit(1);
  }
  await packageAll();
}
