import type { Client } from 'viem';

import { checkDeployment, type Manifest } from '../../sdk/deployment';
import { MarginState, PriceStatus, valueDown, type AccountId } from '../../sdk/math';
import type { AccountIndex } from '../accounts/accountIndex';
import type { MarketIndex } from '../accounts/marketIndex';
import type { LossIndex } from '../accounts/lossIndex';
import type { ActionReport, PricedAction, Skip } from '../act/action';
import type { Performer, Subject } from '../act/performer';
import { priceAction } from '../act/situation';
import { isLeft, planCloseOut } from '../act/planCloseOut';
import { planLiquidation } from '../act/planLiquidation';
import { planCall, planClear } from '../act/planMarginCall';
import { planPoke } from '../act/planPoke';
import { planReport } from '../act/planReport';
import type { Reading, SituationReader } from '../act/readSituation';
import type { Situation } from '../act/situation';
import type { LogFollower } from '../chain/logFollower';
import { readHead, type Head } from '../chain/readHead';
import type { Clock } from '../clock';
import type { KeeperConfig } from '../config';
import { decidePokes } from '../decide/decidePokes';
import { decideReports } from '../decide/decideReports';
import type { RecordReader } from '../decide/readRecords';
import { sortCandidates } from '../decide/sortCandidates';
import type { Jobs } from '../jobs/createJobs';
import type { KeeperLogger } from '../log/createLogger';
import type { Screen, Screening } from '../screen/screenAccounts';
import type { PassReport } from './report';

export interface CreatePassParameters {
  readonly client: Client;
  readonly deployment: Manifest;
  readonly config: KeeperConfig;
  readonly clock: Clock;
  readonly logger: KeeperLogger;
  readonly accounts: AccountIndex;
  readonly markets: MarketIndex;
  readonly losses: LossIndex;
  readonly records: RecordReader;
  readonly jobs: Jobs;
  readonly follower: LogFollower;
  readonly screen: Screen;
  readonly situations: SituationReader;
  readonly performer: Performer;
  /** Told as soon as the node has named its head. */
  readonly onHead: (head: Head) => void;
}

const NO_SCREENING: Screening = { rows: [], unknown: [] };
const STATES = Object.values(MarginState);

/**
 * One look at the chain: read its logs, settle what was sent, screen, decide, act, settle again. Everything is read as of
 * one head; what is sent is simulated on the newest state first.
 */
export function createPass(parameters: CreatePassParameters): () => Promise<PassReport> {
  const { client, deployment, config, clock, logger, accounts, markets, losses, records, jobs } = parameters;
  const { follower, screen, situations, performer, onHead } = parameters;
  let checked = false;
  let processed: Head | undefined;

  async function pass(): Promise<PassReport> {
    const startedAt = clock.now();
    const head = await readHead(client);
    onHead(head);
    if (!checked) await checkDeployment(client, deployment);
    checked = true;
    const fresh = head.hash !== processed?.hash;
    const followed = fresh ? await follow(head) : { undone: 0, logs: 0 };
    const indexedAt = clock.now();
    const earlier = await performer.settle(head);
    const base = {
      head,
      fresh,
      ...followed,
      tracked: accounts.size(),
      watched: accounts.watched().length,
      markets: markets.all(),
    };
    if (!fresh) {
      const durations = { index: 0, screen: 0, total: clock.now() - startedAt, toFirstSend: undefined };
      return { ...base, states: [], unknown: [], means: undefined, deferred: 0, actions: earlier, durations };
    }

    const reading = await situations.read(head);
    const readAt = clock.now();
    const watched = accounts.watched();
    const screening = watched.length === 0 ? NO_SCREENING : await screen.screen(watched, head.hash);
    const screenedAt = clock.now();
    const acted = await act(reading, screening);
    const later = await performer.settle(head);
    processed = head;
    const { balance, bidderCash } = reading;
    const means = { balance, bidderCash, inventory: valueInventory(reading, deployment) };
    return {
      ...base,
      states: STATES.map((state) => screening.rows.filter((row) => row.state === state).length),
      unknown: screening.unknown,
      means: reading.dryRun ? undefined : means,
      deferred: acted.deferred,
      actions: [...earlier, ...acted.reports, ...later],
      durations: {
        index: indexedAt - startedAt,
        screen: screenedAt - readAt,
        total: clock.now() - startedAt,
        toFirstSend: acted.firstSentAt === undefined ? undefined : acted.firstSentAt - startedAt,
      },
    };
  }

  /** Brings the index to `head`. A chain that has nothing in common with what was read is made sure of first. */
  async function follow(head: Head): Promise<{ undone: number; logs: number }> {
    const { undone, exhausted } = await follower.rollBack(head);
    if (exhausted) {
      logger.warn({ block: head.number, undone }, 'index_dropped');
      follower.reset();
      performer.reset();
      await checkDeployment(client, deployment);
    } else if (undone > 0) {
      logger.info({ block: head.number, undone }, 'reorg_undone');
    }
    return { undone, logs: await follower.catchUp(head) };
  }

  /**
   * Liquidations first, the most endangered accounts before the others, then the losses that are left; what only tidies
   * up comes last.
   */
  async function act(reading: Reading, screening: Screening) {
    const reports: ActionReport[] = [];
    let deferred = 0;
    let firstSentAt: number | undefined;

    async function attempt(
      subject: Subject,
      plan: (situation: Situation) => Promise<PricedAction | Skip>,
    ): Promise<ActionReport | undefined> {
      if (!performer.isDue(subject, reading.head)) return undefined;
      if (!performer.hasRoom()) {
        deferred += 1;
        return undefined;
      }
      const situation = { ...reading, available: reading.bidderCash - performer.reserved() };
      const report = await performer.attempt(subject, situation, () => plan(situation));
      reports.push(report);
      if (report.result === 'sent') firstSentAt ??= clock.now();
      return report;
    }

    const taken = new Set<AccountId>();
    const candidates = sortCandidates(screening.rows, reading);
    for (const row of config.liquidate === 'none' ? [] : candidates.liquidate) {
      const subject = { kind: 'liquidate', account: row.account, state: row.state } as const;
      let report = await attempt(subject, (situation) => planLiquidation(situation, deployment, row));
      if (report?.result === 'skipped' && isLeft(row, reading)) {
        report = await attempt({ ...subject, kind: 'closeOut' }, (situation) =>
          planCloseOut(situation, deployment, row),
        );
      }
      if (report?.result === 'planned') taken.add(row.account);
    }
    // what was just sent is in flight, and what a dry run would have sent is as good as gone
    for (const due of config.reportLosses ? decideReports({ ...config, screening, losses }) : []) {
      if (taken.has(due.account)) continue;
      const subject = { kind: 'report', account: due.account, state: due.state } as const;
      await attempt(subject, (situation) => planReport(situation, deployment, due));
    }
    for (const row of config.calls ? candidates.call : []) {
      const subject = { kind: 'call', account: row.account, state: row.state } as const;
      await attempt(subject, (situation) => planCall(situation, deployment, row));
    }
    const pokes = config.poke
      ? decidePokes({ ...config, prices: reading.prices, records: await records.read(), now: reading.head.timestamp })
      : [];
    if (pokes.length > 0) {
      await attempt({ kind: 'poke', state: 0 }, (situation) => planPoke(situation, deployment, pokes));
    }
    for (const { subject, action } of await jobs.due(reading.head)) {
      await attempt(subject, (situation) => priceAction(situation, action));
    }
    for (const row of config.clearCalls ? candidates.clear : []) {
      const subject = { kind: 'clear', account: row.account, state: row.state } as const;
      await attempt(subject, (situation) => planClear(situation, deployment, row));
    }
    if (deferred > 0) logger.info({ deferred, reason: 'in_flight_full' }, 'actions_deferred');
    return { reports, deferred, firstSentAt };
  }

  return pass;
}

/** Of every asset of the deployment, so that what was sold shows as zero. */
function valueInventory(
  { bidder, collateralOf, prices }: Reading,
  { assets }: Manifest,
): ReadonlyMap<string, bigint | undefined> {
  const held = new Map(collateralOf(bidder).map(({ asset, amount }) => [asset, amount]));
  return new Map(
    assets.map(({ symbol, address, decimals }) => {
      const amount = held.get(address) ?? 0n;
      const price = prices.get(address);
      if (amount === 0n) return [symbol, 0n];
      const known = price !== undefined && price.status !== PriceStatus.Down;
      return [symbol, known ? valueDown(amount, price.spot, decimals) : undefined];
    }),
  );
}
