import type {Locator, Page} from 'playwright-core';
import type {InlayHint} from 'vscode';
import type {Probe} from '../probe';
import {eventually} from '../eventually';

/** The text editor that is in front; lines and columns count from 1. */
export class TextEditor {
  constructor(private readonly page: Page, private readonly probe: () => Probe) {}

  /** Opens a file and puts the cursor there. */
  async open(path: string, line = 1, column = 1): Promise<void> {
    await this.probe().evaluate(async ({vscode}, file, at, char) => {
      const position = new vscode.Position(at - 1, char - 1);
      const open = vscode.window.visibleTextEditors.find(({document}) => document.uri.fsPath === file);
      const editor = await vscode.window.showTextDocument(vscode.Uri.file(file), {selection: new vscode.Range(position, position), viewColumn: open?.viewColumn ?? vscode.ViewColumn.One, preview: false});
      editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }, path, line, column);
    const name = path.slice(path.lastIndexOf('/') + 1);
    await this.page.locator(`.editor-instance[aria-label*="${name}"] .view-line, .editor-instance[data-uri*="${encodeURIComponent(name)}"] .view-line, .monaco-editor .view-line`).first().waitFor();
  }

  /** Types at the cursor, key by key. */
  async type(text: string): Promise<void> {
    await this.focus();
    await this.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    await this.focus();
    await this.page.keyboard.press(key);
  }

  async save(): Promise<void> {
    await this.probe().command('workbench.action.files.save');
  }

  /** Where the cursor is, and in which file. */
  async cursor(): Promise<{path: string; line: number; column: number} | null> {
    return await this.probe().evaluate(({vscode}) => {
      const editor = vscode.window.activeTextEditor;
      return editor === undefined ? null : {path: editor.document.uri.fsPath, line: editor.selection.active.line + 1, column: editor.selection.active.character + 1};
    });
  }

  /** Titles of the lenses now drawn, from the top. */
  async lenses(): Promise<string[]> {
    const links = this.page.locator('.codelens-decoration > a, .codelens-decoration > span > a');
    return (await links.allInnerTexts()).map((text) => text.replace(/\u00a0/g, ' ').trim()).filter((text) => text !== '');
  }

  /** Waits for the lens with this title and clicks it. */
  async clickLens(title: string | RegExp, nth = 0): Promise<void> {
    const lens = this.page.locator('.codelens-decoration a').filter({hasText: title}).nth(nth);
    // VS Code drops its request for lenses when the editor loses the focus, and makes it when it is back.
    await this.focus();
    await lens.waitFor();
    await lens.click();
  }

  /** The drawn line that holds this text. */
  line(text: string): Locator {
    return this.page.locator('.monaco-editor .view-line').filter({hasText: text}).first();
  }

  /** Number of squiggles drawn, by severity. */
  async squiggles(): Promise<{error: number; warning: number; information: number}> {
    const count = async (kind: string) => await this.page.locator(`.monaco-editor .view-overlays .squiggly-${kind}`).count();
    return {error: await count('error'), warning: await count('warning'), information: await count('info')};
  }

  /** Waits until the hover over a word of the drawn line that holds `text` says this: each who has something to say comes in its own time. */
  async hover(text: string, says: RegExp): Promise<void> {
    const part = this.page.locator('.monaco-editor .view-line span span').filter({hasText: text}).first();
    const hover = this.page.locator('.monaco-hover:not(.hidden) .hover-contents');
    await eventually('the hover', async () => {
      await this.page.mouse.move(5, 5);
      await part.hover();
      await hover.filter({hasText: says}).first().waitFor({timeout: 3_000});
      return true;
    });
  }

  /** Texts that extensions put between the code's own, as drawn. */
  async inlayHints(path: string): Promise<{line: number; text: string}[]> {
    return await this.probe().evaluate(async ({vscode}, file) => {
      const uri = vscode.Uri.file(file);
      const document = await vscode.workspace.openTextDocument(uri);
      const hints = await vscode.commands.executeCommand<InlayHint[]>('vscode.executeInlayHintProvider', uri, new vscode.Range(0, 0, document.lineCount, 0));
      return hints.map(({position, label}) => ({line: position.line + 1, text: typeof label === 'string' ? label : label.map(({value}) => value).join('')}));
    }, path);
  }

  private async focus(): Promise<void> {
    await this.probe().command('workbench.action.focusActiveEditorGroup');
  }
}
