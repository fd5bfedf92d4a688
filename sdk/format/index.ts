export { formatHealth } from './formatHealth';
export { formatWad } from './formatWad';
