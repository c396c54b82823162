# SPDX-License-Identifier: MIT
# What choose_a_band prints and refuses.
example_test(choose_a_band recommends -DEXIT=0 "-DSTDOUT=recommended +1[.].*small-cost rule.*fixed 10 %.*keep health between.*owe at most")
example_test(choose_a_band refuses_no_debt -DEXIT=2 "-DARGUMENTS=--debt|0" "-DSTDERR=must be above 0")
example_test(choose_a_band refuses_underwater -DEXIT=2 "-DARGUMENTS=--debt|1900000" "-DSTDERR=refused: bad_configuration")
example_test(choose_a_band refuses_missing_file -DEXIT=2 "-DARGUMENTS=--prices|nothere.csv" "-DSTDERR=nothere.csv: cannot open")
example_test(choose_a_band refuses_short_history -DEXIT=2 "-DTEXT=unix_seconds,price|0,100|3600,101|7200,100" "-DARGUMENTS=--prices|input.csv" "-DSTDERR=35 days of prices are the least")
