export type ActionKind = 'call' | 'clear' | 'liquidate' | 'poke' | 'sell';
