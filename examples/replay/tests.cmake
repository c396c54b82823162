# SPDX-License-Identifier: MIT
# What replay prints, writes and refuses. Each test is one run of expect.cmake.

# replay_refuses(<name> <what stderr must match> <input.csv, | for a new line> <argument>...)
function(replay_refuses name pattern text)
  list(JOIN ARGN "|" arguments)
  example_test(replay refuses_${name} -DEXIT=2 "-DSTDERR=${pattern}" "-DTEXT=${text}" "-DARGUMENTS=${arguments}")
endfunction()

set(bars "unix_seconds,open,high,low,close,volume")
replay_refuses(missing_file "nothere.csv: cannot open" "" --prices nothere.csv)
replay_refuses(folder "is a directory" "" --prices .)
replay_refuses(wrong_header "input.csv:1: wrong header" "time,price|1,2" --prices input.csv)
replay_refuses(malformed "input.csv:3: malformed number '2x'" "unix_seconds,price|1,2|2,2x" --prices input.csv)
replay_refuses(not_finite "input.csv:2: number not finite 'inf'" "unix_seconds,price|1,inf" --prices input.csv)
replay_refuses(not_positive "input.csv:3: price not positive" "unix_seconds,price|1,2|2,0" --prices input.csv)
replay_refuses(high_below_low "input.csv:2: high below low" "${bars}|60,2,1,3,2,1" --prices input.csv)
replay_refuses(time_backwards "input.csv:3: time does not advance: 1 after 2" "unix_seconds,price|2,2|1,2" --prices input.csv)
replay_refuses(empty "input.csv: empty file" "" --prices input.csv)
replay_refuses(no_rows "input.csv: empty file; a header and no rows" "${bars}" --prices input.csv)
replay_refuses(hole "input.csv:4: hole of 9940 s before this row" "unix_seconds,price|0,1|60,1|10000,1|10060,1" --prices input.csv)
replay_refuses(unknown_option "nonsense" "" --nonsense)
replay_refuses(no_number "--health: expected a number, given 'high'" "" --health high)
replay_refuses(out_of_range "--health must be above 1, given 0.9" "" --health 0.9)
replay_refuses(band "--band must be rising" "" --band 1.3/1.2)
replay_refuses(stray "unexpected argument 'stray'" "" stray)
replay_refuses(asset "--asset: expected NAME=FILE, given 'ETH'" "" --asset ETH)
replay_refuses(late_oracle "input.csv:2: starts at 1590000000, after" "unix_seconds,price|1590000000,100|1590000060,100" --oracle input.csv)
replay_refuses(gas "input.csv:1: wrong header" "unix_seconds,gas|1,2" --gas-file input.csv)
replay_refuses(csv_folder "nowhere/out.csv: cannot write" "" --csv nowhere/out.csv)
replay_refuses(grid "no folder in it has an ETH price file" "" --grid .)
# Nothing half-written: the name stays free when the run fails after it was given.
replay_refuses(half_written "hole of" "unix_seconds,price|0,1|60,1|10000,1|10060,1" --prices input.csv --csv out.csv)

example_test(replay table -DEXIT=0 "-DSTDOUT=liquidations +[1-9].*times a person had to act +0 .*= final equity .*policy one-shot said at its worst")
example_test(replay json -DEXIT=0 "-DARGUMENTS=--json" -DJSON=1)
example_test(replay csv -DEXIT=0 "-DARGUMENTS=--csv|out.csv|--to|2020-03-12T00:20" -DROWS=901) # 9 columns of 100 blocks and a header
example_test(replay help -DEXIT=0 -DARGUMENTS=--help "-DSTDOUT=--depth-factor")
example_test(replay samples -DEXIT=0 "-DTEXT=unix_seconds,price_usd|0,100|60,101|120,90|180,80|240,95" "-DARGUMENTS=--prices|input.csv" "-DSTDOUT=5 rows of 60 s")
example_test(replay grid_of_one -DEXIT=0 "-DTEXT=unix_seconds,price|0,100|60,101|120,90|180,80|240,95" -DAS=crash/pool_ETH-USD_1m.csv
  "-DARGUMENTS=--grid|." "-DSTDOUT=30 cells.*### crash")
