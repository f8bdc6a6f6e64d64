import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import type {DoctorAnswer, DoctorQuestion} from './doctor/doctorMessages';

/** Looks at machine and workspace in a thread of its own: some of it waits for programs, and may wait long. */
export class DoctorThread {
  private readonly worker: Worker;
  private ended = false;

  /** Calls back exactly once, unless it is disposed of before: with the answer, or with the reason why there is none. */
  constructor(question: DoctorQuestion, onAnswer: (answer: DoctorAnswer) => void, onFailure: (reason: string) => void) {
    this.worker = new Worker(join(question.packageRoot, 'dist', 'doctorThread.cjs'), {workerData: question, name: 'singscope setup check'});
    this.worker.on('message', (answer: DoctorAnswer) => this.end(() => onAnswer(answer)));
    this.worker.on('error', (error) => this.end(() => onFailure(error.message.split('\n', 1)[0] ?? '')));
    this.worker.on('exit', (code) => this.end(() => onFailure(`exit code ${code}`)));
  }

  dispose(): void {
    this.ended = true;
    void this.worker.terminate();
  }

  private end(tell: () => void): void {
    if (this.ended) return;
    this.ended = true;
    tell();
  }
}
