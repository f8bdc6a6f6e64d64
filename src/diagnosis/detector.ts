import type {Finding} from '../protocol/finding';
import type {Draft, Trouble} from './draft';
import {GrowthRule} from './growthRule';
import {JumpRule} from './jumpRule';
import {LeakRule} from './leakRule';
import {MemoryRule, type MemoryKind} from './memoryRule';
import {NonFiniteRule} from './nonFiniteRule';
import type {DetectorParameter, StepObservation, TensorTrace} from './observation';
import {judgeStart, START_STEPS} from './startRule';
import {Track} from './track';
import {VanishingRule} from './vanishingRule';

export type {DetectorParameter, StepObservation} from './observation';

/** Trainings remembered at once; the longest unseen one goes first. */
const TRACKS = 64;
/** Observations within which two trainings in one thread take turns. */
const TURNS = 12;
/** So long after an explosion is what dies its doing. */
const UPSET_STEPS = 300;
/** So long is a NaN the consequence of what was said before. */
const TROUBLE_STEPS = 100;
/** The same after a spike that passed and that no layer was to blame for. */
const PASSED_STEPS = 20;

interface Judged {
  track: Track;
  jump: JumpRule;
  growth: GrowthRule;
  nonFinite: NonFiniteRule;
  vanishing: VanishingRule;
  upsetAt: number;
  /** What was said last, and up to which of the track's steps a NaN belongs to it. */
  trouble: (Trouble & {until: number}) | null;
  seenAt: number;
  /** Turns taken with another training of the thread. */
  turns: number;
  id: string;
}

/**
 * Judges every step of a run on the gradients before SING, the loss and the count of tensors, and says each fault once.
 * Some microseconds a parameter and step; memory is bounded by the parameters, not by the steps.
 */
export class Detector {
  private readonly parameters = new Map<number, DetectorParameter>();
  private readonly judged = new Map<string, Judged>();
  private readonly lastOfThread = new Map<number, Judged>();
  private readonly saidInTurns = new Map<string, number>();
  private readonly leakOfThread = new Map<number, LeakRule>();
  private readonly memoryOfThread = new Map<number, MemoryRule>();
  /** Kinds of memory that were spoken of; a leak of tensors speaks for all. */
  private readonly saidMemory = new Set<MemoryKind>();
  /** Scalars that a `fit` that goes on keeps: each epoch's loss and metrics, until it returns. */
  private keptByFit = 0;
  private observations = 0;
  private findings = 0;

  /** Tells of a parameter, before the first step that has its gradient. */
  addParameter(parameter: DetectorParameter): void {
    this.parameters.set(parameter.index, parameter);
  }

  /** Tells of an epoch of `fit` that ended with so many values (loss and metrics); 0 is a fit's first. */
  endEpoch(epoch: number, values: number): void {
    this.keptByFit = epoch === 0 ? values : this.keptByFit + values;
  }

  /** Tells where tensors of a thread were made that nobody gave back. */
  addTrace({thread, ...trace}: TensorTrace & {thread: number}): void {
    this.leakFor(thread).trace = trace;
  }

  /** Judges a step; returns what became certain with it. */
  observe(observation: StepObservation): Finding[] {
    this.observations++;
    const leak = this.leakFor(observation.thread).judge(observation, this.keptByFit) ?? this.judgeMemory(observation);
    const findings = observation.parameters.length === 0 ? [] : this.judgeTraining(observation);
    return leak === null ? findings : [...findings, this.findingOf(leak)];
  }

  private judgeTraining(observation: StepObservation): Finding[] {
    const judged = this.judgedFor(observation);
    const {track, jump} = judged;
    track.read(observation);
    if (track.hasNonFinite) {
      const draft = judged.nonFinite.judge(track, earliest(jump.rise, recentTrouble(judged)));
      if (draft === null) return [];
      jump.drop();
      return this.say(judged, draft);
    }
    judged.nonFinite.judge(track, null);
    const drafts: Draft[] = [];
    const {draft, isFlagged} = jump.judge(track);
    const upset = isUpset(judged);
    if (draft !== null && !(upset && draft.rule === 'spike')) drafts.push(draft);
    if (!isFlagged) track.learn();
    if (track.hasLoss) track.trend.push(track.loss);
    if (!upset && drafts.length === 0) {
      const growth = judged.growth.judge(track) ?? (track.steps <= START_STEPS ? judgeStart(track) : null);
      if (growth !== null) jump.drop();
      const found = growth ?? judged.vanishing.judge(track, false);
      if (found !== null) drafts.push(found);
    }
    return drafts.flatMap((found) => this.say(judged, found));
  }

  /** Says what was still being watched when the run ended. */
  finish(lastStep: number): Finding[] {
    const findings: Finding[] = [];
    for (const judged of this.judged.values()) {
      const {track, jump, vanishing} = judged;
      if (isUpset(judged) || track.hasNonFinite) continue;
      const found = jump.close(track) ?? vanishing.judge(track, true);
      if (found !== null) findings.push(...this.say(judged, {...found, step: lastStep}));
    }
    return findings;
  }

  private judgeMemory(observation: StepObservation): Draft | null {
    let memory = this.memoryOfThread.get(observation.thread);
    if (memory === undefined) this.memoryOfThread.set(observation.thread, (memory = new MemoryRule()));
    const isTensors = this.leakOfThread.get(observation.thread)?.wasSaid === true;
    const found = memory.judge(observation, (kind) => isTensors || this.saidMemory.has(kind));
    if (found === null) return null;
    this.saidMemory.add(found.kind);
    return found.draft;
  }

  private leakFor(thread: number): LeakRule {
    let leak = this.leakOfThread.get(thread);
    if (leak === undefined) {
      leak = new LeakRule();
      this.leakOfThread.set(thread, leak);
    }
    return leak;
  }

  private judgedFor(observation: StepObservation): Judged {
    const id = `${observation.thread}:${observation.optimizer}:${observation.parameters[0] ?? -1}`;
    let judged = this.judged.get(id);
    if (judged === undefined) {
      judged = {
        track: new Track(this.parameters), jump: new JumpRule(), growth: new GrowthRule(), nonFinite: new NonFiniteRule(),
        vanishing: new VanishingRule(), upsetAt: -Infinity, trouble: null, seenAt: 0, turns: 0, id,
      };
      this.judged.set(id, judged);
      this.forgetOldest();
    }
    const last = this.lastOfThread.get(observation.thread);
    if (last !== undefined && last !== judged && this.observations - judged.seenAt < TURNS) judged.turns++;
    judged.track.takesTurns = judged.turns >= 2;
    judged.seenAt = this.observations;
    this.lastOfThread.set(observation.thread, judged);
    return judged;
  }

  private forgetOldest(): void {
    if (this.judged.size <= TRACKS) return;
    let oldest: Judged | null = null;
    for (const candidate of this.judged.values()) {
      if (candidate.seenAt > 0 && (oldest === null || candidate.seenAt < oldest.seenAt)) oldest = candidate;
    }
    if (oldest !== null) this.judged.delete(oldest.id);
  }

  /** Notes what is said; trainings that take turns fall together, and one of them says it. */
  private say(judged: Judged, draft: Draft): Finding[] {
    const {track} = judged;
    if (draft.rule !== 'spike') judged.upsetAt = track.steps;
    const lasts = draft.rule !== 'spike' ? TROUBLE_STEPS : draft.layer === null ? PASSED_STEPS : 2 * TROUBLE_STEPS;
    judged.trouble = {onsetStep: draft.onsetStep, layer: draft.layer, until: track.steps + lasts};
    if (track.takesTurns) {
      const before = this.saidInTurns.get(draft.rule);
      this.saidInTurns.set(draft.rule, this.observations);
      if (before !== undefined && this.observations - before < UPSET_STEPS) return [];
    }
    return [this.findingOf(draft)];
  }

  private findingOf(draft: Draft): Finding {
    this.findings++;
    const {layer, parameter, site, ...rest} = draft;
    return {
      id: `${draft.rule}-${this.findings}`,
      ...rest,
      layer: layer?.name ?? null,
      parameter: parameter?.name ?? null,
      site: site ?? parameter?.site ?? null,
    };
  }
}

/** An error was said of it not long ago: what jumps or dies now is its consequence. */
function isUpset({track, upsetAt}: Judged): boolean {
  return track.steps - upsetAt < UPSET_STEPS;
}

/** What was said of a training not long ago: a NaN that follows is the same fault. */
function recentTrouble({trouble, track}: Judged): Trouble | null {
  return trouble !== null && track.steps < trouble.until ? trouble : null;
}

function earliest(a: Trouble | null, b: Trouble | null): Trouble | null {
  if (a === null || b === null) return a ?? b;
  return a.onsetStep < b.onsetStep ? a : b;
}
