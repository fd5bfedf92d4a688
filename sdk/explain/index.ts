export { explainAccount } from './explainAccount';
export {
  SIDES,
  type Cure,
  type ExplainInputs,
  type Explanation,
  type Figure,
  type LegExplained,
  type LiquidationExplained,
  type PriceTrigger,
  type Refusal,
  type Side,
  type SideExplained,
} from './explanation';
export { pickBlock, type Block } from './pickBlock';
export { readExplanation, type ReadExplanation, type ReadExplanationParameters } from './readExplanation';
export { workOut, type Worked } from './workOut';
