/** A parameter that is only copied into a variable at the beginning is that variable. */

import { type Statement, statementValues } from './code.ts';
import { type Blocks, FIRST_WEB, visitBlocks, type Web } from './dataflow.ts';
import { type Expr, some } from './expressions.ts';

/** Changes what webs are at entry. */
export function adoptParameters(blocks: Blocks, webs: Web[]): void {
  const first = blocks[0];
  if (!first) return;
  const reads = new Map<number, number>();
  visitBlocks(blocks, (expr) => {
    if (expr.kind === 'var') reads.set(expr.id, (reads.get(expr.id) ?? 0) + 1);
  });
  const set = new Set<number>();
  first.statements = first.statements.filter((statement) => {
    if (statement.kind !== 'set') return true;
    const parameter = parameterIn(statement.value, webs);
    const isFirst = !set.has(statement.to) && !webs[statement.to - FIRST_WEB].entry;
    set.add(statement.to);
    const isOnly = parameter !== undefined && reads.get(parameter) === 1 && isFirst;
    if (!isOnly || isReadBefore(first.statements, statement, statement.to)) return true;
    webs[statement.to - FIRST_WEB] = { of: webs[parameter - FIRST_WEB].of, entry: true };
    webs[parameter - FIRST_WEB].entry = false;
    return false;
  });
}

function parameterIn(value: Expr, webs: readonly Web[]): number | undefined {
  const inner = value.kind === 'truncate' ? value.value : value;
  return inner.kind === 'var' && webs[inner.id - FIRST_WEB]?.entry ? inner.id : undefined;
}

function isReadBefore(statements: readonly Statement[], until: Statement, id: number): boolean {
  for (const statement of statements) {
    if (statement === until) return false;
    const reads = (value: Expr): boolean => some(value, (expr) => expr.kind === 'var' && expr.id === id);
    if (statementValues(statement).some(reads)) return true;
  }
  return false;
}
