// Runs functions of the tests inside the extension host, so that a test can ask VS Code's API itself.
const {createServer} = require('node:http');
const {mkdirSync, renameSync, rmSync, writeFileSync} = require('node:fs');
const {join} = require('node:path');
const vscode = require('vscode');

/** Values that a test listens for, kept between calls. */
const kept = {};

exports.activate = (context) => {
  const folder = process.env.SINGSCOPE_PROBE_DIR;
  if (folder === undefined) return;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (text) => { body += text; });
    request.on('end', () => {
      answer(body).then((value) => ({value}), (error) => ({error: String(error?.stack ?? error)})).then((reply) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(reply));
      });
    });
  });
  const file = join(folder, `${process.pid}.json`);
  server.listen(0, '127.0.0.1', () => {
    mkdirSync(folder, {recursive: true});
    writeFileSync(`${file}.new`, JSON.stringify({pid: process.pid, port: server.address().port, folders: (vscode.workspace.workspaceFolders ?? []).map(({uri}) => uri.fsPath)}));
    renameSync(`${file}.new`, file);
  });
  context.subscriptions.push({dispose: () => { server.close(); rmSync(file, {force: true}); }});
};

async function answer(body) {
  const {code, args} = JSON.parse(body);
  // The tests' bundler marks functions with their names.
  const run = new Function('__name', `return (${code})`)((value) => value);
  return (await run({vscode, kept}, ...args)) ?? null;
}
