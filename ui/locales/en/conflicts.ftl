conflicts-text = When two PCs change the same record, one version is used everywhere and the other is kept here.
conflicts-open = { $count ->
    [one] { $count } record was changed in two places. One version is in use, the other is kept here.
   *[other] { $count } records were changed in two places. One version is in use, the other is kept here.
}
conflicts-list = Conflicts, newest first
conflicts-search = Search by name, list or PC
conflicts-filter = Which conflicts
conflicts-filter-open = To look at
conflicts-filter-all = All that are kept
conflicts-filter-list = Which list
conflicts-filter-lists = All lists
conflicts-mark-all = Mark all as seen
conflicts-mark-shown = Mark these as seen
conflicts-marked = { $count ->
    [one] { $count } conflict marked as seen.
   *[other] { $count } conflicts marked as seen.
}
conflicts-undo = Undo
conflicts-none-open = No conflicts to look at
conflicts-none = There are no conflicts
conflicts-none-text = When two PCs change the same record, both versions appear here.
conflicts-none-found = Nothing found
conflicts-none-found-text = No conflict fits this search.
conflicts-choose = Choose a conflict to see both versions.
conflicts-seen = Seen

conflicts-happened-edited = This record was changed in two places before they knew of each other.
conflicts-happened-deleted-later = This record was changed here and then deleted somewhere else.
conflicts-happened-deleted-unseen = This record was deleted here although it had been changed somewhere else.
conflicts-happened-dead = An old version of this deleted record came back and was removed again.
conflicts-happened-rolled-back = The cloud went back to an older version of this record.
conflicts-happened-other = Two versions of this record were found.
conflicts-why-later = The later change won.
conflicts-why-atlas = The cloud’s version won, as chosen in Settings.
conflicts-why-local = The version of this PC won, as chosen in Settings.
conflicts-who = { $name }
conflicts-who-atlas = the cloud
conflicts-who-unknown = unknown PC
conflicts-won = in use: { $name }
conflicts-won-atlas = in use: the cloud
conflicts-won-unknown = in use: unknown PC
conflicts-deleted = deleted
conflicts-deleted-by = deleted: { $name }
conflicts-deleted-atlas = deleted: in the cloud
conflicts-found = Found { $when } by { $name }
conflicts-caution = The time of a change was not known exactly. Please look closely.

conflicts-use-other = Use the other version
conflicts-keep = Keep as it is
conflicts-restore-title = Use the other version of “{ $label }”?
conflicts-restore-text = It replaces the version in use on all PCs.
conflicts-restore-deleted = The record comes back on all PCs.

conflicts-table = Both versions, field by field
conflicts-version-used = In use
conflicts-version-deleted = Deleted
conflicts-version-gone = Not kept
conflicts-version-other = The other version
