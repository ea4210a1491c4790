connections-flaw-begins = An address begins with mongodb:// or mongodb+srv://
connections-flaw-blank = Replace the part in < > by the real password.
