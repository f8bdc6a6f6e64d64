/** A number as our JSON writes it: non-finite values are strings, since JSON has none. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** Writes a number for JSON; `null` and `undefined` become `null`. */
export function toJsonNumber(value: number | null | undefined): JsonNumber | null {
  if (value === null || value === undefined) return null;
  return Number.isFinite(value) ? value : (String(value) as JsonNumber);
}

/** Reads what `toJsonNumber` wrote; anything else becomes NaN. */
export function fromJsonNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'Infinity') return Infinity;
  if (value === '-Infinity') return -Infinity;
  return NaN;
}

/**
 * `JSON.stringify` with non-finite numbers as the strings "NaN", "Infinity", "-Infinity".
 * @param indent spaces of indentation; none writes one line
 */
export function stringifyJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === 'number' && !Number.isFinite(item) ? String(item) : item),
    indent,
  );
}
