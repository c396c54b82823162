# SPDX-License-Identifier: MIT
# What choose_a_band prints and refuses.
function(choose_test name)
  add_test(NAME choose_a_band.${name} COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:choose_a_band>
    -DFOLDER=${CMAKE_CURRENT_BINARY_DIR}/choose_${name} ${ARGN} -P ${CMAKE_CURRENT_SOURCE_DIR}/expect.cmake)
  set_tests_properties(choose_a_band.${name} PROPERTIES LABELS examples TIMEOUT 600)
endfunction()

choose_test(recommends -DEXIT=0 "-DSTDOUT=recommended +1[.].*small-cost rule.*fixed 10 %.*keep health between.*owe at most")
choose_test(refuses_no_debt -DEXIT=2 "-DARGUMENTS=--debt|0" "-DSTDERR=must be above 0")
choose_test(refuses_underwater -DEXIT=2 "-DARGUMENTS=--debt|1900000" "-DSTDERR=refused: bad_configuration")
choose_test(refuses_missing_file -DEXIT=2 "-DARGUMENTS=--prices|nothere.csv" "-DSTDERR=nothere.csv: cannot open")
choose_test(refuses_short_history -DEXIT=2 "-DTEXT=unix_seconds,price|0,100|3600,101|7200,100" "-DARGUMENTS=--prices|input.csv" "-DSTDERR=35 days of prices are the least")
