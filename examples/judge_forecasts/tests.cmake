# SPDX-License-Identifier: MIT
# What judge_forecasts prints and refuses.
example_test(judge_forecasts tables -DEXIT=0 "-DSTDOUT=HAR 1/7/30, logs.*mixture loses.*First passage with.*optimised")
example_test(judge_forecasts refuses_a_date -DEXIT=2 "-DARGUMENTS=--judge-from|tomorrow" "-DSTDERR=expected a date like 2022-01-01, given 'tomorrow'")
example_test(judge_forecasts refuses_too_little -DEXIT=2 "-DARGUMENTS=--judge-from|2017-09-01" "-DSTDERR=400 days to learn on")
