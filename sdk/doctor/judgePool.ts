import { formatBps, formatSpan, formatWad } from '../format';
import { INDEX_ONE, reserves, totalBorrow, totalSupply, utilisation, WAD, type CashPool } from '../math';
import { reporter, type Check } from './check';

const { ok, warn, fail, skip } = reporter('pool');

/** Indices stop here. */
const MAX_INDEX = 2n ** 96n - 1n;
/** A lent share from which lenders may have to wait, per cent. */
const NEARLY_LENT = 95n;
/** Beyond it nobody has moved cash, and what interest has come since is in no slot. */
const LONG_UNTOUCHED = 30n * 86_400n;

export interface PoolFacts {
  readonly pool: CashPool;
  /** quote WAD */
  readonly liquidity: bigint;
  /** whether no pause and no window after one holds liquidations up */
  readonly isOpen: boolean;
  /** timestamp of the last accrual; undefined where the logs do not tell */
  readonly accruedAt: bigint | undefined;
  readonly quote: string;
  readonly now: bigint;
}

/** How the cash stands. */
export function judgePool({ pool, liquidity, isOpen, accruedAt, quote, now }: PoolFacts): Check[] {
  const [supplied, borrowed, used] = [totalSupply(pool), totalBorrow(pool), utilisation(pool)];
  const lent = `${formatWad(borrowed)} of ${formatWad(supplied)} ${quote} lent (${formatBps(used / 10n ** 14n)}), ${formatWad(liquidity)} to be had`;
  const indices = `supply ${formatWad(pool.supplyIndex, 6, INDEX_ONE)}, borrow ${formatWad(pool.borrowIndex, 6, INDEX_ONE)}`;
  return [
    isOpen
      ? ok('pause', 'not paused, liquidations run')
      : fail('pause', 'paused, or the window after it runs: nothing is liquidated', 'the governor unpauses'),
    used * 100n >= WAD * NEARLY_LENT
      ? warn('utilisation', `${lent}: lenders may have to wait`, 'rates above the kink should bring some back')
      : ok('utilisation', lent),
    judgeIndices(pool, indices),
    ok('reserves', `${formatWad(reserves(pool))} ${quote}`),
    judgeAccrual(accruedAt, now),
  ];
}

function judgeIndices(pool: CashPool, detail: string): Check {
  // losses that were socialised lower the one of lenders
  if (pool.borrowIndex < INDEX_ONE) return fail('indices', `${detail}: the one of debtors never falls below one`);
  if (pool.supplyIndex === 0n) return fail('indices', `${detail}: lenders have nothing left`);
  const last = [pool.borrowIndex, pool.supplyIndex].some((index) => index >= MAX_INDEX);
  return last ? warn('indices', `${detail}: at their end, interest has stopped`) : ok('indices', detail);
}

function judgeAccrual(accruedAt: bigint | undefined, now: bigint): Check {
  if (accruedAt === undefined) return skip('accrual', 'no log of the range tells when cash last moved');
  const detail = `interest last booked ${formatSpan(now - accruedAt)} ago`;
  return now - accruedAt > LONG_UNTOUCHED ? warn('accrual', detail, 'MarginVault.accrue') : ok('accrual', detail);
}
