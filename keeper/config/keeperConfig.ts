import { z } from 'zod';

import { count, flag, gweiAmount, quoteAmount, seconds, secretText } from './values';

/** How a setting is shown and where it may come from. */
export interface SettingNotes {
  readonly help: string;
  /** Placeholder of the flag's value; none for a switch. */
  readonly arg?: string;
  /** What the flag that turns it off does, where it is on by default. */
  readonly off?: string;
  /** Default as shown. */
  readonly shown?: string;
  /** Read from the environment only: flags show in process lists and files get committed. */
  readonly environmentOnly?: true;
}

type SettingDefault = string | boolean;

function setting<T extends z.ZodType<unknown, string | number | boolean>>(
  schema: T,
  fallback: SettingDefault,
  notes: SettingNotes,
) {
  return schema
    .prefault(fallback as z.input<T> & NonNullable<z.input<T>>)
    .meta({ ...notes, shown: notes.shown ?? String(fallback) });
}

function optional<T extends z.ZodType>(schema: T, notes: SettingNotes) {
  return schema.optional().meta({ ...notes });
}

const text = () => z.string().min(1);

const YEAR = 31_536_000;

/**
 * Everything that can be set on a keeper. One setting is one flag (`--min-profit`), one environment variable
 * (`PLIMSOLL_KEEPER_MIN_PROFIT`) and one key of a configuration file (`minProfit`); unknown ones fail.
 * Amounts in quote are WAD, gas prices wei, times seconds.
 */
export const keeperSchema = z.strictObject({
  // where
  network: setting(text(), 'localhost', { arg: '<name>', help: 'deployment to keep: a folder under deployments/' }),
  rpc: optional(text(), { arg: '<url>', help: 'JSON-RPC endpoint', shown: 'http://127.0.0.1:8545 for localhost' }),
  deployments: optional(text(), {
    arg: '<folder>',
    help: 'folder that holds the deployments',
    shown: "the project's own",
  }),
  wait: setting(flag(), false, {
    help: 'wait for the node and the deployment instead of failing when they are not there',
  }),

  // who
  dryRun: setting(flag(), false, { help: 'construct no signer; log what would be done' }),
  key: optional(secretText(), { help: 'private key that signs, hexadecimal', environmentOnly: true }),
  keyFile: optional(text(), { arg: '<file>', help: 'file with the private key: hexadecimal, or a version 3 keystore' }),
  keyPassword: optional(secretText(), { help: 'password of the keystore', environmentOnly: true }),
  keyPasswordFile: optional(text(), { arg: '<file>', help: 'file with the password of the keystore' }),
  bidderIndex: setting(count(0, Number.MAX_SAFE_INTEGER), '0', {
    arg: '<number>',
    help: "index of the signer's margin account that takes slices over; 0 also receives the call fees",
  }),

  // what
  liquidate: setting(z.enum(['auto', 'capital', 'flash', 'none']), 'auto', {
    arg: '<mode>',
    help: 'capital: with the cash of the bidder account; flash: sold within the transaction; auto: whichever nets more; none',
  }),
  minProfit: setting(quoteAmount(), '0', { arg: '<quote>', help: 'least a liquidation must net after gas' }),
  maxPerTx: optional(quoteAmount(), {
    arg: '<quote>',
    help: 'most a liquidation may cost the bidder account',
    shown: 'its cash',
  }),
  saleCostBps: setting(count(0, 10_000), '30', {
    arg: '<bps>',
    help: 'expected cost of selling what capital takes over, in its comparison with flash',
  }),
  payToleranceBps: setting(count(0, 1_000), '50', {
    arg: '<bps>',
    help: 'how much more than previewed a slice may cost by the time it is mined, of its cost',
  }),
  calls: setting(flag(), true, { help: 'call margin', off: 'call no margin' }),
  callAtALoss: setting(flag(), true, {
    help: 'call margin also where the fee does not pay for the gas',
    off: 'call margin only where the fee pays for the gas',
  }),
  clearCalls: setting(flag(), true, { help: 'clear calls that are cured', off: 'leave cured calls to others' }),
  reportLosses: setting(flag(), true, {
    help: 'report losses that nobody has paid yet, so that nobody leaves the fund before them',
    off: 'report no losses',
  }),
  reportThreshold: setting(quoteAmount(), '100', {
    arg: '<quote>',
    help: 'least by which a loss must differ from what was last reported of the account',
  }),
  poke: setting(flag(), true, { help: "record prices for the oracle's smoothing", off: 'record no prices' }),
  pokeInterval: setting(count(1, YEAR), '60', {
    arg: '<seconds>',
    help: 'record a price at least this often while it differs from the last recorded',
  }),
  pokeThresholdBps: setting(count(1, 10_000), '50', {
    arg: '<bps>',
    help: 'record a price at once when it has moved this far from the last recorded',
  }),
  funding: setting(flag(), true, { help: 'bring funding up to now', off: 'leave funding to others' }),
  fundingInterval: setting(count(1, YEAR), '3600', {
    arg: '<seconds>',
    help: 'bring the funding of an underlying with open perpetuals up to now when nobody has for so long; rates end after 8 hours',
  }),
  settlementSamples: setting(flag(), true, {
    help: 'sample the index before expiries of which somebody has options',
    off: 'sample no index before expiries',
  }),
  sampleInterval: setting(count(1, 120), '60', {
    arg: '<seconds>',
    help: 'sample when nobody has for so long; a sample counts for 180 s at most, so that a block may be missed',
  }),
  settleExpired: setting(flag(), true, {
    help: 'settle expired options, who has lost first',
    off: 'settle no expired options',
  }),
  volatilitySamples: setting(flag(), true, {
    help: 'sample the realised volatility of underlyings',
    off: 'sample no volatility',
  }),
  volatilityInterval: setting(count(1, YEAR), '300', {
    arg: '<seconds>',
    help: 'sample it when nobody has for so long, and as the terms of the asset allow',
  }),

  // how
  pollInterval: setting(seconds(3_600), '1', { arg: '<seconds>', help: 'pause between looks for a new head' }),
  screenBatch: setting(count(1, 5_000), '100', { arg: '<number>', help: 'accounts screened by one eth_call' }),
  screenConcurrency: setting(count(1, 64), '4', { arg: '<number>', help: 'such calls made at the same time' }),
  simulateOn: setting(z.enum(['latest', 'pending']), 'latest', {
    arg: '<block>',
    help: 'simulate on the latest block, or on the pending one, where the node has one that holds what was just sent',
  }),
  logRange: setting(count(1, 1_000_000), '5000', { arg: '<blocks>', help: 'most blocks asked for in one eth_getLogs' }),
  reorgWindow: setting(count(1, 10_000), '128', {
    arg: '<heads>',
    help: 'heads kept to undo when the chain reorganises',
  }),
  maxGasPrice: setting(gweiAmount(), '500', { arg: '<gwei>', help: 'pay no more for a unit of gas' }),
  priorityFee: setting(gweiAmount(), '0.1', { arg: '<gwei>', help: 'tip for a unit of gas' }),
  nativePrice: optional(quoteAmount(), {
    arg: '<quote>',
    help: 'price of the native token, to value gas',
    shown: 'the oracle price of the asset WETH, if listed',
  }),
  maxInFlight: setting(count(1, 1_000), '16', { arg: '<number>', help: 'most transactions waiting to be mined' }),
  transactionTimeout: setting(seconds(86_400), '30', {
    arg: '<seconds>',
    help: 'wait for a receipt before the fee is raised',
  }),
  maxBumps: setting(count(0, 100), '5', { arg: '<number>', help: 'most times the fee of a transaction is raised' }),
  bumpPercent: setting(count(10, 1_000), '25', { arg: '<percent>', help: 'how much the fee is raised each time' }),
  maxBackoff: setting(count(1, YEAR), '192', {
    arg: '<seconds>',
    help: 'longest wait, in block time, before an account that failed is tried again',
  }),
  minBalance: setting(quoteAmount(), '0.01', {
    arg: '<native>',
    help: 'balance of the signer below which /health is not ok',
  }),

  // seen from outside
  host: setting(text(), '127.0.0.1', { arg: '<address>', help: 'where /metrics and /health are served' }),
  port: setting(count(0, 65_535), '9464', {
    arg: '<number>',
    help: 'port of /metrics and /health; 0 picks one and logs it',
  }),
  maxHeadAge: setting(seconds(86_400), '30', {
    arg: '<seconds>',
    help: 'longest since the node was last followed to its head before /health is not ok',
  }),
  maxBlockAge: optional(seconds(YEAR), {
    arg: '<seconds>',
    help: 'oldest a head may be by its own time before /health is not ok; 0 for any',
    shown: '120, and any on chain 31337, which mines on demand',
  }),
  logLevel: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info', {
    arg: '<level>',
    help: 'least level that is logged',
  }),
});

export type KeeperConfig = z.output<typeof keeperSchema>;
export type KeeperSetting = keyof KeeperConfig;

/** How `key` is shown and where it may come from. */
export function settingNotes(key: KeeperSetting): SettingNotes {
  return keeperSchema.shape[key].meta() as SettingNotes & Record<string, unknown>;
}

export const KEEPER_SETTINGS = Object.keys(keeperSchema.shape) as KeeperSetting[];

/** The flag of a setting: `minProfit` is `--min-profit`. */
export function flagOf(key: KeeperSetting): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export const ENVIRONMENT_PREFIX = 'PLIMSOLL_KEEPER_';

/** The environment variable of a setting: `minProfit` is `PLIMSOLL_KEEPER_MIN_PROFIT`. */
export function variableOf(key: KeeperSetting): string {
  return ENVIRONMENT_PREFIX + key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
