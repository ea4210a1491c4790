// The other PCs of the shop.
import type { Device } from "../../lib/wire";

/** A PC writes its row every 30 seconds while it is connected; a few missed ones are no accident. */
const AWAY_AFTER_MS = 2 * 60 * 1000;
/** The engine warns its own PC from here on. */
const CLOCK_OFF_MS = 5 * 60 * 1000;

export const others = (devices: readonly Device[]): Device[] =>
  devices.filter((device) => !device.me).sort((one, two) => two.lastSeen - one.lastSeen);

export const isAway = (device: Device, now: number): boolean => now - device.lastSeen > AWAY_AFTER_MS;

export const clockIsOff = (device: Device): boolean => Math.abs(device.clockOffsetMs ?? 0) > CLOCK_OFF_MS;
