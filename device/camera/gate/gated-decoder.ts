/**
 * Decodes of a stream what the gate lets through, and hands out the pictures in the order of time, each once. What the gate
 * leaves out is held until the next keyframe has shown that nothing was missed.
 */
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { GrayFrame } from '../../core/frame.ts';
import { seconds, type Millis, type Ratio } from '../../core/units.ts';
import type { EncodedPicture } from './encoded-picture.ts';
import { DecoderFeed } from './decoder-feed.ts';
import { DecoderLead } from './decoder-lead.ts';
import { DecodedShare, DecodeGate, type GateMode } from './decode-gate.ts';
import type { GatedDecoderHandlers, GatedDecoderOptions } from './gated-decoder-options.ts';
import { GlanceHelp, type Glance } from './glance.ts';
import { HeldPackets } from './held-packets.ts';
import { LIVE_PACKETS, LivingDecoder } from './living-decoder.ts';
import { Lockstep } from './lockstep.ts';
import { PacketReader, type Packet } from './packet.ts';
import type { DecodedPicture } from './picture-decoder.ts';
import { reorderDepth } from './reorder-depth.ts';
import { SceneMemory } from './scene-memory.ts';
import { SparePictures } from './spare-pictures.ts';

/** Of a live camera, a keyframe whose picture does not come after this is helped out by the packets behind it. */
const LIVE_PATIENCE = seconds(0.4);
/** A camera that sends nothing for this long is silent: what its decoder still holds is no fault of the decoder. */
const SILENT = seconds(3);
const TICK_MS = 100;

export class GatedDecoder implements Disposable {
  readonly #options: GatedDecoderOptions;
  readonly #handlers: GatedDecoderHandlers;
  readonly #isLive: boolean;
  readonly #gate = new DecodeGate();
  readonly #share = new DecodedShare();
  readonly #reader: PacketReader;
  readonly #memory = new SceneMemory();
  readonly #glances = new GlanceHelp();
  readonly #timer: NodeJS.Timeout;
  readonly #decoder: LivingDecoder;
  readonly #feed: DecoderFeed;
  readonly #lead = new DecoderLead();
  readonly #lockstep: Lockstep;
  readonly #held = new HeldPackets();
  /** No keyframe came yet that decoding could begin with. */
  #lost = true;
  #glance: Glance | undefined;
  /** What came while a glance is awaited. */
  #waiting: Packet[] = [];
  /** Of earlier parts than `part`, pictures from `ticks` on were given up: they are decoded anew. */
  #givenUp = { part: 0, ticks: 0 };
  #shown = -Infinity;
  #colourShown = -Infinity;
  /** When the latest packet came, by the clock. */
  #cameAt: number;
  #skipped = 0;
  #disposed = false;

  /** @throws {Mp4Error} When `init` is not of H.264 or H.265. */
  constructor(init: InitSegment, options: GatedDecoderOptions, handlers: GatedDecoderHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#isLive = options.whenSlow === 'skip';
    // A live camera may be decoded by hardware that holds back fewer: how many is learnt.
    this.#reader = new PacketReader(init, this.#isLive ? 0 : reorderDepth(init));
    this.#lockstep = new Lockstep(options.attended);
    if (this.#isLive) this.#lockstep.release();
    this.#decoder = new LivingDecoder(init, { ...options, ...(this.#isLive && { renewAfter: LIVE_PACKETS }) }, {
      gray: (picture) => this.#lockstep.put(() => this.#takeGray(picture)),
      colour: (picture) => this.#lockstep.put(() => this.#takeColour(picture)),
      lost: (reason) => this.#goOn(reason),
      fault: handlers.fault,
    });
    const spares = new SparePictures([options.gray, options.colour].flatMap((output) => output?.framesPerSecond ?? []));
    this.#feed = new DecoderFeed(spares, !this.#isLive, (packet, follows) => this.#decode(packet, follows));
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

  /** Resolves when the next packet may come: for readers that can wait. Until its end, pictures of a file are handed out only here. */
  async ready(): Promise<void> {
    await this.#lockstep.holdWhile(() => this.#isFlooded);
    await this.#lockstep.handOutWhile(() => this.#awaitsPicture, () => this.#helpSilence());
  }

  /** Whether a reader who can wait should. */
  get congested(): boolean { return this.#isFlooded || this.#awaitsPicture; }

  get #isFlooded(): boolean { return !this.#disposed && this.#lead.isFlooded(this.#decoder.backlog); }

  /** What is decided next hangs on a picture that comes without another packet. */
  get #awaitsPicture(): boolean {
    if (this.#disposed || !this.#decoder.isRunning) return false;
    if (this.#glance !== undefined) return this.#waiting.length > this.#help + 16;
    return this.#lead.isEnough(1000 / this.#options.gray.framesPerSecond, this.#help);
  }

  /** No packet follows; resolves when the last pictures were handed out. */
  async finish(): Promise<void> {
    for (;;) {
      if (this.#glance === undefined) this.#lookAtPassed();
      while (this.#feedHelper(this.#waiting));
      if (!this.#decoder.isRunning && !this.#lockstep.hasArrived) break;
      await this.#decoder.finish();
      await this.#lockstep.handOutArrived();
      if (this.#glance !== undefined) this.#resolveGlance(this.#glance, true);
    }
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#glance = undefined;
    clearInterval(this.#timer);
    this.#lockstep.wake();
    this.#decoder[Symbol.dispose]();
  }

  #take(packet: Packet): void {
    if (packet.key) this.#lost = false;
    else if (this.#lost) return void this.#skipped++;
    const decision = this.#gate.packet(packet);
    const before = this.#held.add(packet, decision === 'hold');
    const follows = decision === 'follow' || decision === 'begin';
    if (this.#lead.isFollowing && !follows) this.#memory.settle(this.#gate.lastMoved);
    this.#lead.follow(packet.at, follows);
    switch (decision) {
      case 'hold':
        // What is shown before the last that was followed belongs to that: one of it may be the first of its slot.
        if (this.#feed.continuesWith(packet) && packet.at < this.#lead.followedUntil) this.#feed.follow(packet);
        return;
      case 'glance': return this.#lookAt(packet, before);
      case 'begin': return this.#feed.feed(packet);
      case 'follow':
        if (packet.key) this.#feed.followRest(before);
        else if (this.#lookAtPassed()) return;
        this.#feed.followRest(this.#held.all);
        // What is decoded for good need not be kept.
        if (this.#gate.mode.mode === 'full') this.#held.clear();
    }
  }

  #lookAt(key: Packet, before: readonly Packet[]): void {
    const held = this.#glances.held(this.#reader.depth);
    for (let left = held ?? 0; left > 0; left--) this.#decoder.letGo();
    this.#feed.feed(key, false);
    if (this.#lost) return;
    const letGo = held !== undefined && this.#decoder.letGo();
    this.#glance = { key, before, since: this.#options.clock.monotonic(), helpers: 0, letGo, came: false, colours: [] };
  }

  /** What is decided now begins with the last keyframe that was passed by: it shows whether more is needed. */
  #lookAtPassed(): boolean {
    const passed = this.#held.dropPassed();
    const [key] = this.#held.all;
    if (key === undefined || passed.length === 0) return false;
    this.#lookAt(key, passed);
    return this.#glance !== undefined;
  }

  get #help(): number { return this.#glances.packets(this.#reader.depth); }

  /** Where pictures are reordered, the decoder lets go of one only after it got some more. */
  #helpOut(): void {
    while (this.#glance?.letGo === false && this.#glance.helpers < this.#help && this.#feedHelper());
    if (this.#isLive || this.#glance?.letGo !== false || this.#glance.helpers >= this.#help) return;
    // In a group of fewer packets than that, its picture does not come: who can wait need not find out by waiting.
    if (this.#waiting.some(({ key }) => key)) this.#resolveGlance(this.#glance, true);
  }

  #feedHelper(packets: readonly Packet[] = [...this.#held.all, ...this.#waiting]): boolean {
    const glance = this.#glance;
    const helper = packets.find((packet) => this.#feed.isAhead(packet));
    if (glance === undefined || helper === undefined || helper.key) return false;
    if (!helper.leading) glance.helpers++;
    this.#feed.feed(helper);
    return !this.#feed.isAhead(helper);
  }

  /** Nothing came for long of what should have come by itself. */
  #helpSilence(): void {
    const glance = this.#glance;
    if (glance === undefined) this.#lead.forgive();
    else if (this.#feedHelper()) glance.helpedAt = this.#options.clock.monotonic();
    else if (!this.#isLive || this.#waiting.some(({ key }) => key)) this.#resolveGlance(glance, true);
  }

  #decode(packet: Packet, follows: boolean): boolean {
    if (!this.#lost && this.#isLive && this.#lead.isTooFar(this.#decoder.backlog)) this.#loseGroup();
    if (this.#lost || this.#disposed) return false;
    this.#glances.fed();
    this.#decoder.feed(packet, follows, this.#reader.origin);
    this.#share.decoded();
    this.#lead.fed(packet.at);
    return true;
  }

  /** Goes on with the next keyframe. */
  #loseGroup(): void {
    this.#skipped += this.#held.all.length;
    this.#held.clear();
    this.#lost = true;
    this.#feed.forget();
    this.#decoder.forgive();
  }

  /** The decoder is gone, and what it was fed is lost. */
  #goOn(reason: string): void {
    this.#loseGroup();
    this.#glance = undefined;
    const waiting = this.#waiting.splice(0);
    const next = waiting.findIndex(({ key }) => key);
    const later = next < 0 ? [] : waiting.splice(next);
    this.#skipped += waiting.length;
    for (const packet of later) this.#again(packet);
    this.#handlers.trouble(reason);
    this.#lockstep.wake();
  }

  #again(packet: Packet): void {
    if (this.#glance === undefined) this.#take(packet);
    else this.#waiting.push(packet);
  }

  #takeGray({ ticks, part, pixels }: DecodedPicture): void {
    if (this.#isGivenUp(ticks, part) || ticks <= this.#shown) return;
    this.#options.gray.masked.blacken(pixels);
    const frame: GrayFrame = { at: this.#reader.timeOf(ticks), ...this.#options.gray.size, pixels };
    const glance = this.#glance;
    if (glance === undefined || ticks < glance.key.ticks) return this.#show(ticks, frame);
    glance.came = ticks === glance.key.ticks;
    this.#resolveGlance(glance, !glance.came || this.#memory.isNew(frame), () => this.#show(ticks, frame));
  }

  #resolveGlance(glance: Glance, changed: boolean, show: () => void = () => {}): void {
    this.#glance = undefined;
    this.#glances.over(glance, this.#options.clock.monotonic(), this.#reader.depth);
    if (this.#gate.glanced(glance.key.at, changed) === 'go-back' && glance.before[0]?.key === true) {
      this.#givenUp = { part: this.#decoder.part + 1, ticks: glance.before[0].ticks };
      for (const packet of glance.before) this.#feed.follow(packet, packet !== glance.before[0]);
      this.#feed.followRest(this.#held.all);
    } else {
      show();
      for (const picture of glance.colours) this.#takeColour(picture);
      if (this.#lead.isFollowing) this.#feed.followRest(this.#held.all);
    }
    for (const packet of this.#waiting.splice(0)) this.#again(packet);
    this.#helpOut();
  }

  #show(ticks: number, frame: GrayFrame): void {
    this.#shown = ticks;
    this.#lead.begins(frame.at);
    this.#gate.picture(frame.at, () => this.#memory.moves(frame));
    this.#memory.add(frame, ticks === this.#feed.keyTicks);
    this.#handlers.frame({ ...frame, pixels: frame.pixels.slice() }); // the sink may do with it what it likes
  }

  #takeColour(picture: DecodedPicture): void {
    const { colour } = this.#options;
    const { ticks, part, pixels } = picture;
    if (colour === undefined || this.#isGivenUp(ticks, part) || ticks <= this.#colourShown) return;
    if (this.#glance !== undefined && ticks >= this.#glance.key.ticks) return void this.#glance.colours.push(picture);
    this.#colourShown = ticks;
    colour.masked.blackenColour(pixels);
    this.#handlers.colour({ at: this.#reader.timeOf(ticks), ...colour.size, pixels });
  }

  #isGivenUp(ticks: number, part: number): boolean { return part < this.#givenUp.part && ticks >= this.#givenUp.ticks; }

  #tick(): void {
    this.#lockstep.tick();
    const now = this.#options.clock.monotonic();
    if (this.#isLive && this.#glance !== undefined && now - this.#glance.since > LIVE_PATIENCE) {
      this.#glance.since = now;
      this.#helpSilence();
    }
    if (this.#isLive && now - this.#cameAt > SILENT) this.#decoder.forgive();
    else this.#decoder.check();
  }
}
