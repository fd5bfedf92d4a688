import { createClient, custom, parseEther, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import { MarginState, type AccountId } from '../../sdk/math';
import { parseKeeperConfig } from '../config';
import { createKeeper } from '../createKeeper';
import { createLogger } from '../log/createLogger';
import { createMetrics } from '../metrics/createMetrics';
import { createFakeClock } from './fakeClock';
import { cashChanged, collateralChanged, lossReported, priceRecorded } from './fakeLogs';
import type { FakeLog } from './fakeNode';
import { createFakeSystem, SHORT_ROW } from './fakeSystem';

/** Who the keeper signs as. */
export const signer = privateKeyToAccount(`0x${'22'.repeat(32)}`);
/** Since the node's first block. */
export const LIQUIDATABLE = { ...SHORT_ROW, state: MarginState.Liquidatable, deadline: 1_700_000_000 };
export const HEALTHY = { ...SHORT_ROW, state: MarginState.Healthy, markEquity: parseEther('6000') };

export interface FakeKeeperParameters {
  readonly flags?: Record<string, string | boolean>;
  readonly dryRun?: boolean;
}

/** The keeper itself, on a system and a clock that are not there. */
export function createFakeKeeper({ flags = {}, dryRun = false }: FakeKeeperParameters = {}) {
  const system = createFakeSystem();
  const { node, manifest } = system;
  const clock = createFakeClock();
  const metrics = createMetrics();
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    level: 'debug',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const wallet = createClient({
    account: signer,
    transport: custom({ request: node.client.request as never }, { retryCount: 0 }),
  });
  const keeper = createKeeper({
    client: node.client,
    ...(!dryRun && { wallet }),
    deployment: manifest,
    config: parseKeeperConfig({ flags }),
    logger,
    clock,
    metrics,
  });
  const weth = manifest.assets[0]?.address ?? '0x';
  const at = (log: FakeLog, address: Address): FakeLog => ({ ...log, address });
  return {
    ...system,
    system,
    clock,
    metrics,
    lines,
    keeper,
    /** Mines a block in which each of `owners` brings 10 WETH and goes into debt. */
    indebt: (...owners: AccountId[]) =>
      node.mine(
        owners
          .flatMap((id) => [collateralChanged(id, weth, parseEther('10')), cashChanged(id, -1n)])
          .map((log) => at(log, manifest.contracts.MarginVault.address)),
      ),
    recordPrice: (spot: bigint) => {
      node.mine([at(priceRecorded(weth, spot, spot), manifest.contracts.PriceOracle.address)]);
    },
    reportLoss: (account: AccountId, loss: bigint) => {
      node.mine([at(lossReported(account, loss), manifest.contracts.OpenLosses.address)]);
    },
    events: () => lines.map(({ event }) => event).filter((event) => event !== 'head_processed'),
    sent: () => node.requests.filter(({ method }) => method === 'eth_sendRawTransaction').length,
    inPool: () => [...system.mempool.pool.values()].map(({ tx }) => ({ to: tx.to as Address, data: tx.data as Hex })),
  };
}
