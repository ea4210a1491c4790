fields-field = Field
fields-differs = Different
fields-show-same = { $count ->
    [one] Show { $count } field that is the same
   *[other] Show { $count } fields that are the same
}
fields-hide-same = Show only what is different
fields-truncated = This record has more fields than can be shown here.
fields-yes = Yes
fields-no = No
fields-empty = (empty)
fields-absent = not there
