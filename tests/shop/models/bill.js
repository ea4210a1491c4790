/**
 * A bill: its total follows from its items, its status from what is paid of it.
 */

import mongoose from "mongoose";

import { name } from "./name.js";

const { Schema } = mongoose;

const item = new Schema({
  product: { type: Schema.Types.ObjectId, ref: "Product", required: true },
  name: { type: name, required: true },
  quantity: { type: Number, required: true, min: [1, "a bill has at least one of each item"] },
  price: { type: Number, required: true, min: 0 },
});

const bill = new Schema(
  {
    number: { type: String, required: true, unique: true, match: /^[A-Z]+-\d{6}$/ },
    customer: { type: Schema.Types.ObjectId, ref: "Customer" },
    items: {
      type: [item],
      validate: { validator: (/** @type {unknown[]} */ items) => items.length > 0, message: "a bill has at least one item" },
    },
    total: { type: Number, min: 0 },
    paid: { type: Number, default: 0, min: 0 },
    status: { type: String, enum: ["open", "partial", "paid"] },
    notes: { type: String, trim: true, maxlength: 500 },
  },
  { timestamps: true },
);

bill.pre("save", function () {
  this.total = this.items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
});

bill.pre("save", function () {
  const total = this.total ?? 0;
  this.status = this.paid >= total ? "paid" : this.paid > 0 ? "partial" : "open";
});

export const Bill = mongoose.model("Bill", bill);
