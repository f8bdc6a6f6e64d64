// Builds everything that ships into dist/: each entry is one self-contained file (the extension's has parts that it loads
// later beside it), so that the package has no dependencies and the preload is quick to load.
import {build, transform} from 'esbuild';
import {cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
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
    buildExtension(),
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

/**
 * The extension in parts: what it loads later is not compiled at its start. Only ES modules can be split, and VS Code wants
 * CommonJS: the parts are turned into that one by one, so that each class is there once, whoever imports it.
 */
async function buildExtension() {
  const {outputFiles, metafile} = await build({
    ...node, format: 'esm', splitting: true, write: false, minify: true, entryPoints: {extension: 'src/extension.ts'}, external: ['vscode'],
    outdir: 'dist', outExtension: {'.js': '.cjs'}, chunkNames: 'extension/[hash]', loader: {'.html': 'text', '.css': 'text'},
  });
  const parts = await Promise.all(outputFiles.map(async ({path, text}) => {
    const {code} = await transform(text, {format: 'cjs', platform: 'node', target: 'node20', minify: true, supported: {'dynamic-import': false}});
    return {path, code};
  }));
  rmSync('dist/extension', {recursive: true, force: true});
  mkdirSync('dist/extension', {recursive: true});
  for (const {path, code} of parts) writeFileSync(path, code);
  return {metafile};
}

function declareLibrary() {
  // What a source that is gone has left would be packed.
  for (const file of readdirSync('dist/sing', {recursive: true})) if (file.endsWith('.d.ts')) rmSync(`dist/sing/${file}`);
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
