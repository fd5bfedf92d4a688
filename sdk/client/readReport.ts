import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginLensAbi } from '../abi';
import { measurePositions, type AccountId, type Assessment, type MarginCall, type MarginInputs } from '../math';
import { atBlock, type AtBlock } from './atBlock';
import { decodeInstruments, type UnderlyingReport } from './readInstruments';

export interface ReadReportParameters extends AtBlock {
  readonly lens: Address;
  readonly account: AccountId;
}

/** Everything there is to say of one account, as the chain computes it; what its positions add is computed here. */
export interface AccountReport extends MarginInputs {
  readonly assessment: Assessment;
  /** see `MarginState` */
  readonly state: number;
  readonly marginCall: MarginCall;
  /** quote WAD, the smaller of what margin and the pool allow */
  readonly largestBorrow: bigint;
  /** token units, by leg */
  readonly largestWithdrawals: readonly bigint[];
  /** What the positions are measured with, by the number of the underlying. */
  readonly underlyings: ReadonlyMap<number, UnderlyingReport>;
  /** Of the block, seconds. */
  readonly timestamp: bigint;
}

/** Everything there is to say of one account: see `IMarginLens.report`. One read, whatever the account holds. */
export async function readReport(
  client: Client,
  { lens, account, ...block }: ReadReportParameters,
): Promise<AccountReport> {
  const {
    underlyings: encoded,
    floorBonusCents,
    ...report
  } = await readContract(client, {
    address: lens,
    abi: marginLensAbi,
    functionName: 'report',
    args: [account],
    ...atBlock(block),
  });
  const { timestamp, portfolio } = report;
  const underlyings = decodeInstruments(encoded);
  return {
    ...report,
    underlyings,
    ...measurePositions(portfolio, underlyings, timestamp),
    least: { floorBonusCents, timestamp },
  };
}
