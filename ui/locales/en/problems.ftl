problems-text = Changes that could not be copied are kept here. Everything else goes on.
problems-none = No problems
problems-none-text = Every change could be copied.
problems-export = Save as a file
problems-exported = All problems are in this file:
problems-retry = Try again
problems-retry-all = Try all again
problems-retried = { $count ->
    [0] There was nothing to try again.
    [one] { $count } change is tried again. If it works, it leaves this list.
   *[other] { $count } changes are tried again. Those that work leave this list.
}
problems-discard = Discard
problems-discard-title = Discard this change?
problems-discard-text = The change to record { $document } in “{ $list }” will not be copied. The two sides stay different until the record is changed again.
problems-more = { $count ->
    [one] { $count } more is in the file.
   *[other] { $count } more are in the file.
}
problems-held-upload = { $count ->
    [0] Many records of “{ $list }” were deleted on this PC.
    [one] { $count } record of “{ $list }” was deleted on this PC.
   *[other] { $count } records of “{ $list }” were deleted on this PC.
}
problems-held-upload-still = { $count ->
    [one] It is still in the cloud, and nothing is deleted there until you say whether it was meant.
   *[other] They are still in the cloud, and nothing is deleted there until you say whether it was meant.
}
problems-held-download = { $count ->
    [0] Many records of “{ $list }” were deleted in the cloud.
    [one] { $count } record of “{ $list }” was deleted in the cloud.
   *[other] { $count } records of “{ $list }” were deleted in the cloud.
}
problems-held-download-still = { $count ->
    [one] It is still on this PC, and nothing is deleted here until you say whether it was meant.
   *[other] They are still on this PC, and nothing is deleted here until you say whether it was meant.
}
problems-held-since = Waiting for your answer since { $when }
problems-held-restore = Put them back
problems-held-restoring = Putting them back…
problems-held-restored = { $count ->
    [0] There was nothing to put back.
    [one] { $count } record was put back.
   *[other] { $count } records were put back.
}
problems-held-apply = Delete them everywhere
problems-held-applying = Deleting them…
problems-held-applied = { $count ->
    [0] There was nothing left to delete.
    [one] { $count } record is deleted everywhere.
   *[other] { $count } records are deleted everywhere.
}
problems-held-apply-title = Delete these records of “{ $list }” everywhere?
problems-held-apply-text = { $count ->
    [0] All of them are deleted in the cloud and on every PC. They cannot be put back afterwards.
    [one] { $count } record is deleted in the cloud and on every PC. It cannot be put back afterwards.
   *[other] { $count } records are deleted in the cloud and on every PC. They cannot be put back afterwards.
}
problems-record = Record
problems-list = List
problems-way = On the way
problems-tried = Tried
problems-attempts = { $count ->
    [one] once
    [2] twice
   *[other] { $count } times
}
problems-last = last { $ago }
problems-way-upload = to the cloud
problems-way-download = to this PC
problems-validation = The other side does not accept this record.
problems-validation-todo = A required field may be missing or wrong. Correct the record in Bomba; it is then tried again by itself.
problems-clash = Another record has the same number or name, which may exist only once.
problems-clash-todo = Give one of the two records another number or name in Bomba; then try again.
problems-too-large = This record is too large.
problems-too-large-todo = Remove large parts such as pictures from the record, then try again.
problems-illegal-field = A field of this record is not allowed on the other side.
problems-illegal-field-todo = Ask your technician to look at the details, then try again.
problems-malformed = This record is damaged.
problems-malformed-todo = Open and save the record again in Bomba. If that does not help, ask your technician.
problems-rules-refused = Bomba’s own checks do not allow this record.
problems-rules-refused-todo = This PC keeps what it had. Correct the record in Bomba on the PC where it was changed; it is then tried again by itself.
problems-rules-failed = Bomba’s own checks broke down on this record.
problems-rules-failed-todo = This PC keeps what it had. Show the details to your technician; once the checks or the record are corrected, it is tried again by itself.
problems-rules-unsettled = Bomba’s own checks come to another result each time they look at this record.
problems-rules-unsettled-todo = This PC keeps what it had. Your technician has to correct how Bomba works out these values; it is then tried again by itself.
problems-rules-unfit = This record holds something that Bomba’s own checks cannot read.
problems-rules-unfit-todo = This PC keeps what it had. Show the details to your technician.
problems-fields = Fields
problems-other = This change could not be copied.
problems-other-todo = Try again. If that does not help, save the problems as a file and send it to support.
