/**
 * Money taken for a bill.
 */

import mongoose from "mongoose";

const { Schema } = mongoose;

const payment = new Schema(
  {
    bill: { type: Schema.Types.ObjectId, ref: "Bill", required: true },
    amount: { type: Number, required: true, min: [1, "nothing was paid"] },
    method: { type: String, enum: ["cash", "card", "zaincash"], required: true },
    receivedBy: String,
    paidAt: { type: Date, default: Date.now },
  },
  { timestamps: true },
);

export const Payment = mongoose.model("Payment", payment);
