import { divUp } from './rounding';
import { RAY } from './units';

/** ln 2, RAY */
const LN_2 = 693_147_180_559_945_309_417_232_121n;

/** `2 ** -(2 ** -k)`, RAY, for k = 1 ... 16: what the k-th binary digit of the exponent stands for. */
const DIGITS = [
  707_106_781_186_547_524_400_844_362n,
  840_896_415_253_714_543_031_125_476n,
  917_004_043_204_671_231_743_541_594n,
  957_603_280_698_573_646_936_305_635n,
  978_572_062_087_700_134_509_161_125n,
  989_228_013_193_975_484_129_124_959n,
  994_599_423_483_633_175_652_477_686n,
  997_296_056_085_470_126_257_659_913n,
  998_647_112_890_970_173_588_121_318n,
  999_323_327_502_650_752_360_283_659n,
  999_661_606_496_243_683_942_196_868n,
  999_830_788_931_929_063_117_480_780n,
  999_915_390_886_613_497_533_724_971n,
  999_957_694_548_431_132_543_967_537n,
  999_978_847_050_491_929_826_500_671n,
  999_989_423_469_314_464_242_210_592n,
] as const;

/**
 * What is left of a difference: `2 ** -(elapsed / halfLife)`, RAY; never too large, and at most 1e-10 of itself (and one
 * wei) too small. Sixteen binary digits of the exponent by table, what they leave to first order.
 * @param elapsed seconds
 * @param halfLife seconds, > 0 and < 2 ** 32
 */
export function decayFactor(elapsed: bigint, halfLife: bigint): bigint {
  const halvings = elapsed / halfLife;
  if (halvings >= 90n) return 0n;
  const scaled = (elapsed % halfLife) << 16n;
  const bits = Number(scaled / halfLife);
  const rest = DIGITS.reduce((product, digit, k) => {
    return (bits & (0x8000 >> k)) === 0 ? product : (product * digit) / RAY;
  }, RAY);
  return (rest - divUp(rest * LN_2 * (scaled % halfLife), RAY * (halfLife << 16n))) >> halvings;
}
