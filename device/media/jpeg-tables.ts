/** The tables of a baseline JPEG: quanta and codes of ITU-T T.81, annex K. */

/** Order in which the coefficients of a block are written. */
export const ZIGZAG: readonly number[] = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
  28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61,
  54, 47, 55, 62, 63,
];

/** K.1 and K.2, for light and for colour, row by row. */
const LIGHT_QUANTA = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29,
  51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120,
  101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const COLOUR_QUANTA = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66,
  ...Array.from({ length: 38 }, () => 99),
];
/** Of the quanta above: what the Independent JPEG Group calls a quality of 82. */
const FINENESS = 0.36;

const scaled = (quanta: readonly number[]): readonly number[] =>
  ZIGZAG.map((place) => Math.max(1, Math.round((quanta[place] ?? 0) * FINENESS)));
const QUANTISERS = [scaled(LIGHT_QUANTA), scaled(COLOUR_QUANTA)] as const;

/** Factors of the transform that is used (see there), in one direction. */
const AAN = [1, 1.387039845, 1.306562965, 1.175875602, 1, 0.785694958, 0.541196100, 0.275899379];

/** What a coefficient is multiplied by to be a level, in the order of `ZIGZAG`: for light and for colour. */
export const QUANTA = QUANTISERS.map((quantiser) => Float32Array.from(quantiser, (quantum, at) => {
  const place = ZIGZAG[at] ?? 0;
  return 1 / (quantum * (AAN[place >> 3] ?? 1) * (AAN[place & 7] ?? 1) * 8);
})) as unknown as readonly [Float32Array, Float32Array];

/** A code's bits and how many they are, by its symbol. */
export interface Codes { readonly bits: Uint16Array; readonly lengths: Uint8Array }

interface Table { readonly counts: readonly number[]; readonly symbols: readonly number[] }

const twelve = Array.from({ length: 12 }, (_, at) => at);
const LIGHT_MEANS: Table = { counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], symbols: twelve };
const COLOUR_MEANS: Table = { counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], symbols: twelve };
const hex = (text: string): readonly number[] => [...Buffer.from(text, 'hex')];
const LIGHT_DETAILS: Table = {
  counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
  symbols: hex(
    '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a'
    + '3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a929394'
    + '95969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8'
    + 'e9eaf1f2f3f4f5f6f7f8f9fa',
  ),
};
const COLOUR_DETAILS: Table = {
  counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
  symbols: hex(
    '000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728'
    + '292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92'
    + '939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7'
    + 'e8e9eaf2f3f4f5f6f7f8f9fa',
  ),
};

/** For light and for colour: of a block's mean, and of its details. */
export const CODES = [
  { dc: codesOf(LIGHT_MEANS), ac: codesOf(LIGHT_DETAILS) },
  { dc: codesOf(COLOUR_MEANS), ac: codesOf(COLOUR_DETAILS) },
] as const;

/** SOI, APP0 (JFIF 1.02, no density, no thumbnail), DQT and DHT. */
export const SEGMENTS_OF_TABLES: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0],
  ...QUANTISERS.map((quanta, id) => [0xff, 0xdb, 0, 67, id, ...quanta]),
  ...[[LIGHT_MEANS, 0x00], [LIGHT_DETAILS, 0x10], [COLOUR_MEANS, 0x01], [COLOUR_DETAILS, 0x11]].map((entry) => {
    const [{ counts, symbols }, id] = entry as [Table, number];
    const length = 19 + symbols.length;
    return [0xff, 0xc4, length >> 8, length & 255, id, ...counts, ...symbols];
  }),
];

/** Codes in the order of their lengths, each one more than the one before (annex C). */
function codesOf({ counts, symbols }: Table): Codes {
  const codes = { bits: new Uint16Array(256), lengths: new Uint8Array(256) };
  let [code, at] = [0, 0];
  counts.forEach((count, index) => {
    for (let n = 0; n < count; n += 1) {
      const symbol = symbols[at++] ?? 0;
      codes.bits[symbol] = code++;
      codes.lengths[symbol] = index + 1;
    }
    code <<= 1;
  });
  return codes;
}
