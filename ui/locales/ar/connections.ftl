connections-flaw-begins = يبدأ العنوان بـ mongodb:// أو mongodb+srv://
connections-flaw-blank = استبدل الجزء بين < > بكلمة المرور الحقيقية.
