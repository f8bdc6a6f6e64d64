import * as v from 'valibot';
import {fromJsonNumber, type JsonNumber} from './numbers';

/** A number in our JSON, read back as a number. */
export const jsonNumberSchema = v.pipe(
  v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]),
  v.transform((value: JsonNumber) => fromJsonNumber(value)),
);
