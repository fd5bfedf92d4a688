import { readContract } from 'viem/actions';

import { marginVaultAbi, priceOracleAbi } from '../../sdk/abi';
import { readStandings, type AccountStanding } from '../../sdk/client';
import { formatHealth, formatSpan, formatTime, formatWad } from '../../sdk/format';
import {
  borrowCapAt,
  borrowGrowthEndsAt,
  collateralRiskAt,
  excess,
  formatAccountId,
  growthEndsAt,
  health,
  MarginState,
  marginState,
  liquidationTermsAt,
  PriceStatus,
  supplyCapAt,
  WAD,
} from '../../sdk/math';
import { plainTable } from '../cli/plainTable';
import { checkInstruments } from './checkInstruments';
import { stateName, readPriceMap } from './diff';
import { checkEnds, checkUse, stateOfPrice, type Finding } from './finding';
import { listedCollaterals, type Chain, type Listed } from './openChain';
import type { RampedCollateral } from '../../sdk/client';

type Asset = RampedCollateral & Listed;

/** Everything out of compliance with the policy, at one block. */
export async function readFindings(chain: Chain): Promise<Finding[]> {
  const { client, manifest, block } = chain;
  const vault = {
    address: manifest.contracts.MarginVault.address,
    abi: marginVaultAbi,
    blockNumber: block.number,
  } as const;
  const [standings, liveTime] = await Promise.all([
    readStandings(client, {
      vault: vault.address,
      startBlock: BigInt(manifest.startBlock),
      blockNumber: block.number,
    }),
    readContract(client, { ...vault, functionName: 'liveTime' }),
  ]);
  const assets = listedCollaterals(chain);
  const perAsset = await Promise.all(
    assets.map(async (each) => {
      const total = await readContract(client, { ...vault, functionName: 'totalCollateral', args: [each.asset] });
      const ends = [each.terms.ramp.endsAt, growthEndsAt(each.terms)];
      return [...checkCap(each, total, block.timestamp), ...checkEnds(each.symbol, ends, block.timestamp)];
    }),
  );
  return [
    ...(await checkPrices(chain, assets)),
    ...perAsset.flat(),
    ...checkBorrowCap(chain, standings),
    ...(await checkInstruments(chain, standings)),
    ...checkEnds(manifest.quote.symbol, [borrowGrowthEndsAt(chain.policy.cash)], block.timestamp),
    ...standings.flatMap((standing) => checkAccount(chain, assets, standing, liveTime)),
  ];
}

async function checkPrices(chain: Chain, assets: readonly Asset[]): Promise<Finding[]> {
  const { client, manifest, block } = chain;
  const prices = await readPriceMap(chain);
  const findings = assets.map(async ({ asset, symbol }): Promise<Finding[]> => {
    const price = prices.get(asset);
    if (price === undefined) return [];
    const { openAge } = await readContract(client, {
      address: manifest.contracts.PriceOracle.address,
      abi: priceOracleAbi,
      functionName: 'feedOf',
      args: [asset],
      blockNumber: block.number,
    });
    const age = Number(block.timestamp) - price.updatedAt;
    const detail = `${stateOfPrice(price.status)}, ${formatSpan(age)} old; it opens no risk from ${formatSpan(openAge)} on`;
    if (price.status !== PriceStatus.Live) return [{ severity: 'breach', rule: 'price', subject: symbol, detail }];
    return [];
  });
  return (await Promise.all(findings)).flat();
}

function checkCap({ symbol, decimals, terms }: Asset, total: bigint, timestamp: bigint): Finding[] {
  const cap = supplyCapAt(terms, timestamp);
  const show = (amount: bigint): string => formatWad(amount, 2, 10n ** BigInt(decimals));
  const detail = `the vault holds ${show(total)} of ${show(cap)}`;
  return checkUse({ rule: 'supply cap', subject: symbol, detail }, { used: total, cap });
}

function checkBorrowCap({ policy, manifest, block }: Chain, standings: readonly AccountStanding[]): Finding[] {
  const owed = standings.reduce((sum, { portfolio: { cash } }) => (cash < 0n ? sum - cash : sum), 0n);
  const cap = borrowCapAt(policy.cash, block.timestamp) * WAD;
  const detail = `${formatWad(owed)} of ${formatWad(cap)} is owed`;
  const subject = manifest.quote.symbol;
  return checkUse({ rule: 'borrow cap', subject, detail }, { used: owed, cap });
}

function checkAccount(
  { policy, block }: Chain,
  assets: readonly Asset[],
  { account, portfolio, assessment, marginCall }: AccountStanding,
  liveTime: bigint,
): Finding[] {
  const subject = formatAccountId(account);
  const findings: Finding[] = portfolio.collateral.flatMap(({ asset, amount }): Finding[] => {
    const found = assets.find((each) => each.asset === asset);
    if (found === undefined) return [];
    const { depth } = collateralRiskAt(found.terms, block.timestamp);
    if (amount <= depth) return [];
    const show = (units: bigint): string => formatWad(units, 2, 10n ** BigInt(found.decimals));
    const detail = `holds ${show(amount)} ${found.symbol}, and the declared depth is ${show(depth)}`;
    return [{ severity: 'breach', rule: 'concentration', subject, detail }];
  });
  const holds = portfolio.positions.length > 0;
  if (portfolio.cash >= 0n && !holds) return findings;
  const least = BigInt(policy.cash.target.minDebt) * WAD;
  // beside positions a debt may be of any size (POS-08)
  if (-portfolio.cash < least && !holds) {
    const detail = `owes ${formatWad(-portfolio.cash)}, and the least debt is ${formatWad(least)}`;
    findings.push({ severity: 'breach', rule: 'dust', subject, detail });
  }
  const { state } = marginState(
    assessment,
    marginCall,
    liquidationTermsAt(policy.liquidation, block.timestamp),
    liveTime,
  );
  const h = formatHealth(health(assessment.better), 4);
  if (state >= MarginState.Callable) {
    // one that is called, and one that may be sold without a call, is where the protocol wants it
    const severity = state === MarginState.Callable || state === MarginState.Insolvent ? 'breach' : 'note';
    const detail = `health ${h}: ${stateName(state)}${state === MarginState.Callable ? ', and nobody has called it' : ''}`;
    findings.push({ severity, rule: 'maintenance', subject, detail });
  } else if (excess(assessment.worse) < 0n) {
    const detail = `health ${h}, and ${formatWad(-excess(assessment.worse))} short of initial margin at the worse prices`;
    findings.push({ severity: 'note', rule: 'initial', subject, detail });
  }
  return findings;
}

export function renderFindings({ network, block }: Chain, findings: readonly Finding[]): string {
  const title = `${network}, block ${block.number} (${formatTime(block.timestamp)})`;
  if (findings.length === 0) return `${title}: everything is as the policy has it`;
  const sorted = [...findings].sort((a, b) => a.severity.localeCompare(b.severity));
  const table = plainTable({
    head: ['', 'rule', 'where', 'what'],
    aligns: ['left', 'left', 'left', 'left'],
    rows: sorted.map(({ severity, rule, subject, detail }) => [severity, rule, subject, detail]),
  });
  const breaches = findings.filter(({ severity }) => severity === 'breach').length;
  return `${title}: ${breaches} breach${breaches === 1 ? '' : 'es'}, ${findings.length - breaches} to note\n${table}`;
}
