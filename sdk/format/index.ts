export { formatHealth } from './formatHealth';
export { formatSpan, formatTime } from './formatTime';
export { formatAmount, formatAmountUp, formatBps } from './formatAmount';
export { formatWad } from './formatWad';
