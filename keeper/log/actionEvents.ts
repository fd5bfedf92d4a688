import type { ActionKind, ActionResult } from '../act/action';

/** What each decision is called in the log. Stable: operators alert on these. */
const EVENTS: Readonly<Record<ActionKind, Readonly<Record<ActionResult, string>>>> = {
  call: {
    planned: 'margin_call_planned',
    skipped: 'margin_call_skipped',
    sent: 'margin_call_sent',
    mined: 'margin_called',
    reverted: 'margin_call_failed',
    replaced: 'margin_call_failed',
  },
  clear: {
    planned: 'call_clear_planned',
    skipped: 'call_clear_skipped',
    sent: 'call_clear_sent',
    mined: 'call_cleared',
    reverted: 'call_clear_failed',
    replaced: 'call_clear_failed',
  },
  liquidate: {
    planned: 'liquidation_planned',
    skipped: 'liquidation_skipped',
    sent: 'liquidation_sent',
    mined: 'liquidated',
    reverted: 'liquidation_failed',
    replaced: 'liquidation_failed',
  },
  closeOut: {
    planned: 'close_out_planned',
    skipped: 'close_out_skipped',
    sent: 'close_out_sent',
    mined: 'closed_out',
    reverted: 'close_out_failed',
    replaced: 'close_out_failed',
  },
  report: {
    planned: 'loss_report_planned',
    skipped: 'loss_report_skipped',
    sent: 'loss_report_sent',
    mined: 'loss_reported',
    reverted: 'loss_report_failed',
    replaced: 'loss_report_failed',
  },
  poke: {
    planned: 'price_poke_planned',
    skipped: 'price_poke_skipped',
    sent: 'price_poke_sent',
    mined: 'price_poked',
    reverted: 'price_poke_failed',
    replaced: 'price_poke_failed',
  },
  funding: {
    planned: 'funding_update_planned',
    skipped: 'funding_update_skipped',
    sent: 'funding_update_sent',
    mined: 'funding_updated',
    reverted: 'funding_update_failed',
    replaced: 'funding_update_failed',
  },
  settlementSample: {
    planned: 'settlement_sample_planned',
    skipped: 'settlement_sample_skipped',
    sent: 'settlement_sample_sent',
    mined: 'settlement_sampled',
    reverted: 'settlement_sample_failed',
    replaced: 'settlement_sample_failed',
  },
  settle: {
    planned: 'option_settlement_planned',
    skipped: 'option_settlement_skipped',
    sent: 'option_settlement_sent',
    mined: 'option_settled',
    reverted: 'option_settlement_failed',
    replaced: 'option_settlement_failed',
  },
  volatilitySample: {
    planned: 'volatility_sample_planned',
    skipped: 'volatility_sample_skipped',
    sent: 'volatility_sample_sent',
    mined: 'volatility_sampled',
    reverted: 'volatility_sample_failed',
    replaced: 'volatility_sample_failed',
  },
};

export function eventOf(kind: ActionKind, result: ActionResult): string {
  return EVENTS[kind][result];
}
