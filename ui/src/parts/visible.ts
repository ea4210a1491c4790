// Which rows of a long list are on the screen.

export interface Span {
  first: number;
  /** One past the last. */
  end: number;
}

/** Rows beyond the edge that are drawn too, so that a quick scroll shows no gap. */
const SPARE = 6;

export function visible(scrollTop: number, height: number, rowHeight: number, total: number): Span {
  const first = Math.max(0, Math.min(Math.floor(scrollTop / rowHeight) - SPARE, total));
  const end = Math.min(total, Math.ceil((scrollTop + height) / rowHeight) + SPARE);
  return { first, end: Math.max(first, end) };
}

/** Where to scroll to, so that a row is wholly on the screen; as little as needed. */
export function scrolledTo(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight;
  return bottom > scrollTop + height ? bottom - height : scrollTop;
}

/** Which row a key leads to, or null for a key that is not ours. */
export function led(key: string, from: number, height: number, rowHeight: number, total: number): number | null {
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const moves: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: total - 1,
  };
  const to = moves[key];
  return to === undefined || total === 0 ? null : Math.max(0, Math.min(total - 1, to));
}
