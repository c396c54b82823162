# SPDX-License-Identifier: MIT
# What judge_forecasts prints and refuses.
function(judge_test name)
  add_test(NAME judge_forecasts.${name} COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:judge_forecasts>
    -DFOLDER=${CMAKE_CURRENT_BINARY_DIR}/judge_${name} ${ARGN} -P ${CMAKE_CURRENT_SOURCE_DIR}/expect.cmake)
  set_tests_properties(judge_forecasts.${name} PROPERTIES LABELS examples TIMEOUT 600)
endfunction()

judge_test(tables -DEXIT=0 "-DSTDOUT=HAR 1/7/30, logs.*mixture loses.*First passage with.*optimised")
judge_test(refuses_a_date -DEXIT=2 "-DARGUMENTS=--judge-from|tomorrow" "-DSTDERR=expected a date like 2022-01-01, given 'tomorrow'")
judge_test(refuses_too_little -DEXIT=2 "-DARGUMENTS=--judge-from|2017-09-01" "-DSTDERR=400 days to learn on")
