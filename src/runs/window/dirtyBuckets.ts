/** Which buckets changed since they were last taken: all from one on, since rows come in the order of steps. */
export class DirtyBuckets {
  /** Buckets that have been touched, those before them included. */
  count = 0;
  private first = 0;
  private fresh = true;

  touch(bucket: number): void {
    if (bucket < this.first) this.first = bucket;
    if (bucket >= this.count) this.count = bucket + 1;
  }

  /** First of the buckets that changed, which are then taken as sent; null where none did. The first time all are due, be they none. */
  take(): number | null {
    if (!this.fresh && this.first >= this.count) return null;
    const from = this.fresh ? 0 : this.first;
    this.fresh = false;
    this.first = this.count;
    return from;
  }

  /** Makes all due again. */
  renew(): void {
    this.fresh = true;
  }
}
