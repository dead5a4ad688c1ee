/**
 * Decodes of a stream what the gate lets through, and hands out the pictures in the order of time, each once. What the gate
 * leaves out is held until the next keyframe has shown that nothing was missed.
 */
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import { seconds, type Millis, type Ratio } from '../../core/units.ts';
import type { EncodedPicture } from './encoded-picture.ts';
import { DecoderLead } from './decoder-lead.ts';
import { DecodedShare, DecodeGate, type GateMode } from './decode-gate.ts';
import { GlanceHelp, type Glance } from './glance.ts';
import { LivingDecoder, type LivingDecoderOptions } from './living-decoder.ts';
import { PacketReader, type Packet } from './packet.ts';
import type { DecodedPicture } from './picture-decoder.ts';
import { SceneMemory } from './scene-memory.ts';
import { SparePictures } from './spare-pictures.ts';

export interface GatedDecoderOptions extends LivingDecoderOptions {
  /** What to do when the decoder is too slow: a live camera goes on with the next keyframe, a file waits. */
  readonly whenSlow: 'skip' | 'wait';
  /** Of a file: resolves when vision has said of each frame what it sees in it. */
  readonly attended?: (() => Promise<void>) | undefined;
}

export interface GatedDecoderHandlers {
  frame(frame: GrayFrame): void;
  colour(frame: ColourFrame): void;
  /** The decoder died or hung; it is begun anew with the next keyframe. */
  trouble(reason: string): void;
}

/** A live decoder that is this far behind is given up catching up: what led to an event is not held for ever. */
const MOST_BEHIND = seconds(8);
const MOST_BACKLOG = 16 * 1024 * 1024;
/** Of a file, no more waits to be decoded. */
const FILE_BACKLOG = 512 * 1024;
/** A keyframe whose picture does not come after this is helped out by the packets behind it. */
const GLANCE_PATIENCE = seconds(0.4);
/** A camera that sends nothing for this long is silent: what its decoder still holds is no fault of the decoder. */
const SILENT = seconds(3);
const TICK_MS = 100;
const MOST_WAIT_TICKS = 10;

export class GatedDecoder implements Disposable {
  readonly #options: GatedDecoderOptions;
  readonly #handlers: GatedDecoderHandlers;
  readonly #gate = new DecodeGate();
  readonly #share = new DecodedShare();
  readonly #reader: PacketReader;
  readonly #memory = new SceneMemory();
  readonly #glances = new GlanceHelp();
  readonly #spares: SparePictures;
  readonly #timer: NodeJS.Timeout;
  readonly #decoder: LivingDecoder;
  /** Packets since the last keyframe that was not passed by, it included. */
  #group: Packet[] = [];
  /** Where in it the latest keyframe stands. */
  #latestKey = 0;
  /** No keyframe came yet that decoding could begin with. */
  #lost = true;
  #lastFed = -1;
  #skipsLeading = false;
  #glance: Glance | undefined;
  /** What came while a glance is awaited. */
  #waiting: Packet[] = [];
  /** Pictures of earlier parts were given up. */
  #validFrom = 0;
  #shown = -Infinity;
  #colourShown = -Infinity;
  /** Of the latest keyframe that was fed. */
  #keyTicks = -Infinity;
  /** When the latest packet came, by the clock. */
  #cameAt: number;
  #following = false;
  /** Stream time of the newest picture that was decoded when following ended. */
  #followedUntil = -Infinity;
  readonly #lead = new DecoderLead();
  #wake: () => void = () => {};
  /** So many ticks more a reader waits. */
  #patience = 0;
  /** What came out of a file's decoder and was not handed out yet. */
  #arrived: (() => void)[] = [];
  #skipped = 0;
  #ended = false;
  #disposed = false;

  /** @throws {Mp4Error} When `init` is not of H.264 or H.265. */
  constructor(init: InitSegment, options: GatedDecoderOptions, handlers: GatedDecoderHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#reader = new PacketReader(init);
    this.#decoder = new LivingDecoder(init, options, {
      gray: (picture) => this.#arrive(() => this.#takeGray(picture)),
      colour: (picture) => this.#arrive(() => this.#takeColour(picture)),
      lost: (reason) => this.#goOn(reason),
    });
    this.#spares = new SparePictures([options.gray, options.colour].flatMap((output) => output?.framesPerSecond ?? []));
    this.#cameAt = options.clock.monotonic();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  get mode(): GateMode { return this.#gate.mode; }
  get decodedShare(): Ratio { return this.#share.share; }
  /** Packets that were never looked at because the decoder was too slow or died. */
  get skipped(): number { return this.#skipped; }

  /** What vision says of the frame of time `at`: whether it wants to look closely. */
  seen(at: Millis, attention: boolean): void { this.#gate.seen(at, attention); }

  /** The next picture in the order of decoding. Returns at once, with its stream time. */
  push(picture: EncodedPicture): Millis {
    const packet = this.#reader.read(picture);
    this.#cameAt = this.#options.clock.monotonic();
    this.#share.came();
    this.#again(packet);
    this.#helpOut();
    return packet.at;
  }

  /**
   * Resolves when the next packet may come: for readers that can wait. Until its end, pictures of a file are handed out only here, each
   * before a packet that is the same in each run: what the gate decides then is the same, however fast decoder and vision are.
   */
  async ready(): Promise<void> {
    while (this.#isFlooded && await this.#wakes());
    while (this.#awaitsPicture) {
      const take = this.#arrived.shift();
      if (take !== undefined) {
        take();
        await this.#options.attended?.();
      } else if (!await this.#wakes()) this.#lead.forgive();
    }
  }

  /** Whether a reader who can wait should. */
  get congested(): boolean { return this.#isFlooded || this.#awaitsPicture; }

  get #isFlooded(): boolean { return !this.#disposed && this.#decoder.backlog > FILE_BACKLOG; }

  /** What is decided next hangs on a picture that comes without another packet. */
  get #awaitsPicture(): boolean {
    if (this.#disposed || !this.#decoder.isRunning) return false;
    if (this.#glance !== undefined) return this.#waiting.length > this.#help + 16;
    return this.#lead.isEnough(1000 / this.#options.gray.framesPerSecond, this.#help, this.#following);
  }

  /** Resolves when anything came of the decoder; false where nothing did for long. */
  async #wakes(): Promise<boolean> {
    this.#patience = MOST_WAIT_TICKS;
    await new Promise<void>((resolve) => { this.#wake = resolve; });
    return this.#patience > 0;
  }

  #arrive(take: () => void): void {
    if (this.#options.whenSlow === 'skip' || this.#ended) take();
    else this.#arrived.push(take);
    this.#wake();
  }

  /** No packet follows; resolves when the last pictures were handed out. */
  async finish(): Promise<void> {
    for (const take of this.#arrived.splice(0)) take();
    this.#ended = true;
    for (;;) {
      if (this.#glance === undefined) this.#lookAtPassed();
      while (this.#glance !== undefined && this.#feedHelper(this.#waiting));
      if (!this.#decoder.isRunning) break;
      await this.#decoder.finish();
      if (this.#glance !== undefined) this.#resolveGlance(this.#glance, true);
    }
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#glance = undefined;
    clearInterval(this.#timer);
    this.#wake();
    this.#decoder[Symbol.dispose]();
  }

  /** While nothing waits to be decoded, a stream whose times jump is no decoder that is behind. */
  get #isTooFarBehind(): boolean {
    const { backlog } = this.#decoder;
    return backlog > MOST_BACKLOG || (backlog > 0 && this.#following && this.#lead.span > MOST_BEHIND);
  }

  #take(packet: Packet): void {
    if (packet.key) this.#lost = false;
    else if (this.#lost) {
      this.#skipped++;
      return;
    }
    const decision = this.#gate.packet(packet);
    const before = this.#group;
    if (packet.key) this.#latestKey = decision === 'hold' ? before.length : 0;
    if (packet.key && decision !== 'hold') this.#group = [packet];
    else before.push(packet);
    const follows = decision === 'follow' || decision === 'begin';
    const wasFollowing = this.#following;
    if (follows && !wasFollowing) this.#lead.begins(packet.at);
    if (!follows && wasFollowing) {
      this.#memory.settle(this.#gate.lastMoved);
      this.#followedUntil = this.#lead.newest;
    }
    this.#following = follows;
    switch (decision) {
      case 'hold':
        // What is shown before the last that was followed belongs to that: one of it may be the first of its slot.
        if (packet.number === this.#lastFed + 1 && packet.at < this.#followedUntil) this.#feedOrLeave(packet);
        return;
      case 'glance': return this.#lookAt(packet, before);
      case 'begin': return this.#feed(packet);
      case 'follow':
        if (packet.key) this.#feedRest(before);
        else if (this.#lookAtPassed()) return;
        this.#feedRest(this.#group);
        // What is decoded for good need not be kept.
        if (this.#gate.mode.mode === 'full') this.#group = [];
    }
  }

  /** Feeds what of `packets`, a keyframe and all those after it, was not fed. */
  #feedRest(packets: readonly Packet[]): void {
    const [first, last] = [packets[0], packets.at(-1)];
    if (first === undefined || last === undefined) return;
    const begun = this.#lastFed >= first.number - 1 && this.#lastFed <= last.number;
    for (const packet of begun ? packets.slice(this.#lastFed + 1 - first.number) : packets) this.#feedOrLeave(packet);
  }

  #lookAt(key: Packet, before: readonly Packet[]): void {
    const held = this.#glances.held(this.#reader.depth);
    for (let picture = 0; picture < (held ?? 0); picture++) this.#decoder.letGo();
    this.#feed(key, false);
    if (this.#lost) return;
    const letGo = held !== undefined && this.#decoder.letGo();
    this.#glance = { key, before, since: this.#options.clock.monotonic(), helpers: 0, letGo, came: false, colours: [] };
  }

  /** What is decided now begins with the last keyframe that was passed by: it shows whether more is needed. */
  #lookAtPassed(): boolean {
    const passed = this.#group.splice(0, this.#latestKey);
    const [key] = this.#group;
    if (key === undefined || passed.length === 0) return false;
    this.#latestKey = 0;
    this.#lookAt(key, passed);
    return this.#glance !== undefined;
  }

  get #help(): number { return this.#glances.packets(this.#reader.depth); }

  /** Where pictures are reordered, the decoder lets go of one only after it got some more. */
  #helpOut(): void {
    while (this.#glance?.letGo === false && this.#glance.helpers < this.#help && this.#feedHelper());
  }

  #feedHelper(packets = [...this.#group, ...this.#waiting]): boolean {
    const glance = this.#glance;
    const helper = packets.find(({ number }) => number > this.#lastFed);
    if (glance === undefined || helper === undefined || helper.key) return false;
    if (!helper.leading) glance.helpers++;
    this.#feed(helper);
    return true;
  }

  /**
   * Of what is followed, nobody needs some pictures. A live decoder is given the others at once: it may hold back what is looked at
   * until it gets more, and in any case would have them all to decode before the next look.
   */
  #feedOrLeave(packet: Packet, follows = packet.number === this.#lastFed + 1): void {
    if (follows && !this.#lost && this.#spares.leaves(packet, this.#options.whenSlow === 'wait')) this.#lastFed = packet.number;
    else this.#feed(packet, follows);
  }

  #feed(packet: Packet, follows = packet.number === this.#lastFed + 1): void {
    if (!this.#isCut(packet)) for (const earlier of this.#spares.decodes(packet, follows)) this.#decode(earlier, true);
    if (this.#lost) return;
    if (packet.key) {
      this.#skipsLeading = !follows;
      this.#keyTicks = packet.ticks;
    }
    this.#lastFed = packet.number;
    if (!this.#isCut(packet)) this.#decode(packet, follows);
  }

  /** It is made from what was not decoded. */
  #isCut(packet: Packet): boolean { return packet.leading && this.#skipsLeading; }

  #decode(packet: Packet, follows: boolean): void {
    if (this.#lost || this.#disposed) return;
    if (this.#options.whenSlow === 'skip' && this.#isTooFarBehind) return this.#loseGroup();
    this.#glances.fed();
    this.#decoder.feed(packet, follows, this.#reader.origin);
    this.#share.decoded();
    this.#lead.fed(packet.at);
  }

  /** Goes on with the next keyframe. */
  #loseGroup(): void {
    this.#skipped += this.#group.length;
    this.#group = [];
    this.#latestKey = 0;
    this.#lost = true;
    this.#lastFed = -1;
    this.#decoder.forgive();
  }

  /** The decoder is gone, and what it was fed is lost. */
  #goOn(reason: string): void {
    this.#loseGroup();
    this.#glance = undefined;
    const waiting = this.#waiting.splice(0);
    const next = waiting.findIndex(({ key }) => key);
    this.#skipped += next < 0 ? waiting.length : next;
    if (next >= 0) for (const packet of waiting.slice(next)) this.#again(packet);
    this.#handlers.trouble(reason);
    this.#wake();
  }

  #again(packet: Packet): void {
    if (this.#glance === undefined) this.#take(packet);
    else this.#waiting.push(packet);
  }

  #takeGray({ ticks, part, pixels }: DecodedPicture): void {
    if (part >= this.#validFrom && ticks > this.#shown) {
      this.#options.gray.masked.blacken(pixels);
      const frame: GrayFrame = { at: this.#reader.timeOf(ticks), ...this.#options.gray.size, pixels };
      const glance = this.#glance;
      if (glance === undefined || ticks < glance.key.ticks) this.#show(ticks, frame);
      else {
        glance.came = ticks === glance.key.ticks;
        this.#resolveGlance(glance, !glance.came || this.#memory.isNew(frame), () => this.#show(ticks, frame));
      }
    }
  }

  #resolveGlance(glance: Glance, changed: boolean, show: () => void = () => {}): void {
    this.#glance = undefined;
    this.#glances.over(glance, this.#options.clock.monotonic(), this.#reader.depth);
    if (this.#gate.glanced(glance.key.at, changed) === 'go-back' && glance.before[0]?.key === true) {
      this.#validFrom = this.#decoder.part + 1;
      for (const packet of glance.before) this.#feedOrLeave(packet, packet !== glance.before[0]);
      this.#feedRest(this.#group);
    } else {
      show();
      for (const picture of glance.colours) this.#takeColour(picture);
      if (this.#following) this.#feedRest(this.#group);
    }
    const waiting = this.#waiting.splice(0);
    for (const packet of waiting) this.#again(packet);
    this.#helpOut();
  }

  #show(ticks: number, frame: GrayFrame): void {
    this.#shown = ticks;
    this.#lead.begins(frame.at);
    this.#gate.picture(frame.at, () => this.#memory.moves(frame));
    this.#memory.add(frame, ticks === this.#keyTicks);
    this.#handlers.frame({ ...frame, pixels: frame.pixels.slice() }); // the sink may do with it what it likes
  }

  #takeColour(picture: DecodedPicture): void {
    const { colour } = this.#options;
    const { ticks, part, pixels } = picture;
    if (colour === undefined || part < this.#validFrom || ticks <= this.#colourShown) return;
    if (this.#glance !== undefined && ticks >= this.#glance.key.ticks) return void this.#glance.colours.push(picture);
    this.#colourShown = ticks;
    colour.masked.blackenColour(pixels);
    this.#handlers.colour({ at: this.#reader.timeOf(ticks), ...colour.size, pixels });
  }

  #tick(): void {
    if (--this.#patience <= 0) this.#wake();
    const now = this.#options.clock.monotonic();
    const glance = this.#arrived.length === 0 ? this.#glance : undefined;
    if (glance !== undefined && now - glance.since > GLANCE_PATIENCE) {
      glance.since = now;
      if (this.#feedHelper()) glance.helpedAt = now;
      else if (this.#waiting.some(({ key }) => key)) this.#resolveGlance(glance, true);
    }
    if (now - this.#cameAt > SILENT) this.#decoder.forgive();
    else if (!this.#ended) this.#decoder.check();
  }
}
