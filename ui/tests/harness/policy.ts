// The content security policy of the window, as src-tauri/tauri.conf.json has it.
export const POLICY = "default-src 'self'; style-src 'self'; img-src 'self' data:; script-src 'self'";
