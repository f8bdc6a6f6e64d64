import {Disposable, OverviewRulerLane, Range, ThemeColor, Uri, window, workspace, type TextEditor} from 'vscode';
import {settings} from '../contributions';
import {showProblem} from './messages';
import type {CodePort, PanelParameterEvent, PanelPort} from './ports';
import {isScript} from './scriptChoice';
import {openSite} from './siteOpening';

/** The cursor rests on a line before the panel is asked to follow. */
const REST_MS = 150;

/** Links code and panel, both ways: the layer whose line the cursor is on, and the line of the layer under the pointer. */
export class CodeLink implements Disposable {
  private readonly decoration = window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor('editor.wordHighlightBackground'),
    border: '1px solid', borderColor: new ThemeColor('contrastActiveBorder'),
    overviewRulerColor: new ThemeColor('editorOverviewRuler.wordHighlightForeground'),
    overviewRulerLane: OverviewRulerLane.Center,
  });
  private readonly subscriptions: Disposable[];
  private timer: NodeJS.Timeout | null = null;
  /** Counts what was hovered, so that a late answer draws nothing. */
  private hovered = 0;
  private marked: TextEditor[] = [];
  private told = false;

  constructor(private readonly code: CodePort, private readonly panels: PanelPort) {
    this.subscriptions = [
      this.decoration,
      window.onDidChangeTextEditorSelection(({textEditor, selections}) => this.follow(textEditor, selections[0]?.active.line ?? 0)),
      panels.onHover((event) => void this.mark(event)),
      panels.onReveal((event) => void this.reveal(event)),
    ];
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    Disposable.from(...this.subscriptions).dispose();
  }

  private follow({document}: TextEditor, line: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (!isScript(document.uri) || !this.wanted(document.uri)) return;
    this.timer = setTimeout(() => void this.tell(document.uri.toString(), line), REST_MS);
  }

  private async tell(uri: string, line: number): Promise<void> {
    const layers = await this.code.layersAt(uri, line).catch(() => null);
    const found = layers !== null && layers.parameters.length > 0 ? layers : null;
    if (found === null && !this.told) return;
    this.told = found !== null;
    this.panels.highlight(found);
  }

  private async mark(event: PanelParameterEvent): Promise<void> {
    const number = ++this.hovered;
    const place = await this.placeOf(event);
    if (number !== this.hovered) return;
    for (const editor of this.marked) editor.setDecorations(this.decoration, []);
    this.marked = place === null || !this.wanted(place.uri) ? [] : window.visibleTextEditors.filter(({document}) => document.uri.toString() === place.uri.toString());
    for (const editor of this.marked) editor.setDecorations(this.decoration, [new Range(place?.line ?? 0, 0, place?.line ?? 0, 0)]);
  }

  private async placeOf({store, run, parameter, site}: PanelParameterEvent): Promise<{uri: Uri; line: number} | null> {
    if (parameter === null) return null;
    const now = await this.code.lineOf(store, run, parameter).catch(() => null);
    if (now !== null) return {uri: Uri.parse(now.uri), line: now.line};
    return site === null ? null : {uri: Uri.file(site.file), line: site.line - 1};
  }

  private async reveal(event: PanelParameterEvent & {parameter: string}): Promise<void> {
    try {
      await openSite(event, {name: event.parameter, site: event.site}, (...of) => this.code.lineOf(...of));
    } catch (error) {
      showProblem(error);
    }
  }

  private wanted(uri: Uri): boolean {
    return workspace.getConfiguration(undefined, uri).get<boolean>(settings.highlight) !== false;
  }
}
