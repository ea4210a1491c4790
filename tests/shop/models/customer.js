/**
 * Somebody who buys, perhaps on credit: a negative balance is what the customer owes.
 */

import mongoose from "mongoose";

const customer = new mongoose.Schema(
  {
    name: { type: String, required: true, trim: true },
    phone: { type: String, match: /^\+964\d{10}$/ },
    address: { city: String, street: Number, near: String },
    balance: { type: Number, default: 0 },
    tags: [{ type: String, lowercase: true, trim: true }],
  },
  { timestamps: true },
);

export const Customer = mongoose.model("Customer", customer);
