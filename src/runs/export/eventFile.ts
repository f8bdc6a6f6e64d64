import {buf as crc32c} from 'crc-32/crc32c.js';
import {appendFileSync, closeSync, openSync} from 'node:fs';
import {PbfWriter} from 'pbf';

const FLUSH_BYTES = 1 << 20;
const LENGTH_BYTES = 8;
const CRC_BYTES = 4;
/** Added to a rotated checksum by the TFRecord format. */
const MASK = 0xa282ead8;

/** Histogram as TensorFlow's HistogramProto has it: bucket i lies between limit i − 1 (`min` for the first) and limit i. */
export interface EventHistogram {
  min: number;
  max: number;
  num: number;
  sum: number;
  sumSquares: number;
  limits: number[];
  counts: number[];
}

export interface EventValue {
  tag: string;
  content: number | EventHistogram;
}

/** Writer of a TensorBoard event file: TFRecords of `tensorflow.Event` messages (fields from tensorflow/core/util/event.proto and framework/summary.proto). */
export class EventFile {
  readonly #file: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** @param time seconds since 1970 */
  constructor(path: string, time: number) {
    this.#file = openSync(path, 'w');
    this.#event(time, 0, (event) => { event.writeStringField(3, 'brain.Event:2'); });
  }

  /** @param time seconds since 1970 */
  add(time: number, step: number, values: readonly EventValue[]): void {
    this.#event(time, step, (event) => { event.writeMessage(5, writeSummary, values); });
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #event(time: number, step: number, write: (event: PbfWriter) => void): void {
    const event = new PbfWriter();
    event.writeDoubleField(1, time);
    event.writeVarintField(2, step);
    write(event);
    this.#record(event.finish());
  }

  #record(data: Uint8Array): void {
    const head = new Uint8Array(LENGTH_BYTES + CRC_BYTES);
    const headView = new DataView(head.buffer);
    headView.setBigUint64(0, BigInt(data.length), true);
    headView.setUint32(LENGTH_BYTES, masked(head.subarray(0, LENGTH_BYTES)), true);
    const tail = new Uint8Array(CRC_BYTES);
    new DataView(tail.buffer).setUint32(0, masked(data), true);
    this.#pieces.push(head, data, tail);
    this.#bytes += head.length + data.length + tail.length;
    if (this.#bytes >= FLUSH_BYTES) this.#flush();
  }

  #flush(): void {
    // Unlike one write, it tries the rest where a full disk took a part, so that the error is seen.
    appendFileSync(this.#file, Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#bytes = 0;
  }
}

function masked(data: Uint8Array): number {
  const crc = crc32c(data) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}

function writeSummary(values: readonly EventValue[], summary: PbfWriter): void {
  for (const value of values) summary.writeMessage(1, writeValue, value);
}

function writeValue({tag, content}: EventValue, value: PbfWriter): void {
  value.writeStringField(1, tag);
  if (typeof content === 'number') value.writeFloatField(2, content);
  else value.writeMessage(5, writeHistogram, content);
}

function writeHistogram({min, max, num, sum, sumSquares, limits, counts}: EventHistogram, histogram: PbfWriter): void {
  [min, max, num, sum, sumSquares].forEach((number, i) => { histogram.writeDoubleField(i + 1, number); });
  histogram.writePackedDouble(6, limits);
  histogram.writePackedDouble(7, counts);
}
