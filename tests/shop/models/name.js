/**
 * A name in the two languages that the shop's staff and receipts use.
 */

import mongoose from "mongoose";

export const name = new mongoose.Schema(
  { ar: { type: String, required: true, trim: true }, en: { type: String, trim: true } },
  { _id: false },
);
