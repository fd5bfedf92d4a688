import { zeroAddress, type Address, type Client } from 'viem';

import type { Deployed } from '../createExecutor';
import type { Token } from '../plan/deployAssets';
import { TRANCHES, type SystemContracts } from '../plan/deployCore';
import { readDeployed } from '../readDeployed';
import { differences } from './differences';

export interface WiringExpectations {
  readonly core: SystemContracts;
  readonly quote: Pick<Token, 'address' | 'decimals'>;
  readonly hasSequencer: boolean;
  /** seconds */
  readonly tranches: {
    readonly entryDelay: bigint | number;
    readonly cooldown: bigint | number;
    readonly window: bigint | number;
  };
  readonly flash?: { readonly liquidator: Deployed; readonly factory: Address } | undefined;
}

/** What the contracts say of each other. */
export async function verifyWiring(client: Client, expected: WiringExpectations): Promise<string[]> {
  const { core, quote, hasSequencer, tranches, flash } = expected;
  const { manager, oracle, policy, engine, liquidatorCode, settingsCode, tradingCode, bookCode, vault } = core;
  const { instruments, volatilityFeed, settlementFeed, realisedVolatility, standardMargin, portfolioMargin } = core;
  const measures = {
    oracle: oracle.address,
    policy: instruments.address,
    volatilityFeed: volatilityFeed.address,
    settlementFeed: settlementFeed.address,
    realisedVolatility: realisedVolatility.address,
  };
  const { openLosses, junior, senior, waterfall, closeOut, lens } = core;
  const tranche = (label: keyof typeof TRANCHES, ahead: Address) => ({
    ...TRANCHES[label],
    vault: vault.address,
    asset: quote.address,
    openLosses: openLosses.address,
    ahead,
    ...tranches,
  });
  const wiring: readonly (readonly [Deployed, Readonly<Record<string, unknown>>])[] = [
    [oracle, { authority: manager.address, hasSequencer }],
    [policy, { authority: manager.address }],
    [instruments, { authority: manager.address }],
    [volatilityFeed, { authority: manager.address }],
    [settlementFeed, { authority: manager.address, oracle: oracle.address }],
    [realisedVolatility, { authority: manager.address, oracle: oracle.address }],
    [standardMargin, measures],
    [portfolioMargin, { ...measures, collateralPolicy: policy.address }],
    [
      engine,
      {
        authority: manager.address,
        oracle: oracle.address,
        policy: policy.address,
        positionModel: standardMargin.address,
      },
    ],
    [
      vault,
      {
        authority: manager.address,
        quote: quote.address,
        quoteScale: 10n ** BigInt(18 - quote.decimals),
        policy: policy.address,
        riskEngine: engine.address,
        oracle: oracle.address,
        liquidatorCode: liquidatorCode.address,
        settingsCode: settingsCode.address,
        tradingCode: tradingCode.address,
        bookCode: bookCode.address,
      },
    ],
    [openLosses, { vault: vault.address }],
    [junior, tranche('junior', zeroAddress)],
    [senior, tranche('senior', junior.address)],
    [waterfall, { authority: manager.address, vault: vault.address, junior: junior.address, senior: senior.address }],
    [
      closeOut,
      {
        authority: manager.address,
        vault: vault.address,
        policy: policy.address,
        oracle: oracle.address,
        waterfall: waterfall.address,
        quote: quote.address,
      },
    ],
    [lens, { vault: vault.address, oracle: oracle.address, policy: policy.address, riskEngine: engine.address }],
    ...(flash === undefined ? [] : [[flash.liquidator, { vault: vault.address, factory: flash.factory }] as const]),
  ];
  const found: string[] = [];
  for (const [contract, views] of wiring) {
    for (const [view, intended] of Object.entries(views)) {
      const actual = await readDeployed(client, contract, view);
      found.push(...differences(`${contract.artifact.name}.${view}`, actual, intended));
    }
  }
  return found;
}
