import { maxUint256, parseUnits, type Address } from 'viem';

import { erc20Abi, marginVaultAbi, mockERC20Abi } from '../../sdk/abi';
import { readReport } from '../../sdk/client';
import { AppError } from '../../sdk/errors';
import { toAccountId } from '../../sdk/math';
import type { DemoWorld } from './createActors';
import { refreshPrices } from './prices';

const COLLATERAL = { symbol: 'WETH', amount: '10' };
/** Of the most that may be borrowed, a borrower an entry: from hardly to just within what the policy allows. */
const LOANS_PERCENT = [99n, 95n, 90n, 75n, 50n] as const;
/** Whole quote tokens; all loans together are far less. */
const LENT = '1000000';

/**
 * Opens the loans that are not there, with somebody's cash to lend.
 * @returns how many
 * @throws AppError `demo_refused` where the deployment has no such collateral; what the node throws
 */
export async function openLoans(world: DemoWorld): Promise<number> {
  const { client, manifest, lender, borrowers } = world;
  const vault = { address: manifest.contracts.MarginVault.address, abi: marginVaultAbi } as const;
  const weth = manifest.assets.find(({ symbol }) => symbol === COLLATERAL.symbol);
  if (weth === undefined) {
    throw new AppError(`the deployment has no ${COLLATERAL.symbol}, which the demo borrows against`, {
      code: 'demo_refused',
    });
  }
  const gone: { owner: Address; percent: bigint }[] = [];
  for (const [i, owner] of borrowers.entries()) {
    const debt = await client.readContract({ ...vault, functionName: 'debtOf', args: [toAccountId(owner, 0n)] });
    if (debt === 0n) gone.push({ owner, percent: LOANS_PERCENT[i] ?? 50n });
  }
  if (gone.length === 0) return 0;

  await refreshPrices(world); // an old price opens no new risk
  const { address: quote, decimals } = manifest.quote;
  await deposit(world, lender, quote, parseUnits(LENT, decimals));
  for (const { owner, percent } of gone) {
    const account = toAccountId(owner, 0n);
    await deposit(world, owner, weth.address, parseUnits(COLLATERAL.amount, weth.decimals));
    const lens = manifest.contracts.MarginLens.address;
    const { largestBorrow } = await readReport(client, { lens, account });
    const debt = (largestBorrow * percent) / 100n / 10n ** BigInt(18 - decimals);
    await world.act({
      from: owner,
      to: vault.address,
      abi: marginVaultAbi,
      functionName: 'borrow',
      args: [account, debt, owner],
    });
  }
  return gone.length;
}

async function deposit({ act, manifest }: DemoWorld, owner: Address, token: Address, amount: bigint): Promise<void> {
  const vault = manifest.contracts.MarginVault.address;
  await act({ from: owner, to: token, abi: mockERC20Abi, functionName: 'mint', args: [owner, amount] });
  await act({ from: owner, to: token, abi: erc20Abi, functionName: 'approve', args: [vault, maxUint256] });
  const args = [toAccountId(owner, 0n), token, amount] as const;
  await act({ from: owner, to: vault, abi: marginVaultAbi, functionName: 'deposit', args });
}
