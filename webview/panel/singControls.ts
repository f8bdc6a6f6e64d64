import * as l10n from '@vscode/l10n';
import type {PanelRun} from '../../src/protocol/panel';
import type {SingSettings} from '../../src/protocol/sing';
import {element, setText} from './dom';
import type {Host} from './host';
import {singEffect, singLock} from './runText';
import {shownRuns, type PanelState, type Store} from './state';

type Part = 'centralize' | 'normalize';
const values: Record<Part, readonly string[]> = {centralize: ['true', 'always', 'false'], normalize: ['norm', 'std', 'false']};

/** SING and its parts, switched while a run goes on; a run that is over says among its facts how SING was. */
export class SingControls {
  private readonly off = radio('off', l10n.t('Off'));
  private readonly on = radio('on', l10n.t('On'));
  private readonly selects: Record<Part, HTMLSelectElement> = {
    centralize: choice(values.centralize, [l10n.t('on'), l10n.t('always'), l10n.t('off')]),
    normalize: choice(values.normalize, [l10n.t('by norm'), l10n.t('by std'), l10n.t('off')]),
  };
  private readonly skip = element('input', {type: 'checkbox'});
  private readonly excluded = element('span', {class: 'excluded'});
  private readonly status = element('p', {class: 'sing-status', role: 'status'});
  private readonly fields = element('fieldset', {class: 'sing'}, element('legend', {}, 'SING'));
  readonly element = element('div', {class: 'sing-row'}, this.fields, this.status);
  private run: PanelRun | null = null;
  /** What was asked for; null: nothing is under way. */
  private asked: Partial<SingSettings> | null = null;

  constructor(private readonly store: Store, private readonly host: Host) {
    const labelled = (text: string, input: HTMLElement): HTMLElement => element('label', {class: 'part'}, element('span', {}, text), input);
    this.fields.append(
      element('span', {class: 'segmented'}, this.off.label, this.on.label),
      labelled(l10n.t('Centralize'), this.selects.centralize), labelled(l10n.t('Normalize'), this.selects.normalize),
      element('label', {class: 'part check'}, this.skip, element('span', {}, l10n.t('Skip non-finite steps'))), this.excluded,
    );
    for (const mode of ['off', 'on'] as const) this[mode].input.addEventListener('change', () => { this.ask({mode}); });
    this.selects.centralize.addEventListener('change', ({target}) => {
      const {value} = target as HTMLSelectElement;
      this.ask({centralize: value === 'always' ? value : value === 'true'});
    });
    this.selects.normalize.addEventListener('change', ({target}) => {
      const {value} = target as HTMLSelectElement;
      this.ask({normalize: value === 'norm' || value === 'std' ? value : false});
    });
    this.skip.addEventListener('change', () => { this.ask({skipNonFinite: this.skip.checked}); });
  }

  update(state: PanelState): void {
    const [run, other] = shownRuns(state);
    this.element.hidden = !run || other !== undefined || state.trial !== null || singLock(run) !== null;
    if (!run || this.element.hidden) return;
    if (this.run?.id !== run.id || state.problem !== null || has(run.sing, this.asked ?? {})) this.asked = null;
    this.run = run;
    // What the user just chose stays as chosen until the run says that it has it.
    if (this.asked === null) this.show(run.sing);
    setText(this.status, this.asked === null ? (singEffect(run) ?? '') : l10n.t('Takes effect at the next step.'));
  }

  /** Switches SING on or off, by key. */
  toggle(): void {
    if (!this.run || this.element.hidden) return;
    const {input} = this.run.sing.mode === 'off' ? this.on : this.off;
    input.click();
  }

  private ask(sing: Partial<SingSettings>): void {
    if (!this.run) return;
    this.asked = {...this.asked, ...sing};
    // A problem that comes now is an answer, the same words included.
    this.store.change({problem: null});
    setText(this.status, l10n.t('Takes effect at the next step.'));
    this.host.post({type: 'sing', run: this.run.id, sing});
  }

  private show(sing: SingSettings): void {
    this.off.input.checked = sing.mode === 'off';
    this.on.input.checked = sing.mode !== 'off';
    this.selects.centralize.value = String(sing.centralize);
    this.selects.normalize.value = String(sing.normalize);
    this.skip.checked = sing.skipNonFinite;
    this.excluded.hidden = sing.exclude.length === 0;
    setText(this.excluded, l10n.t('Excluded: {0}', sing.exclude.join(', ')));
  }
}

function has(settings: SingSettings, asked: Partial<SingSettings>): boolean {
  return Object.entries(asked).every(([name, value]) => settings[name as keyof SingSettings] === value);
}

function radio(value: string, text: string): {input: HTMLInputElement; label: HTMLLabelElement} {
  const input = element('input', {type: 'radio', name: 'sing', value});
  return {input, label: element('label', {}, input, element('span', {}, text))};
}

function choice(options: readonly string[], texts: readonly string[]): HTMLSelectElement {
  return element('select', {}, ...options.map((value, i) => element('option', {value}, texts[i] ?? value)));
}
