/**
 * Somebody at a till, from the first sale to the last.
 */

import mongoose from "mongoose";

const session = new mongoose.Schema(
  {
    user: { type: String, required: true },
    till: { type: String, required: true },
    openedAt: { type: Date, default: Date.now },
    closedAt: Date,
    takings: { type: Number, default: 0 },
    isOpen: Boolean,
  },
  { timestamps: true },
);

session.pre("save", function () {
  this.isOpen = this.closedAt == null;
});

export const Session = mongoose.model("Session", session);
