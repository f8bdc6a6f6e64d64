import util from 'node:util';

type Check = (value: unknown) => boolean;

/** Node 23 removed these; tfjs-node 4.22 still calls them (tensorflow/tfjs#8425). */
const removed: Record<string, Check> = {
  isArray: (value) => Array.isArray(value),
  isBoolean: (value) => typeof value === 'boolean',
  isDate: (value) => value instanceof Date,
  isError: (value) => value instanceof Error,
  isFunction: (value) => typeof value === 'function',
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === 'number',
  isObject: (value) => typeof value === 'object' && value !== null,
  isPrimitive: (value) => value === null || (typeof value !== 'object' && typeof value !== 'function'),
  isRegExp: (value) => value instanceof RegExp,
  isString: (value) => typeof value === 'string',
  isSymbol: (value) => typeof value === 'symbol',
  isUndefined: (value) => value === undefined,
};

/** Restores what is missing, so that tfjs-node runs on every Node we support. */
export function restoreUtil(): void {
  const target = util as unknown as Record<string, unknown>;
  for (const [name, check] of Object.entries(removed)) {
    if (typeof target[name] !== 'function') Object.defineProperty(target, name, {value: check, writable: true, configurable: true});
  }
}
