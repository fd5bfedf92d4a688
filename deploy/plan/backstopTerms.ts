import type { NetworkConfig } from '../config/networkConfig';
import { percentToBps, scale } from '../config/units';

type DefaultFundConfig = NetworkConfig['defaultFund'];

// The structs of contracts/types/BackstopTerms.sol, fields in their order.

export function toBackstopTerms(config: DefaultFundConfig) {
  return {
    marketCapBps: percentToBps(config.marketCapPercent),
    dayCapBps: percentToBps(config.dayCapPercent),
    reserveTargetBps: percentToBps(config.reserveTargetPercent),
    juniorShareBps: percentToBps(config.juniorSharePercent),
    carryCapBps: percentToBps(config.carryCapPercent),
  };
}

export function toCloseOutTerms({ closeOut }: DefaultFundConfig) {
  return {
    patience: closeOut.patienceSeconds,
    discountRamp: closeOut.discountRampSeconds,
    tipCents: Number(scale(closeOut.tipQuote, 2)),
    maxDiscountBps: percentToBps(closeOut.maxDiscountPercent),
  };
}
