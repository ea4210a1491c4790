/** Canonical EJSON as it was parsed. Here and not in wire.mjs because JSDoc cannot say a type that holds itself. */
export type Node = null | boolean | string | Node[] | Fields;
export type Fields = { [key: string]: Node };
