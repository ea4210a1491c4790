// Names that are written the same in both languages, and each language's own name.
export const ALLOWED_LATIN = ["Bomba", "Sync", "MongoDB", "Atlas", "English", "mongodb", "srv"];
export const ALLOWED_ARABIC = ["العربية"];
