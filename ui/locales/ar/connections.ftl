connections-flaw-begins = يبدأ العنوان بـ { "\u2066" }mongodb://{ "\u2069" } أو { "\u2066" }mongodb+srv://{ "\u2069" }
connections-flaw-blank = استبدل الجزء بين { "\u2066" }< >{ "\u2069" } بكلمة المرور الحقيقية.
