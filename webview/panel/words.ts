import * as l10n from '@vscode/l10n';
import {fromJsonNumber, type JsonNumber} from '../../src/protocol/numbers';
import {chartNumber} from '../charts/chartNumber';

let locale = 'en';

/** Sets the language of words and numbers. @param strings English text to translation; null for English */
export function setLanguage(name: string, strings: Record<string, string> | null): void {
  try {
    locale = Intl.getCanonicalLocales(name)[0] ?? 'en';
  } catch {
    locale = 'en';
  }
  if (strings !== null) l10n.config({contents: strings});
  document.documentElement.lang = strings === null ? 'en' : locale;
}

/** A whole number with the separators of the user's language. */
export function count(value: number): string {
  return value.toLocaleString(locale);
}

/** A measured number, short. */
export function measure(value: JsonNumber | null | undefined): string {
  return value === null || value === undefined ? '–' : chartNumber(fromJsonNumber(value));
}

/** A number with a few digits, in the user's language. */
export function rounded(value: number, digits: number): string {
  return value.toLocaleString(locale, {maximumFractionDigits: digits});
}

/** A duration in its two largest units. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return l10n.t('{0} s', whole);
  if (whole < 3600) return l10n.t('{0} min {1} s', Math.floor(whole / 60), whole % 60);
  return l10n.t('{0} h {1} min', Math.floor(whole / 3600), Math.floor((whole % 3600) / 60));
}

/** Date and time of a run's start. */
export function moment(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString(locale, {dateStyle: 'medium', timeStyle: 'short'});
}

/** BCP 47 tag of the user's language. */
export function language(): string {
  return locale;
}
