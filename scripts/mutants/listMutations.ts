import { parse, visit } from '@solidity-parser/parser';
import type {
  BaseASTNode,
  Expression,
  FunctionDefinition,
  Statement,
} from '@solidity-parser/parser/dist/src/ast-types';

import type { Mutation } from './mutation';

/** What each operator becomes: its neighbour at the boundary and its opposite. */
const SWAPS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '&&': ['||'],
  '||': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '/=': ['*='],
  '|=': ['&='],
  '&=': ['|='],
};

const RELATIONAL = new Set(['<', '<=', '>', '>=', '==', '!=']);
const BOOLEAN = new Set(['&&', '||']);

/**
 * Every mutation of one source, in the order of the text: operators swapped, conditions negated, guards and statements
 * taken out, numbers moved by one, results changed. Assembly, declarations and constants' types are left alone.
 */
export function listMutations(file: string, source: string): Mutation[] {
  const found: Mutation[] = [];
  const add = (operator: string, node: BaseASTNode, replacement: string, from = start(node), to = end(node)): void => {
    found.push({ file, from, to, replacement, operator, line: lineOf(source, from) });
  };
  const text = (node: BaseASTNode): string => source.slice(start(node), end(node));

  const negate = (condition: Expression): void => {
    // of a comparison the opposite is there already
    if (condition.type === 'BinaryOperation' && RELATIONAL.has(condition.operator)) return;
    add('condition negated', condition, `!(${text(condition)})`);
  };

  const mutateStatement = (statement: Statement, results: readonly (string | undefined)[]): void => {
    switch (statement.type) {
      case 'ExpressionStatement':
        add('statement removed', statement, ';');
        break;
      case 'EmitStatement':
        add('event removed', statement, ';');
        break;
      case 'RevertStatement':
        add('revert removed', statement, ';');
        break;
      case 'IfStatement': {
        const { condition, trueBody, falseBody } = statement;
        negate(condition);
        if (falseBody === null && trueBody.type === 'RevertStatement') add('guard removed', statement, ';');
        else if (falseBody === null) add('condition always true', condition, 'true');
        break;
      }
      case 'ReturnStatement':
        if (statement.expression !== null && results.length === 1) {
          for (const other of otherResults(results[0], text(statement.expression))) {
            add('result changed', statement.expression, other);
          }
        }
        break;
      default:
    }
  };

  const mutateBody = (node: FunctionDefinition): void => {
    if (node.body === null) return;
    const results = (node.returnParameters ?? []).map(({ typeName }) =>
      typeName?.type === 'ElementaryTypeName' ? typeName.name : undefined,
    );
    visit(node.body, {
      ExpressionStatement: (statement) => mutateStatement(statement, results),
      EmitStatement: (statement) => mutateStatement(statement, results),
      RevertStatement: (statement, parent) => {
        if (parent?.type !== 'IfStatement') mutateStatement(statement, results); // else the guard goes as a whole
      },
      IfStatement: (statement) => mutateStatement(statement, results),
      ReturnStatement: (statement) => mutateStatement(statement, results),
    });
  };

  visit(parse(source, { range: true }), {
    FunctionDefinition: mutateBody,
    Conditional: ({ condition }) => negate(condition),
    UnaryOperation: (node) => {
      if (node.operator === '!') add('negation removed', node, text(node.subExpression));
    },
    BinaryOperation: (node) => {
      const at = operatorAt(source, node.left, node.right, node.operator);
      const kind = kindOf(node.operator);
      for (const other of SWAPS[node.operator] ?? []) add(kind, node, other, at, at + node.operator.length);
    },
    NumberLiteral: (node, parent) => {
      if (parent?.type === 'ArrayTypeName' || /^0x/i.test(node.number)) return;
      add('number + 1', node, `(${text(node)} + 1)`);
      if (Number(node.number.replaceAll('_', '')) !== 0) add('number - 1', node, `(${text(node)} - 1)`);
    },
  });
  return found
    .filter((mutation) => !/^\s*;\s*$/.test(mutation.replacement) || source[mutation.to - 1] === ';')
    .sort((a, b) => a.from - b.from || a.to - b.to || compare(a.replacement, b.replacement));
}

function otherResults(type: string | undefined, expression: string): string[] {
  if (type === 'bool')
    return expression === 'true' ? ['false'] : expression === 'false' ? ['true'] : [`!(${expression})`];
  if (type === undefined || !/^u?int\d*$/.test(type)) return [];
  return [...(expression === '0' ? [] : ['0']), `(${expression}) + 1`];
}

function kindOf(operator: string): string {
  if (RELATIONAL.has(operator)) return 'comparison';
  return BOOLEAN.has(operator) ? 'connective' : 'arithmetic';
}

/** Between the operands stand the operator, spaces, brackets and perhaps a comment before it. */
function operatorAt(source: string, left: Expression, right: Expression, operator: string): number {
  return source.lastIndexOf(operator, start(right) - operator.length) >= end(left)
    ? source.lastIndexOf(operator, start(right) - operator.length)
    : source.indexOf(operator, end(left));
}

function start(node: BaseASTNode): number {
  return node.range?.[0] ?? 0;
}

function end(node: BaseASTNode): number {
  return (node.range?.[1] ?? -1) + 1; // the parser's last offset is of the last character
}

function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
