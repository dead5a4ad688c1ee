/** The tables that `npm run bench` prints, each as text that is ready when it is measured. */
import type { Depth } from './depth.ts';
import {
  catalogue, deviceMemory, encrypt, kills, latency, live, told, upload,
} from './device-sections.ts';
import { chain, fleetEvents, fleetIndex, hostile, ingest, replicas } from './fleet-sections.ts';
import type { SectionName } from './section-subjects.ts';
import { cost, decode, faces, motion, steady, step } from './seeing-sections.ts';

type Section = (depth: Depth) => AsyncIterable<string>;

export const sections: Readonly<Record<SectionName, Section>> = {
  motion,
  cost,
  steady,
  decode,
  step,
  faces,
  live,
  latency,
  kills,
  encrypt,
  told,
  catalogue,
  index: fleetIndex,
  hostile,
  ingest,
  events: fleetEvents,
  replicas,
  chain,
  upload,
  memory: deviceMemory,
};
