export { explainAccount } from './explainAccount';
export {
  SIDES,
  type Cure,
  type ExplainInputs,
  type Explanation,
  type Figure,
  type LegExplained,
  type LiquidationExplained,
  type PriceMove,
  type PriceTrigger,
  type Refusal,
  type Side,
  type SideExplained,
} from './explanation';
export type { ExposureExplained } from './explainExposures';
export type { OptionExplained, PositionExplained, SetExplained } from './explainPositions';
export { pickBlock, type Block } from './pickBlock';
export { readExplanation, type ReadExplanation, type ReadExplanationParameters } from './readExplanation';
export { workOut } from './workOut';
export type { Worked } from './worked';
