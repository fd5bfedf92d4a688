import { readContract } from 'viem/actions';

import { erc20Abi, marginVaultAbi } from '../../sdk/abi';
import { reserves, toCashFloor } from '../../sdk/math';
import type { World } from '../world/world';
import type { Books } from './createBooks';

/** What the vault holds against what its books owe, to the unit. */
export interface Audit {
  /** quote WAD */
  readonly custody: bigint;
  /** Sum of all cash, debts negative, quote WAD. */
  readonly cash: bigint;
  /** quote WAD */
  readonly reserves: bigint;
  /** What winners of positions were paid before losers have paid it, quote WAD. */
  readonly unsettled: bigint;
  /** Token units by symbol: in custody, and credited to accounts. */
  readonly collateral: readonly { readonly symbol: string; readonly custody: bigint; readonly credited: bigint }[];
  /** One a line: every account's cash and collateral, in order of account; part of the digest. */
  readonly balances: readonly string[];
}

/**
 * Compares custody with the books that events alone have kept.
 * @throws Error where a token is missing or a book is wrong: then no figure of the run can be trusted
 */
export async function auditBooks({ chain, manifest, assets, quoteScale }: World, books: Books): Promise<Audit> {
  const { client } = chain;
  const vault = { address: manifest.contracts.MarginVault.address, abi: marginVaultAbi } as const;
  const held = (token: `0x${string}`): Promise<bigint> =>
    readContract(client, { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [vault.address] });
  const pool = await readContract(client, { ...vault, functionName: 'pool' });
  const accounts = [...books.accounts.values()].sort((a, b) => (a.account < b.account ? -1 : 1));

  const cash = accounts.reduce((sum, { principal }) => sum + toCashFloor(pool, principal), 0n);
  const custody = (await held(manifest.quote.address)) * quoteScale;
  // each account is rounded against itself, so custody may be ahead by some wei an account, never behind; what winners
  // were paid before losers have paid it is in the winners' cash and not in custody yet
  const unsettled = [...books.unsettled.values()].reduce((sum, each) => sum + each, 0n);
  const surplus = custody - cash - reserves(pool) + unsettled;
  if (surplus < 0n || surplus > BigInt(accounts.length + 1) * quoteScale * 10n) {
    throw new Error(`custody of the quote token is off by ${surplus} (quote WAD) from the books`);
  }

  const collateral: Audit['collateral'][number][] = [];
  for (const { symbol, address } of assets) {
    const credited = accounts.reduce((sum, book) => {
      const holding = book.collateral.find(({ asset }) => asset.toLowerCase() === address.toLowerCase());
      return sum + (holding?.amount ?? 0n);
    }, 0n);
    const inCustody = await held(address);
    if (inCustody !== credited) throw new Error(`${symbol}: ${inCustody} in custody, ${credited} in the books`);
    collateral.push({ symbol, custody: inCustody, credited });
  }
  const balances = accounts.map(({ account, principal, collateral: holdings }) => {
    const held_ = holdings.map(({ asset, amount }) => `${asset.toLowerCase()}:${amount}`).sort();
    return `${account} ${toCashFloor(pool, principal)} ${held_.join(',')}`;
  });
  return {
    custody,
    cash,
    reserves: reserves(pool),
    unsettled,
    collateral,
    balances: [...balances, `reserves ${reserves(pool)}`],
  };
}
