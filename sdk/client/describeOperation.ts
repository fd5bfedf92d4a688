import { formatUnits, toFunctionSelector, type Abi, type AbiParameter, type Address, type Hex } from 'viem';

import type { Manifest } from '../deployment';
import { formatAmount, formatBps, formatTime } from '../format';
import { decodeOperation, SCHEDULABLE, type DecodedOperation } from './decodeOperation';
import type { Operation } from './readOperations';

/** What names are taken from. */
export type Names = Pick<Manifest, 'contracts' | 'assets' | 'underlyings' | 'roles'>;

/** A later time is no date of anybody's. */
const LAST_TIME = 2n ** 40n;
/** Of bytes and text as much is shown. */
const SHOWN = 66;

/** A scheduled call as people read it: contract, function, and its arguments by name, in the units of their names. */
export function describeOperation(names: Names, operation: Pick<Operation, 'target' | 'data'>): string {
  const { target, data } = operation;
  const decoded = decodeOperation(names, operation);
  if (decoded === undefined) return `${nameOf(names, target)}.${data.slice(0, 10)}…`;
  const { contract, functionName, inputs, args } = decoded;
  return `${contract}.${functionName}(${showAll(inputs, args, { names, decoded })})`;
}

interface Context {
  readonly names: Names;
  readonly decoded: DecodedOperation;
}

function showAll(inputs: readonly AbiParameter[], values: readonly unknown[], context: Context): string {
  return inputs.map((input, i) => `${input.name ?? i} ${show(input, values[i], context)}`).join(', ');
}

function show(input: AbiParameter, value: unknown, context: Context): string {
  if (Array.isArray(value)) {
    const { type } = input;
    const each = { ...input, type: type.slice(0, type.lastIndexOf('[')) };
    return `[${value.map((one) => show(each, one, context)).join(', ')}]`;
  }
  if ('components' in input) {
    const fields = value as Readonly<Record<string, unknown>>;
    const ordered = input.components.map(({ name = '' }) => fields[name]);
    return `{${showAll(input.components, ordered, context)}}`;
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'bigint' || typeof value === 'number')
    return showNumber(input.name ?? '', BigInt(value), context);
  const text = String(value);
  if (input.type === 'address') return nameOf(context.names, text as Address);
  if (input.type === 'bytes4') return functionOf(text as Hex, context);
  // others may have written it: no control characters
  const quoted = input.type === 'string' ? JSON.stringify(text) : text;
  return quoted.length > SHOWN ? `${quoted.slice(0, SHOWN)}…` : quoted;
}

/** By the unit in its name; exact, because somebody is to judge it. */
function showNumber(name: string, value: bigint, { names, decoded }: Context): string {
  const { contract } = decoded;
  if (contract === 'AccessManager' && /^(roleId|admin|guardian)$/.test(name)) {
    return names.roles.find(({ id }) => id === String(value))?.name ?? String(value);
  }
  if (contract === 'InstrumentPolicy' && name === 'number') {
    return names.underlyings.find(({ number }) => BigInt(number) === value)?.symbol ?? String(value);
  }
  if (/Bps(PerDay|PerHour)?$/.test(name)) return formatBps(value);
  if (/Ppm(PerDay)?$/.test(name)) return `${formatAmount(value, 4)} %`;
  if (name.endsWith('Cents')) return formatUnits(value, 2);
  if (/(age|delay|grace|duration|halfLife|interval|ramp|patience|nearExpiry)$/i.test(name)) return `${value} s`;
  if (/^(expiry|when)$/.test(name)) return value < LAST_TIME ? formatTime(value) : String(value);
  if (/^(floor|ceiling|price|capacity|refillPerSecond)$/.test(name)) return formatUnits(value, 18);
  const decimals = contract === 'MarginPolicy' ? decimalsOf(names, decoded) : undefined;
  if (decimals === undefined || !/^(depth|supplyCap)$/.test(name)) return String(value);
  return `${formatUnits(value, decimals)} tokens`;
}

/** Of the collateral that a call is about: as the manifest has it, or as the call says itself where it is listed. */
function decimalsOf({ assets }: Names, { args }: DecodedOperation): number | undefined {
  const [asset, risk] = args as readonly [unknown, { readonly decimals?: number } | undefined];
  return assets.find(({ address }) => address === asset)?.decimals ?? risk?.decimals;
}

function nameOf({ contracts, assets, underlyings }: Names, address: Address): string {
  const is = (other: Address): boolean => other.toLowerCase() === address.toLowerCase();
  const perpetual = underlyings.find((each) => is(each.perpetual));
  return (
    assets.find((each) => is(each.address))?.symbol ??
    (perpetual === undefined ? undefined : `perpetual ${perpetual.symbol}`) ??
    Object.entries(contracts).find(([, each]) => is(each.address))?.[0] ??
    address
  );
}

/** The function of the contract that is the call's first argument. */
function functionOf(selector: Hex, { names, decoded }: Context): string {
  const [target] = decoded.args;
  const abi = Object.entries(SCHEDULABLE).find(([name]) => name === nameOf(names, target as Address))?.[1];
  const functions = ((abi ?? []) as Abi).filter((item) => item.type === 'function');
  return functions.find((item) => toFunctionSelector(item) === selector)?.name ?? selector;
}
