import type {Page} from 'playwright-core';

export interface PageEntry {
  kind: 'error' | 'exception';
  text: string;
  /** Address of the script it came from; empty where the browser names none. */
  url: string;
}

/** What the page, its webviews included, reports as an error. */
export class PageLog {
  private readonly entries: PageEntry[] = [];

  constructor(page: Page) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.entries.push({kind: 'error', text: message.text(), url: message.location().url});
    });
    page.on('pageerror', (error) => this.entries.push({kind: 'exception', text: error.stack ?? error.message, url: ''}));
  }

  /**
   * Errors that are ours: from a webview, thrown in our extension, or a violation of the content security policy.
   * Messages that VS Code shows to the user are in its console too, and no errors.
   */
  ours(): PageEntry[] {
    return this.entries.filter(({text, url}) => !isWorkbenchNoise(text) && (isPolicy(text) || isThrown(text) || isWebview(url)));
  }

  all(): readonly PageEntry[] {
    return this.entries;
  }
}

function isPolicy(text: string): boolean {
  return /content security policy|violates the following/i.test(text);
}

function isThrown(text: string): boolean {
  return /singscope/i.test(text) && /\n\s+at |Activating extension/.test(text);
}

function isWebview(url: string): boolean {
  return url.includes('vscode-cdn.net') || url.includes('/webview/') || url.startsWith('vscode-webview:');
}

/** What VS Code itself says about any webview, ours or not. */
function isWorkbenchNoise(text: string): boolean {
  return text.includes('allow-scripts and allow-same-origin') || text.includes('ERR_BLOCKED_BY_CLIENT') || text.includes('Extension host (Remote) terminated')
    // A window that is reloaded gives up what it was reading and writing; the path is that of the test's folder.
    || /Unable to (?:read|write) file .*\(Canceled/.test(text);
}
