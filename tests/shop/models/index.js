/**
 * The models of a made-up shop in the way Bomba has them: validation, hooks that compute, timestamps. The model host
 * loads this folder; sell.mjs rings up sales with it.
 */

export { Bill } from "./bill.js";
export { Customer } from "./customer.js";
export { Log } from "./log.js";
export { Payment } from "./payment.js";
export { Product } from "./product.js";
export { Session } from "./session.js";
