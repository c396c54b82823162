# SPDX-License-Identifier: MIT
# What keeper_loop answers, refuses and writes down.
set(tick "{\"type\":\"tick\",\"now\":1700000060,\"price\":2000,\"price_at\":1700000055,\"reference\":2000,\"reference_at\":1700000055,\"collateral\":100,\"debt\":150000,\"pool_weth\":5000,\"pool_usdc\":10000000,\"gas_price\":2e-8,\"tank\":5}")
set(sent "{\"type\":\"receipt\",\"kind\":\"sent\",\"now\":1700000060,\"nonce\":0,\"fee\":2e-8}")

# keeper_answers(<name> <what stdout must match> <line | line…> <argument of expect.cmake>...)
function(keeper_answers name pattern text)
  example_test(keeper_loop ${name} -DEXIT=0 -DSTDIN=1 -DAS=lines.jsonl "-DTEXT=${text}|" "-DSTDOUT=${pattern}" ${ARGN})
endfunction()
# keeper_says(<name> <what is wrong> <text of the tick to change> <by what>): of the second of three lines
function(keeper_says name pattern from to)
  string(REPLACE "${from}" "${to}" bad "${tick}")
  keeper_answers(${name} "\"line\":1,\"now\".*.\"line\":2,\"error\":\"[^\n]*${pattern}[^\n]*\"}\n.\"line\":3,\"now\".*\"errors\":1}"
    "${tick}|${bad}|${tick}")
endfunction()

keeper_says(missing_field "'price' is missing" "\"price\":2000," "")
keeper_says(wrong_type "'price' must be a number" "2000," "\"NaN\",")
keeper_says(not_a_number "parse error" "\"price\":2000" "\"price\":NaN")
keeper_says(too_large "number overflow" "\"price\":2000" "\"price\":1e999")
keeper_says(out_of_range "'price' must be from" "\"price\":2000" "\"price\":-2000")
keeper_says(time_backwards "time backwards: 1700000059 after 1700000060" "1700000060" "1700000059")
keeper_says(milliseconds "must be in seconds since 1970" "1700000060" "1700000060000")
keeper_says(long_gap "more than --longest-gap" "1700000060" "1700900060")
# After an outage the first line is doubted, and no other.
string(REPLACE "1700000060" "1700900060" later "${tick}")
string(REPLACE "1700000060" "1700900120" still_later "${tick}")
keeper_answers(outage "\"line\":2,\"error\":\"900000 s after.*\"line\":3,\"now\":1700900120.*\"line\":4,\"error\":\"time backwards.*\"errors\":2}"
  "${tick}|${later}|${still_later}|${tick}")
# Two wrong clocks that do not follow each other are two wrong clocks.
keeper_answers(two_wrong_clocks "\"line\":2,\"error\".*\"line\":3,\"now\".*\"line\":4,\"error\":\"900000 s after.*\"errors\":2}"
  "${tick}|${later}|${tick}|${later}")
keeper_says(fraction_of_a_second "'now' must be a whole number" "1700000060" "1700000060.5")
keeper_says(unknown_field "unknown field 'extra'" "\"tank\"" "\"extra\":1,\"tank\"")
keeper_says(field_twice "a field that is there twice" "\"tank\"" "\"debt\":1,\"tank\"")
keeper_says(unknown_type "'type' must be tick or receipt" "\"tick\"" "\"tock\"")
string(REPEAT "x" 70000 long)
keeper_says(huge_line "longer than 65536 bytes" "\"tick\"" "\"${long}\"")
keeper_answers(no_json "\"line\":1,\"error\":.*\"line\":2,\"error\":.*\"line\":3,\"error\":\"not a JSON object\".*\"errors\":3}" "hello||7")
keeper_answers(unknown_nonce "\"verdict\":\"rebalance\".*nonce 3 is not the one asked for, 0.*\"receipts\":1,\"errors\":1}"
  "${tick}|{\"type\":\"receipt\",\"kind\":\"filled\",\"now\":1700000060,\"nonce\":3}|${sent}")
keeper_answers(receipt_for_nothing "nonce 0 is not one that was asked for: nothing is.*\"errors\":1}" "${sent}")
keeper_answers(waits_for_the_order "\"verdict\":\"rebalance\".*\"reason\":\"pending\"" "${tick}|${sent}|${tick}")
keeper_answers(steps "\"nonce\":0.*\"what\":\"flash_borrow\",.*\"what\":\"swap\",.*\"amount\":\"0x[0-9a-f]+\"" "${tick}")
example_test(keeper_loop default -DEXIT=0 -DSTDIN=1 -DAS=lines.jsonl -DTEXT=
  "-DSTDOUT=^{\"lines\":0,\"held\":0,\"rebalanced\":0,\"refused\":0,\"receipts\":0,\"errors\":0}\n$")

# keeper_refuses(<name> <what stderr must match> <argument>...)
function(keeper_refuses name pattern)
  list(JOIN ARGN "|" arguments)
  example_test(keeper_loop refuses_${name} -DEXIT=2 "-DARGUMENTS=${arguments}" "-DSTDERR=${pattern}")
endfunction()
keeper_refuses(option "nonsense" --nonsense)
keeper_refuses(stray "unexpected argument 'stray'" stray)
keeper_refuses(band "this makes no policy: bad_configuration" --lower 0.9)
keeper_refuses(gap "--longest-gap must be above 0" --longest-gap 0)
keeper_refuses(record_folder "nowhere/x: cannot write" --record nowhere/x)
keeper_refuses(no_record "nothere: cannot read" --replay nothere)
example_test(keeper_loop refuses_other_text -DEXIT=2 "-DTEXT=trimtab-record 9|" "-DARGUMENTS=--replay|input.csv" "-DSTDERR=input.csv:1: version")
example_test(keeper_loop help -DEXIT=0 -DARGUMENTS=--help "-DSTDOUT=--record.*A tick: +{\"type\":\"tick\".*\"tank\":5.0}")

if(UNIX)
  # Thirty thousand brackets in each other.
  add_test(NAME keeper_loop.deep COMMAND sh -c "{ printf '{\"type\":'; head -c 30000 /dev/zero | tr '\\0' '['; head -c 30000 /dev/zero | tr '\\0' ']'; echo '}'; } | $<TARGET_FILE:keeper_loop>")
  set_tests_properties(keeper_loop.deep PROPERTIES LABELS examples PASS_REGULAR_EXPRESSION "'type' must be a string.*\"errors\":1}")
  # The sample through the keeper, and what was written down decided again.
  add_test(NAME keeper_loop.replays COMMAND sh -c "rm -f keeper.txt; $<TARGET_FILE:keeper_loop> --sample | $<TARGET_FILE:keeper_loop> --record keeper.txt | tail -1 && $<TARGET_FILE:keeper_loop> --replay keeper.txt && echo all the same")
  set_tests_properties(keeper_loop.replays PROPERTIES LABELS examples
    PASS_REGULAR_EXPRESSION "\"rebalanced\":[1-9][0-9]*,\"refused\":[1-9][0-9]*,\"receipts\":[1-9][0-9]*,\"errors\":0}.*\"record\":1,.*all the same")
endif()
