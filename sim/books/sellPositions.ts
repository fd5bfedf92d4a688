import { parseUnits } from 'viem';

import { describeInstrument, isOption, ownerOf, type AccountId } from '../../sdk/math';
import type { Books } from '../record/createBooks';
import type { World } from '../world/world';
import type { Publisher } from './createPublisher';
import type { Traders } from './market';
import type { Exchange } from './trade';

export interface SellPositionsParameters {
  readonly world: World;
  readonly traders: Traders;
  readonly exchange: Exchange;
  readonly publisher: Publisher;
  readonly books: Books;
  readonly account: AccountId;
}

/**
 * What a keeper took over with its capital of perpetuals and options it trades away with the desk, at the market and the
 * spread: the perpetual at the world's price, options at what the chain says they are worth. What the vault refuses, as
 * where the world's price is beyond the band, it keeps until the next look.
 */
export async function sellPositions(parameters: SellPositionsParameters): Promise<void> {
  const { traders, exchange, publisher, books, account } = parameters;
  for (const { instrument, size } of books.accounts.get(account)?.positions ?? []) {
    const described = describeInstrument(instrument);
    const market = traders.markets.find(({ number }) => number === described.underlying);
    if (market === undefined || size === 0n) continue;
    const { index, perpetual } = publisher.now(market.number);
    const { spreadBps } = market.terms;
    const bps = isOption(described) ? spreadBps.option : spreadBps.perpetual;
    const spread = parseUnits(((index * bps) / 10_000).toFixed(6), 18);
    const mid = isOption(described) ? await exchange.markOf(instrument) : parseUnits(perpetual.toFixed(6), 18);
    const price = size > 0n ? mid - spread : mid + spread;
    if (price <= 0n) continue;
    await exchange.trade({ account, sender: ownerOf(account), instrument, size: -size, price }).catch(() => undefined);
  }
}
