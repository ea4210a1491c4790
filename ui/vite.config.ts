import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  base: "./",
  clearScreen: false,
  // Tauri looks for the page at this address and nowhere else. The icons of the tray live beside ui/.
  server: { port: 5173, strictPort: true, fs: { allow: ["..", "../icons"] } },
  // Windows' WebView2 updates itself; Debian 12's WebKitGTK is the oldest engine there is.
  build: { target: "safari16", outDir: "dist", emptyOutDir: true },
});
