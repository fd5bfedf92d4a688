import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { instrumentPolicyAbi } from '../abi';
import type { DeltaTerms, GrowingTrade, InstrumentRisk, Ramped, ScenarioTerms } from '../math';
import type { AtBlock } from './atBlock';
import { pinBlock } from './pinBlock';

export interface ReadInstrumentRampsParameters extends AtBlock {
  /** The instrument policy. */
  readonly policy: Address;
}

/** Terms of one underlying as they are set: where they are going, from where, and how fast. */
export interface RampedUnderlying {
  /** Number in the instrument policy. */
  readonly number: number;
  /** The price oracle's keys. */
  readonly index: Address;
  readonly perpetual: Address;
  /** The version at which the guardian closed it; zero while it is open. */
  readonly closedAt: bigint;
  readonly risk: Ramped<InstrumentRisk>;
  readonly scenarios: Ramped<ScenarioTerms>;
  readonly delta: Ramped<DeltaTerms>;
  readonly trade: GrowingTrade;
}

/** All terms of instruments as they are set. */
export interface RampedInstruments {
  readonly version: bigint;
  readonly isSealed: boolean;
  /** Seconds that a ramp takes. */
  readonly rampDuration: number;
  /** In the order of their numbers, which begin at one. */
  readonly underlyings: readonly RampedUnderlying[];
}

/** All terms of instruments as they are set, at one block; `instrumentRiskAt` and its like tell them at any second after. */
export async function readInstrumentRamps(
  client: Client,
  parameters: ReadInstrumentRampsParameters,
): Promise<RampedInstruments> {
  const block = await pinBlock(client, parameters);
  const policy = { address: parameters.policy, abi: instrumentPolicyAbi, ...block } as const;
  const [version, isSealed, rampDuration, count] = await Promise.all([
    readContract(client, { ...policy, functionName: 'version' }),
    readContract(client, { ...policy, functionName: 'isSealed' }),
    readContract(client, { ...policy, functionName: 'rampDuration' }),
    readContract(client, { ...policy, functionName: 'underlyingCount' }),
  ]);
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  return { version, isSealed, rampDuration, underlyings: await Promise.all(numbers.map(readUnderlying)) };

  async function readUnderlying(number: number): Promise<RampedUnderlying> {
    const args = [number] as const;
    const [[index, perpetual], closedAt, risk, scenarios, delta, target, growth] = await Promise.all([
      readContract(client, { ...policy, functionName: 'feedsOf', args }),
      readContract(client, { ...policy, functionName: 'closedAt', args }),
      readContract(client, { ...policy, functionName: 'riskTarget', args }),
      readContract(client, { ...policy, functionName: 'scenarioTarget', args }),
      readContract(client, { ...policy, functionName: 'deltaTarget', args }),
      readContract(client, { ...policy, functionName: 'tradeTerms', args }),
      readContract(client, { ...policy, functionName: 'capGrowthOf', args }),
    ]);
    return {
      number,
      index,
      perpetual,
      closedAt,
      risk: toRamped(risk),
      scenarios: toRamped(scenarios),
      delta: toRamped(delta),
      trade: { target, growth },
    };
  }
}

function toRamped<T>([target, from, span]: readonly [T, T, Ramped<T>['span']]): Ramped<T> {
  return { target, from, span };
}
