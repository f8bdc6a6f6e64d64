// Builds everything that ships into dist/: each entry is one self-contained file, so that the
// package has no dependencies and the preload is quick to load.
import {build} from 'esbuild';
import {cpSync, existsSync, mkdirSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawnSync} from 'node:child_process';
import {writeLicenses} from './licenses.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
process.chdir(root);

const common = {absWorkingDir: root, bundle: true, metafile: true, logLevel: 'warning', legalComments: 'none'};
const node = {...common, platform: 'node', target: 'node20', format: 'cjs'};
const extension = {outdir: 'dist', outExtension: {'.js': '.cjs'}, external: ['vscode'], loader: {'.html': 'text', '.css': 'text'}, minify: true, supported: {'dynamic-import': false}};
const LANGUAGE_CLIENT = 'vscode-languageclient/node';
/** Half of all the extension's code, which it loads after it is there: in a file of its own it is not compiled at start-up. */
const late = {
  name: 'late',
  setup({onResolve}) {
    onResolve({filter: new RegExp(`^${LANGUAGE_CLIENT}$`)}, () => ({path: './languageClient.cjs', external: true}));
  },
};
const peer = ['@tensorflow/tfjs-core'];

/** Builds all parts; with `types: false` the declarations of the library are left out (quick builds for tests). */
export async function buildAll({types = true} = {}) {
  mkdirSync('dist', {recursive: true});
  const builds = await Promise.all([
    build({...node, entryPoints: {cli: 'src/cli/main.ts', trialProcess: 'src/session/trialProcess.ts'}, outdir: 'dist', outExtension: {'.js': '.cjs'}, loader: {'.html': 'text', '.css': 'text'}}),
    build({...node, entryPoints: {preload: 'src/worker/preload.ts', recorder: 'src/worker/recorder.ts'}, outdir: 'dist', outExtension: {'.js': '.cjs'}}),
    build({...node, format: 'esm', entryPoints: {resolveHook: 'src/worker/resolveHook.ts'}, outdir: 'dist', outExtension: {'.js': '.mjs'}}),
    build({...node, entryPoints: {embedded: 'src/worker/embedded.ts'}, outdir: 'dist', outExtension: {'.js': '.cjs'}, minify: true, mainFields: ['module', 'main']}),
    build({...node, platform: 'neutral', entryPoints: ['src/sing/index.ts'], outfile: 'dist/sing/index.cjs', external: peer}),
    build({...node, platform: 'neutral', format: 'esm', entryPoints: ['src/sing/index.ts'], outfile: 'dist/sing/index.mjs', external: peer}),
    build({...common, platform: 'browser', target: 'es2022', format: 'iife', minify: true, entryPoints: {report: 'webview/report/main.ts', panel: 'webview/panel/main.ts', doctor: 'webview/doctor/main.ts'}, outdir: 'dist/webview'}),
    build({...node, ...extension, entryPoints: {extension: 'src/extension.ts'}, plugins: [late]}),
    build({...node, ...extension, entryPoints: {languageClient: LANGUAGE_CLIENT}}),
    build({...node, entryPoints: {panelFeed: 'src/panel/feed/main.ts', doctorThread: 'src/panel/doctor/main.ts'}, outdir: 'dist', outExtension: {'.js': '.cjs'}, minify: true}),
    build({...node, entryPoints: {server: 'src/server/main.ts'}, outdir: 'dist', outExtension: {'.js': '.cjs'}, minify: true}),
  ]);
  const headers = join(dirname(require.resolve('node-api-headers/package.json')), 'include');
  writeLicenses(builds.map(({metafile}) => metafile), 'dist/THIRD-PARTY-LICENSES.txt');
  cpSync('src/worker/standIn', 'dist/standIn', {recursive: true});
  rmSync('dist/include', {recursive: true, force: true});
  cpSync(headers, 'dist/include/node', {recursive: true});
  if (types) declareLibrary();
}

function declareLibrary() {
  const tsc = require.resolve('typescript/bin/tsc');
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.sing.json'], {stdio: 'inherit'});
  if (result.status !== 0) process.exit(result.status ?? 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync('node_modules/esbuild')) {
    console.error('The build needs its development packages: run `npm ci` first.');
    process.exit(1);
  }
  await buildAll();
}
