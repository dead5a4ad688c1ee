/** How visitors are dressed: every visit another one. Pure. */
import { between, chance, pick } from './chance.ts';

/** Colours are sRGB, `0xRRGGBB`. */
export interface Looks {
  /** Metres. */
  readonly height: number;
  readonly coat: number;
  readonly trousers: number;
  readonly shoes: number;
  readonly skin: number;
  readonly hair: number;
  readonly hat: number | undefined;
  readonly backpack: number | undefined;
}

export function looksOf(visit: number): Looks {
  const roll = (salt: number): number => chance(visit, 100 + salt);
  return {
    height: between(1.62, 1.86, roll(0)),
    coat: pick([0xc2_37_2f, 0x2f_62_a8, 0xd9_a4_2b, 0x3f_7d_4e, 0xe6_e2_d8, 0x7b_3f_6e, 0x2b_8a_92], roll(1)),
    trousers: pick([0x2a_32_48, 0x4a_4a_4e, 0x7d_6b_4f, 0x1f_22_28], roll(2)),
    shoes: pick([0x2a_22_1c, 0xd8_d4_cc, 0x6a_3c_22], roll(3)),
    skin: pick([0xe8_bd_9c, 0xc6_8e_66, 0x8a_5a_3c, 0xf0_cc_b0], roll(4)),
    hair: pick([0x2a_1d_16, 0x6b_43_22, 0xb8_8a_4a, 0x8c_8a_88], roll(5)),
    hat: roll(6) < 0.35 ? pick([0xb0_2e_3a, 0x2c_3a_5e, 0xe0_b8_40], roll(7)) : undefined,
    backpack: roll(8) < 0.4 ? pick([0x4a_5a_38, 0x33_3a_44, 0xb0_5a_24], roll(9)) : undefined,
  };
}
