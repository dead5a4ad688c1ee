/**
 * Which pictures are worth decoding? Packets and verdicts in, decisions out; pure: no clock, no I/O, nothing of ffmpeg.
 * How it decides, and where it is blind: docs/design/decode-gate.md.
 *
 * While the gate is shut only keyframes are decoded, and not each of them where packets can be relied on. It opens for what a packet's size tells, for a keyframe that shows a
 * change, for vision that looks at something, and now and then to prove that it misses nothing; it shuts when all of them
 * have been still for a while. It stays open where the stream does not tell.
 */
import { ratio, seconds, type Millis, type Ratio } from '../../core/units.ts';
import { PacketModel, type PacketSize } from './packet-model.ts';
import { TellRecord } from './tell-record.ts';

/** Of one packet, in the order of decoding. See `Packet`. */
export interface PacketFacts {
  readonly at: Millis;
  readonly bytes: number;
  readonly kind: number;
  readonly place: number;
  readonly key: boolean;
  readonly whole: boolean;
}

export type PacketDecision =
  /** Not now, be it a keyframe; it may be asked for later. */
  | 'hold'
  /** Decode this keyframe alone, then say what it shows by `glanced`. */
  | 'glance'
  /** Decode this keyframe, and forget what is held from before it. */
  | 'begin'
  /** Decode it, and before it all that is held; where keyframes were passed by, what the last of them shows says how much. */
  | 'follow';

export type GlanceDecision =
  /** Nothing new: what is held from before the keyframe may be forgotten. */
  | 'go-on'
  /** What is held from before the keyframe is decoded and shown first; then all that follows. */
  | 'go-back';

/** Why everything is decoded: what the stream's shape alone says … */
type ShapeReason =
  /** Every picture is a keyframe, or nearly. */
  | 'keyframes-only'
  /** Keyframes are so far apart that what lies between cannot be held. */
  | 'keyframes-rare'
  /** Its keyframes do not stand alone: each refreshes a part, or needs what came before. */
  | 'gradual';

/** … and what its packets do. */
export type FullReason =
  | ShapeReason
  /** Packets stayed small while something moved: the encoder keeps a constant bit rate, most likely. */
  | 'silent'
  /** Keyframes are seconds apart, and noise makes packets so uneven that somebody between two of them may not show. */
  | 'noisy';

export type GateMode =
  /** All is decoded until the scene's normal is known. */
  | { readonly mode: 'learning' }
  | { readonly mode: 'gated' }
  | { readonly mode: 'full'; readonly reason: FullReason };

/** All is decoded at first for this long: packets and vision get to know the scene. */
const LEARNING = seconds(3);
/** The gate shuts once nothing has happened for this long. */
const STILL = seconds(1.5);
/** The first proof comes after this, the next after twice as long, and so on. */
const FIRST_PROOF = seconds(60);
const RAREST_PROOF = seconds(600);
/** More than this is not held. */
const MOST_HELD = { span: seconds(20), bytes: 32 * 1024 * 1024 } as const;
/**
 * Where keyframes are further apart than `apart`, packets must tell of a person between two of them: they do not where
 * it takes more than `deaf` of a keyframe's bytes to tell, and do again where it takes less than `hears`. A person of a
 * seventh of the picture's height is a three-hundredth of it, in several packets.
 */
const NOISY = { apart: seconds(3.5), deaf: 0.018, hears: 0.012 } as const;
/** Where packets can be relied on, keyframes are passed by as long as the next one comes within this after the last look … */
const RAREST_LOOK = seconds(8.5);
/** … as long as no more than this is held … */
const MOST_PASSED_BYTES = MOST_HELD.bytes / 4;
/** … and not so soon after something moved: it may stand still, and that it is over is to be told in time. */
const AFTERWARDS = seconds(15);
/**
 * An encoder that keeps a bit rate spends it on noise where nothing happens: 2 to 8 % of a keyframe's bytes on each
 * packet between. One of constant quality spends 0.1 to 1.7 %.
 */
const FRUGAL = 0.015;
/** Among so many packets there is at least one that is no keyframe, and most are none, where there is something to save. */
const KEYFRAMES_AMONG = 25;
/** A stream of a shape that cannot be gated is tried again when it had another for this long: it was an odd spell, or other settings. */
const SHAPED = seconds(60);
/** Packets held for learning until pictures say that the scene was still. */
const MOST_UNJUDGED = 1500;
/** Vision that says nothing of so many pictures is not listening. */
const VISION_MUTE = 50;

type Why = 'learning' | 'told' | 'changed' | 'seen' | 'proof';
interface Opening { readonly why: Why; /** When something first moved in it. */ movedAt: Millis | undefined; judged: boolean }
interface Unjudged extends PacketSize { readonly at: Millis }

export class DecodeGate {
  readonly #model = new PacketModel();
  readonly #record = new TellRecord();
  #unjudged: Unjudged[] = [];
  /** Undefined while the gate is shut. */
  #opening: Opening | undefined = { why: 'learning', movedAt: undefined, judged: false };
  #full: FullReason | undefined;
  /** When its shape last said that it cannot be gated. */
  #misshapenAt = -Infinity;
  #began: Millis | undefined;
  #learnt = false;
  #lastMoved = false;
  /** The last moment at which anything spoke for decoding. */
  #stirred = -Infinity;
  /** The last moment at which a picture showed that something moved; vision wants to see the first seconds in any case. */
  #moved = -Infinity;
  #keyAt = -Infinity;
  /** How long after the keyframe before it the latest one came. */
  #apart = Infinity;
  /** Time of the latest picture that was decoded. */
  #lookedAt = -Infinity;
  /** Since the last keyframe that was not passed by. */
  #heldBytes = 0;
  #packets = 0;
  #keys = 0;
  #picturesUnjudged = VISION_MUTE;
  #nextProof = Infinity;
  #proofAfter: number = FIRST_PROOF;

  get mode(): GateMode {
    if (this.#full !== undefined) return { mode: 'full', reason: this.#full };
    return { mode: this.#learnt ? 'gated' : 'learning' };
  }

  /** Whether anything moved while the gate was open last; told when it has shut. */
  get lastMoved(): boolean { return this.#lastMoved; }

  /** The next packet in the order of decoding. */
  packet(packet: PacketFacts): PacketDecision {
    this.#began ??= packet.at;
    this.#count(packet);
    const told = !packet.key && this.#model.tells(packet);
    if (told) this.#record.told(packet.at);
    if (this.#opening === undefined && told) this.#open('told', packet.at);
    else if (told) this.#stir(packet.at);
    if (packet.key) {
      this.#model.keyframe(packet.bytes);
      const passes = this.#mayPass(packet);
      this.#heldBytes = packet.bytes + (passes ? this.#heldBytes : 0);
      if (passes) return 'hold';
    } else this.#remember(packet);
    if (this.#full !== undefined || this.#opening !== undefined) return 'follow';
    if (!packet.key) return 'hold';
    if (packet.at < this.#nextProof) return 'glance';
    this.#proofAfter = Math.min(this.#proofAfter * 2, RAREST_PROOF);
    this.#open('proof', packet.at);
    return 'begin';
  }

  /** What the keyframe shows that was decoded alone: is anything new against the picture before? */
  glanced(at: Millis, changed: boolean): GlanceDecision {
    this.#lookedAt = at;
    if (!changed) return 'go-on';
    if (this.#opening === undefined) this.#open('changed', at);
    else this.#stir(at);
    return 'go-back';
  }

  /**
   * A picture was decoded while following. Vision's own verdict counts more, if it comes: only without one it is asked
   * whether anything `moves` in the picture.
   */
  picture(at: Millis, moves: () => boolean): void {
    this.#lookedAt = at;
    this.#picturesUnjudged++;
    if (this.#picturesUnjudged > VISION_MUTE) this.#judge(at, moves());
  }

  /** What vision says of a picture that it was shown: does it want to look closely? */
  seen(at: Millis, attention: boolean): void {
    this.#picturesUnjudged = 0;
    if (attention && this.#opening === undefined) this.#open('seen', at);
    this.#judge(at, attention);
  }

  /** Whether this keyframe need not be looked at: packets would have told, and the next one comes soon enough. */
  #mayPass({ at, bytes }: PacketFacts): boolean {
    const next = at + this.#apart;
    return this.mode.mode === 'gated' && this.#opening === undefined && at - this.#moved > AFTERWARDS
      && next < this.#nextProof && next - this.#lookedAt <= RAREST_LOOK && this.#heldBytes <= MOST_PASSED_BYTES
      && this.#record.isReliable && this.#model.isUsualKeyframe && this.#model.share < FRUGAL
      && this.#model.bar < NOISY.deaf * bytes;
  }

  #judge(at: Millis, moving: boolean): void {
    this.#settle(at, moving);
    if (moving) {
      this.#stir(at);
      if (!this.#isNew(at)) this.#moved = Math.max(this.#moved, at);
      if (this.#opening !== undefined) this.#opening.movedAt ??= at;
    }
    const still = at - this.#stirred > STILL;
    const opening = this.#opening;
    if (opening?.movedAt !== undefined && (still || at - opening.movedAt > TellRecord.late)) this.#weigh(opening, opening.movedAt);
    if (!still || opening === undefined) return;
    if (!this.#learnt && (this.#isNew(at) || !this.#model.ready)) return;
    this.#learnt = true;
    this.#lastMoved = opening.movedAt !== undefined;
    if (this.#nextProof === Infinity || opening.why === 'proof') this.#nextProof = at + this.#proofAfter;
    // Where all is decoded anyway, every stretch of stillness begins another trial of the packets.
    this.#opening = this.#full === undefined ? undefined : { why: 'proof', movedAt: undefined, judged: false };
  }

  /** Had packets told of what moved first at `movedAt`? */
  #weigh(opening: Opening, movedAt: Millis): void {
    if (opening.judged || opening.why === 'learning') return;
    opening.judged = true;
    this.#record.moved(movedAt);
    if (this.#full === undefined && this.#record.silent) this.#full = 'silent';
    else if (this.#full === 'silent' && this.#record.telling) this.#full = undefined;
  }

  #open(why: Why, at: Millis): void {
    this.#opening = { why, movedAt: undefined, judged: false };
    this.#stir(at);
  }

  #isNew(at: Millis): boolean { return at - (this.#began ?? at) < LEARNING; }

  #stir(at: Millis): void { this.#stirred = Math.max(this.#stirred, at); }

  /** While the gate is shut what does not tell is normal; while it is open, pictures say what was. */
  #remember({ at, kind, place, bytes }: PacketFacts): void {
    if (this.#opening === undefined) return this.#model.learn([{ kind, place, bytes }]);
    this.#unjudged.push({ at, kind, place, bytes });
    if (this.#unjudged.length > MOST_UNJUDGED) this.#unjudged.shift();
  }

  #settle(at: Millis, moving: boolean): void {
    if (!moving) this.#model.learn(this.#unjudged.filter((packet) => packet.at <= at));
    this.#unjudged = this.#unjudged.filter((packet) => packet.at > at);
  }

  /** Comes and goes with the light: at night there is more noise. */
  #hearNoise(keyframeBytes: number): void {
    if (!this.#learnt) return;
    const asked = this.#apart > NOISY.apart ? this.#model.bar / keyframeBytes : 0;
    if (this.#full === undefined && asked > NOISY.deaf) this.#full = 'noisy';
    else if (this.#full === 'noisy' && asked < NOISY.hears) this.#full = undefined;
  }

  /** What the stream's shape alone says against the gate. */
  #count({ at, bytes, key, whole }: PacketFacts): void {
    this.#packets++;
    if (key) {
      this.#keys++;
      this.#apart = at - this.#keyAt;
      this.#hearNoise(bytes);
      this.#keyAt = at;
      if (!whole) this.#misshapen('gradual', at);
      else if (at - this.#misshapenAt > SHAPED) this.#shaped(at);
    } else this.#heldBytes += bytes;
    if (this.#packets === KEYFRAMES_AMONG) {
      if (this.#keys > KEYFRAMES_AMONG / 2) this.#misshapen('keyframes-only', at);
      this.#packets = this.#keys = 0;
    }
    if (at - this.#keyAt > MOST_HELD.span || this.#heldBytes > MOST_HELD.bytes) this.#misshapen('keyframes-rare', at);
  }

  #misshapen(reason: ShapeReason, at: Millis): void {
    this.#misshapenAt = at;
    if (reason === 'gradual' || this.#full === undefined) this.#full = reason;
  }

  /** It has been of a shape for the gate for long: what follows is looked at until it is still. */
  #shaped(at: Millis): void {
    if (this.#full !== 'gradual' && this.#full !== 'keyframes-only' && this.#full !== 'keyframes-rare') return;
    this.#full = undefined;
    this.#open('proof', at);
  }
}

/** Of the pictures that came, how many were decoded: of the latest some thousands. */
export class DecodedShare {
  #came = 0;
  #decoded = 0;

  came(): void {
    this.#came++;
    if (this.#came < 20_000) return;
    this.#came /= 2;
    this.#decoded /= 2;
  }

  decoded(): void { this.#decoded++; }

  get share(): Ratio { return ratio(this.#came === 0 ? 1 : Math.min(1, this.#decoded / this.#came)); }
}
