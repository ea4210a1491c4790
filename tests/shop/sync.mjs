/**
 * What a shop adds to Bomba: to be imported before the first model is made.
 */

import { bombaSync } from "bomba-sync-middleware";
import mongoose from "mongoose";

mongoose.plugin(bombaSync());
