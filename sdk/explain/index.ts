export { explainAccount, type ExplainedLine, type ExplainInputs, type Explanation } from './explainAccount';
export { readExplanation, type ReadExplanationParameters } from './readExplanation';
