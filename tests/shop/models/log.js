/**
 * What happened at the till. Lines are written once, so they have no timestamps but their own.
 */

import mongoose from "mongoose";

const log = new mongoose.Schema(
  {
    level: { type: String, enum: ["info", "warn", "error"], default: "info" },
    message: { type: String, required: true },
    details: mongoose.Schema.Types.Mixed,
    at: { type: Date, default: Date.now },
  },
  { versionKey: false },
);

export const Log = mongoose.model("Log", log);
