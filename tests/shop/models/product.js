/**
 * Something the shop sells. Prices are in dinars, which have no parts in practice; costs may have.
 */

import mongoose from "mongoose";

import { name } from "./name.js";

const product = new mongoose.Schema(
  {
    sku: { type: String, required: true, unique: true, uppercase: true },
    name: { type: name, required: true },
    price: { type: Number, required: true, min: 0 },
    cost: { type: mongoose.Schema.Types.Decimal128 },
    stock: { type: Number, default: 0 },
    barcodes: [String],
    active: { type: Boolean, default: true },
    category: String,
  },
  { timestamps: true },
);

export const Product = mongoose.model("Product", product);
