import { type ReactNode, useState } from "react";
import { strings } from "../strings";
import { Button } from "./Button";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  numeric?: boolean;
}

/** A page with thousands of rows would answer slowly. */
const ROWS_AT_ONCE = 200;

interface TableProps<Row> {
  /** Read by screen readers; the visible heading stands above the table. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  isSelected?: (row: Row) => boolean;
}

export function Table<Row>({ caption, columns, rows, rowKey, isSelected }: TableProps<Row>) {
  const [limit, setLimit] = useState(ROWS_AT_ONCE);
  const nHidden = rows.length - limit;
  return (
    <div className="table-scroll">
      <table className="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" className={column.numeric ? "numeric" : undefined}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, limit).map((row) => (
            <tr key={rowKey(row)} aria-selected={isSelected?.(row)}>
              {columns.map((column) => (
                <td key={column.head} className={column.numeric ? "numeric" : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {nHidden > 0 && (
        <Button small onClick={() => setLimit(limit + ROWS_AT_ONCE)}>
          {strings.common.more(Math.min(nHidden, ROWS_AT_ONCE), rows.length)}
        </Button>
      )}
    </div>
  );
}
