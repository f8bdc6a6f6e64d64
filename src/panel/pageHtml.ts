import {randomBytes} from 'node:crypto';
import {Uri, type Webview, type WebviewPanel} from 'vscode';

/** Folder of the pages' scripts and styles, the only one that they may load from. */
function pageRoot(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** What every panel of ours may do, and the icon of its tab. */
export function dressPanel(panel: WebviewPanel, extensionUri: Uri): void {
  const icon = (theme: 'light' | 'dark'): Uri => Uri.joinPath(extensionUri, 'media', `panel-${theme}.svg`);
  panel.webview.options = {enableScripts: true, localResourceRoots: [pageRoot(extensionUri)]};
  panel.iconPath = {light: icon('light'), dark: icon('dark')};
}

/**
 * The frame of a page: its script and style from our own folder, nothing inline, nothing from anywhere else.
 * @param name of the script and the style in `pageRoot`
 * @param language BCP 47 tag, which screen readers go by
 */
export function pageHtml(webview: Webview, extensionUri: Uri, name: 'panel' | 'doctor', language: string): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (extension: 'js' | 'css'): string => webview.asWebviewUri(Uri.joinPath(pageRoot(extensionUri), `${name}.${extension}`)).toString();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(file('css'))}">
<title>SINGscope</title>
</head>
<body><script nonce="${nonce}" src="${attribute(file('js'))}"></script></body>
</html>`;
}

function attribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}
