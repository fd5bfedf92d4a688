import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginLensAbi } from '../abi';
import type { AccountId, Assessment, MarginCall, MarginInputs } from '../math';
import { atBlock, type AtBlock } from './atBlock';

export interface ReadReportParameters extends AtBlock {
  readonly lens: Address;
  readonly account: AccountId;
}

/** Everything there is to say of one account, as the chain computes it. */
export interface AccountReport extends MarginInputs {
  readonly assessment: Assessment;
  /** see `MarginState` */
  readonly state: number;
  readonly marginCall: MarginCall;
  /** quote WAD, the smaller of what margin and the pool allow */
  readonly largestBorrow: bigint;
  /** token units, by leg */
  readonly largestWithdrawals: readonly bigint[];
}

/** Everything there is to say of one account: see `IMarginLens.report`. */
export function readReport(client: Client, { lens, account, ...block }: ReadReportParameters): Promise<AccountReport> {
  return readContract(client, {
    address: lens,
    abi: marginLensAbi,
    functionName: 'report',
    args: [account],
    ...atBlock(block),
  });
}
