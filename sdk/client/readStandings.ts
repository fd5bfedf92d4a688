import { parseEventLogs, type Address, type Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginVaultAbi } from '../abi';
import type { AccountId, Assessment, MarginCall, Portfolio } from '../math';
import { readEvents } from './readEvents';

/** Reads on their way to the node at once. */
const AT_ONCE = 25;

const EVENTS = ['CashChanged', 'CollateralChanged', 'PositionChanged'] as const;

/** An account as the chain sees it. */
export interface AccountStanding {
  readonly account: AccountId;
  readonly portfolio: Portfolio;
  readonly assessment: Assessment;
  readonly marginCall: MarginCall;
}

export interface ReadStandingsParameters {
  readonly vault: Address;
  /** No event of the vault is older. */
  readonly startBlock: bigint;
  readonly blockNumber: bigint;
}

/** Every account that holds or owes something, at one block; accounts are found from the vault's events. */
export async function readStandings(client: Client, parameters: ReadStandingsParameters): Promise<AccountStanding[]> {
  const { vault, startBlock, blockNumber } = parameters;
  const logs = await readEvents(client, { addresses: [vault], fromBlock: startBlock, toBlock: blockNumber });
  const events = parseEventLogs({ abi: marginVaultAbi, logs, eventName: [...EVENTS] });
  const accounts = [...new Set(events.map(({ args }) => args.account))].sort();
  const standings: AccountStanding[] = [];
  for (let start = 0; start < accounts.length; start += AT_ONCE) {
    const read = accounts.slice(start, start + AT_ONCE).map(async (account): Promise<AccountStanding> => {
      const [portfolio, assessment, marginCall] = await readContract(client, {
        address: vault,
        abi: marginVaultAbi,
        functionName: 'assess',
        args: [account],
        blockNumber,
      });
      return { account, portfolio, assessment, marginCall };
    });
    standings.push(...(await Promise.all(read)));
  }
  return standings.filter(
    ({ portfolio }) => portfolio.cash !== 0n || portfolio.collateral.length + portfolio.positions.length > 0,
  );
}
