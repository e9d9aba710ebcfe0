// Other calls from recorded ones, kept where the function as it is comes to an end on them.
'use strict';

const { Version, Unfit } = require('../timing/version.cjs');
const { ask } = require('../capturing/confirm.cjs');
const { plans, grow } = require('./larger.cjs');
const { unlike } = require('./unlike.cjs');

const BASES = 4, MOST = 120;
const TOGETHER = 5, APART = 1, PATIENCE_TOGETHER = 60_000, PATIENCE_APART = 10_000, ALL = 60_000; // seconds of CPU time; milliseconds
const SCALES = [4, 16, 64, 256, 1024, 4096], EACH_SCALES = [8, 64], EACH_MOST = 48;
const BUDGET = 0.04, SLOWER = 1.5, NOISE = 2e-6, CLEARLY = 3; // seconds of the largest call; times, and seconds, that show
const LOOKS = 5, MOST_BYTES = 8 << 20, PATIENCE = 25_000;

function main(request, emit) {
  let version;
  try {
    version = new Version({ target: request.target, entry: request.entry, file: null, like: null, warmup: [] });
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    emit({ type: 'rejected', message: error.message });
    emit({ type: 'done' });
    return;
  }
  try {
    const found = request.verify ? verified(version, request.calls) : request.atypical ? atypical(version, request.calls, () => emit({ type: 'untried', words: 'values unlike the recorded ones' }))
      : request.constants || request.unread ? [] : new Larger(version, request).run();
    for (const call of found) emit({ type: 'call', ...call });
  } finally {
    version.dispose();
  }
  emit({ type: 'done' });
}

/** Digests of what calls do. */
function verified(version, calls) {
  const seen = observe(version, calls.map(call => call.blob));
  return calls.flatMap(({ id }, place) => seen[place]?.digest ? [{ id, digest: seen[place].digest }] : []);
}

class Larger {
  constructor(version, request) {
    this.version = version;
    this.request = request;
    this.budget = request.budgetSeconds ?? BUDGET;
    this.until = Date.now() + PATIENCE;
  }

  run() {
    const { together, grownAs, each, curve } = this.request, found = [];
    const bases = this.bases();
    if (each) return bases.flatMap(base => this.ways(base).flatMap(index => this.climb(base, index, EACH_SCALES).slice(-1))).slice(0, EACH_MOST);
    const ways = bases.flatMap(base => (grownAs ? grownAs.filter(way => way.base === base.call.id).map(way => way.plan) : [null]).map(plan => ({ base, plan })));
    for (const [place, { base, plan }] of ways.entries()) {
      const steps = plan === null ? this.best(base) : this.climb(base, plan, this.request.scales ?? SCALES);
      if (steps.length === 0) continue;
      if (curve) {
        if (steps.length > 2) found.push(...steps);
        continue;
      }
      const last = steps.at(-1), count = together ? Math.max(1, Math.ceil((together - found.length) / (ways.length - place))) : this.request.count ?? 1;
      if (!together) found.push(...steps.slice(0, -1));
      for (let variant = 0; variant < count; variant++) {
        const made = variant === 0 ? last : this.make(base, last.planIndex, last.scale, variant);
        if (made !== null) found.push(made);
      }
    }
    return found;
  }

  /** Calls to begin with: those that take longest, of each make one, then others. */
  bases() {
    const { calls, grownAs } = this.request, makes = new Map(), chosen = [];
    for (const call of [...calls].sort((a, b) => b.seconds - a.seconds)) {
      const make = (call.shape ?? '').replace(/\[\d+\]/g, '[]');
      if (grownAs ? grownAs.some(way => way.base === call.id) : !makes.has(make)) chosen.push(call);
      makes.set(make, call);
    }
    const data = chosen.slice(0, this.request.each ? BASES * 3 : BASES).map(call => ({ call, data: JSON.parse(Buffer.from(call.blob, 'base64').toString('utf8')) }));
    return data.map(base => ({ ...base, seen: this.look(base.call.blob) })).filter(({ seen }) => seen !== null && !seen.reason && !seen.raised);
  }

  ways({ data }) {
    return plans(data).map((_, index) => index);
  }

  /** The steps of the first way, or of a later one on which the function takes clearly longer. */
  best(base) {
    let best = [];
    for (const index of this.ways(base)) {
      const steps = this.climb(base, index, this.request.scales ?? SCALES);
      if (steps.length && (best.length === 0 || steps.at(-1).seconds > best.at(-1).seconds * CLEARLY)) best = steps;
      if (best.length && best.at(-1).seconds * CLEARLY > this.budget) break;
    }
    return best;
  }

  /** What one way makes of a call at each scale, as far as the function takes longer and not too long. */
  climb(base, index, scales) {
    const steps = [], any = this.request.together || this.request.grownAs || this.request.curve;
    for (const scale of scales) {
      const made = this.make(base, index, scale, 0);
      if (made === null || made.seconds > this.budget * 2) break;
      const grew = made.seconds > base.seen.seconds * SLOWER + NOISE;
      if (!grew && !any && (scale >= 256 || made.size > 10_000)) break;
      if (grew || any) steps.push(made);
      if (made.seconds > this.budget) break;
    }
    return steps;
  }

  /** A larger call with what the function does on it; null where it is not fit. */
  make({ call, data, seen }, index, scale, variant) {
    const plan = plans(data)[index];
    if (plan === undefined || Date.now() > this.until || call.blob.length * scale > MOST_BYTES * 2) return null;
    const seed = (this.request.seed ?? 0) * 31 + variant * 7;
    const { data: grown, size } = scale === 1 && variant === 0 ? { data, size: Math.max(...plan.map(each => each.length)) } : grow(data, plan, scale, seed);
    const text = JSON.stringify(grown);
    if (text.length > MOST_BYTES) return null;
    const blob = Buffer.from(text).toString('base64'), told = this.look(blob);
    if (told === null || told.reason || told.raised && !seen.raised) return null;
    return {
      id: `${call.id}x${scale}p${index}s${this.request.seed ?? 0}v${variant}`, test: call.test ?? '', seconds: told.seconds, shape: scale === 1 ? call.shape ?? '' : `${call.shape ?? ''}, x${scale}`,
      scale, blob, digest: told.digest, size, base: call.id, planIndex: index,
    };
  }

  /** What the function does on a call, with the least of some times: V8 compiles it on the way. */
  look(blob) {
    const told = ask(this.version, Array.from({ length: LOOKS }, (_, index) => ({ index, blob })), Math.max(2_000, this.budget * 40_000));
    if (told === null || told.some(each => each.digest !== told[0].digest)) return null;
    return { ...told[0], seconds: Math.min(...told.map(each => each.seconds ?? Infinity)) };
  }
}

/** Calls unlike those that are recorded (`late`: some could not be looked at in time): of each make of them one is changed, the smallest first, as what they hold is looked at, not how much. */
function atypical(version, calls, late) {
  const chosen = new Map();
  for (const call of [...calls].sort((a, b) => a.blob.length - b.blob.length)) {
    const make = (call.shape ?? '').replace(/\[\d+\]/g, '[]');
    if (!chosen.has(make) && call.blob.length > 0) chosen.set(make, call);
  }
  // Of one make there is more to be seen in a second call.
  const bases = [...chosen.values()].slice(0, BASES);
  for (const call of [...calls].sort((a, b) => a.blob.length - b.blob.length)) if (bases.length < BASES && !bases.includes(call)) bases.push(call);
  const usual = observe(version, bases.map(call => call.blob));
  const found = [], known = new Set(calls.map(call => call.blob));
  for (const [place, call] of bases.entries()) {
    for (const { how, data, fails } of unlike(JSON.parse(Buffer.from(call.blob, 'base64').toString('utf8')))) {
      const blob = Buffer.from(JSON.stringify(data)).toString('base64');
      if (known.has(blob)) continue;
      known.add(blob);
      found.push({ id: `${call.id}~${how}`, test: call.test ?? '', seconds: 0, shape: call.shape ?? '', scale: 1, blob, base: call.id, size: 0, mayFail: fails || !!usual[place]?.raised });
    }
  }
  const some = found.length <= MOST ? found : found.filter((_, number) => Math.trunc(number * MOST / found.length) !== Math.trunc((number - 1) * MOST / found.length));
  const seen = observe(version, some.map(each => each.blob));
  if (seen.includes(undefined)) late();
  return some.flatMap(({ mayFail, ...call }, place) => seen[place] && !seen[place].reason && (mayFail || !seen[place].raised) ? [{ ...call, seconds: seen[place].seconds }] : []);
}

/** What the function does on calls, each; null for one on which it comes to no end, undefined for one that there was no time for. */
function observe(version, blobs) {
  if (blobs.length === 0) return [];
  const calls = blobs.map((blob, index) => ({ index, blob })), together = ask(version, calls, PATIENCE_TOGETHER, TOGETHER);
  if (together) return together;
  const start = Date.now();
  return calls.map(call => Date.now() - start < ALL ? ask(version, [call], PATIENCE_APART, APART)?.[0] ?? null : undefined);
}

module.exports = { main };
